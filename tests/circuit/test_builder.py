"""A circuit put together in Python is the circuit of the deck that says the same."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop import Circuit, CircuitBuilder, InputError, NetlistError, simulate
from analoghop.circuit.elements import Resistor


def flipflop() -> CircuitBuilder:
    c = CircuitBuilder("Flip-flop of two amplifiers")
    c.param(gain=2)
    c.r("r12", "v2", "u1", 10e3)
    c.r("r21", "v1", "u2", "10k")
    c.c("c1", "u1", 0, 100e-9)
    c.c("c2", "u2", 0, "100n")
    c.amplifier("x1", "u1", "v1", "n1", gain="{gain}")
    c.amplifier("x2", "u2", "v2", "n2", gain="gain")
    c.ic({"u1": 0.3}, u2=-0.2)
    c.tran(20e-6, 30e-3, uic=True)
    return c


def test_the_flipflop_of_the_deck() -> None:
    deck = Circuit.read("circuits/flipflop.cir")
    built = flipflop().circuit()
    assert built.elements == deck.elements
    assert (built.tran, built.initial) == (deck.tran, deck.initial)
    assert simulate(built)["v(v1)"][-1] == pytest.approx(0.957504, abs=1e-5)


def test_parameters_replace_those_that_were_set() -> None:
    assert simulate(flipflop().circuit(parameters={"gain": 0.5}))["v(v1)"][-1] == pytest.approx(0, abs=1e-3)


def test_every_element() -> None:
    c = CircuitBuilder("all")
    c.v("vin", 1, 0, "SIN(0 1 1k)")
    c.i("i1", 0, "a", 1e-3)
    c.r("r1", 1, "a", 1e3)
    c.l("l1", "a", "b", 1e-3, ic=1e-3)
    c.l("l2", "b", 0, 1e-3)
    c.k("k1", "l1", "l2", 0.5)
    c.c("c1", "a", 0, 1e-6)
    c.e("e1", "e", 0, "a", 0, 2.0)
    c.g("g1", 0, "b", "a", 0, 1e-4)
    c.f("f1", "b", 0, "vin", 0.1)
    c.h("h1", "h", 0, "vin", 10.0)
    c.b("b1", "q", 0, v="tanh(5*V(a))")
    c.b("b2", "b", 0, i="1m*tanh(V(a))")
    c.amplifier("x1", "a", "out", kind="logistic", rout=100.0, pole=1e-6)
    c.r("r2", "out", 0, 1e3)
    c.line(".op")
    circuit = c.circuit()
    assert circuit.op
    assert {name[0] for name in (e.name for e in circuit.elements)} == set("vircleghfb")
    assert len(circuit.couplings) == 1


@given(st.floats(1e-30, 1e30), st.sampled_from([float, np.float64, Fraction]))
def test_values_keep_every_digit(value: float, kind: type) -> None:
    c = CircuitBuilder()
    c.r("r1", "a", 0, kind(value))
    resistor = c.circuit().elements[0]
    assert isinstance(resistor, Resistor)
    assert resistor.value == value


@pytest.mark.parametrize("bad", [math.nan, math.inf, True, None, 1j, "1k\n.control", " 1k"])
def test_bad_values_are_refused_at_the_call(bad: object) -> None:
    c = CircuitBuilder()
    with pytest.raises(InputError):
        c.r("r1", "a", 0, bad)  # type: ignore[arg-type]
    assert len(c.deck.splitlines()) == 2


@pytest.mark.parametrize("node", ["a b", "a\n.control", "", 1.5, True, None, "v(a)"])
def test_bad_nodes_are_refused_at_the_call(node: object) -> None:
    with pytest.raises(InputError, match="node"):
        CircuitBuilder().r("r1", node, 0, 1e3)


def test_calls_that_contradict_themselves() -> None:
    c = CircuitBuilder()
    with pytest.raises(InputError, match="begin with 'r'"):
        c.r("c1", "a", 0, 1e3)
    with pytest.raises(InputError, match="either `v` or `i`"):
        c.b("b1", "a", 0, v="1", i="1")
    with pytest.raises(InputError, match="`kind` must be one of tanh, logistic"):
        c.amplifier("x1", "a", "b", kind="relu")
    with pytest.raises(InputError, match="one line"):
        CircuitBuilder("a\nb")


def test_the_reader_of_decks_judges_the_rest() -> None:
    c = CircuitBuilder()
    c.r("r1", "a", 0, -1.0)
    c.r("r1", "a", 0, 1.0)
    with pytest.raises(NetlistError):
        c.circuit()


def test_elements_are_replaced_by_name() -> None:
    circuit = flipflop().circuit()
    changed = circuit.replace("R12", value=20e3)
    assert changed.elements[0] == Resistor("r12", "v2", "u1", 20e3)
    assert changed.elements[1:] == circuit.elements[1:]
    with pytest.raises(InputError, match="no field 'ohms'"):
        circuit.replace("r12", ohms=1.0)
    with pytest.raises(InputError, match="no element 'r99'"):
        circuit.replace("r99", value=1.0)
