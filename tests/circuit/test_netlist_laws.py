"""Laws: what is written is read back as it was, and no text brings the parser down."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import circuits, decks

from analoghop.circuit import netlist
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    BehaviouralVoltage,
    Capacitor,
    Resistor,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Call, Number, Voltage
from analoghop.circuit.requests import FindMeasure, Instant, Sweep
from analoghop.circuit.sources import Sine
from analoghop.errors import InputError, NetlistError
from analoghop.schedules import Constant, Schedule


@given(circuits())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_back_as_it_was(circuit):
    text = netlist.format(circuit)
    assert netlist.parse(text) == circuit
    body = text.split("\n")[1:]
    assert all(len(line) <= 110 or " " not in line[2:] or line.startswith("*") for line in body)


def outcome(text):
    """The circuit or the error of a deck; anything else that is raised fails the test."""
    try:
        return netlist.parse(text)
    except NetlistError as error:
        return error


@given(decks())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_circuit_or_a_netlist_error(text):
    found = outcome(text)
    if isinstance(found, NetlistError):
        assert 0 < len(str(found)) < 3000
    else:
        assert outcome(netlist.format(found)) == found


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_any_line_is_a_circuit_or_a_netlist_error(text):
    for head in ("", "r1 a 0 ", "b1 b 0 V=", ".param x=", ".meas tran m "):
        found = outcome(f"t\nr0 a 0 1\n{head}{text}\n")
        assert isinstance(found, Circuit) or found.reason


RG = Resistor("r1", "a", "0", 1.0)
CUBE = Call("pow", (Number(-2.0), Number(3.0)))


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (Circuit("two\nlines", (RG,)), "title"),
        (Circuit("\ufefft", (RG,)), "title"),
        (Circuit("t", (Resistor("c1", "a", "0", 1.0),)), "must start with r"),
        (Circuit("t", (Resistor("R1", "a", "0", 1.0),)), "lower-case"),
        (Circuit("t", (Resistor("r 1", "a", "0", 1.0),)), "a lower-case word is needed"),
        (Circuit("t", (Resistor("r1", "a;b", "0", 1.0),)), "node"),
        (Circuit("t", (Resistor("r1", "a//b", "0", 1.0),)), "node"),
        (Circuit("t", (Resistor("r1", "$a", "0", 1.0),)), "node"),
        (Circuit("t", (Resistor("r1", "gnd", "0", 1.0),)), "node"),
        (Circuit("t", (Resistor("r1", "a", "0", 0.0),)), "positive"),
        (Circuit("t", (Resistor("r1", "a", "0", float("inf")),)), "inf"),
        (Circuit("t", (Capacitor("c1", "a", "0", 1.0, float("nan")),)), "nan"),
        (Circuit("t", (VoltageControlledVoltage("e1", "b", "0", "table", "0", 1.0), RG)), "keyword"),
        (Circuit("t", (VoltageSource("v1", "a", "0", Schedule([0, 1], [0, 1])),)), "Schedule"),
        (Circuit("t", (RG, BehaviouralVoltage("b1", "b", "0", CUBE))), "negative base"),
        (Circuit("t", (RG,), options=(("a b", ""),)), "option"),
        (Circuit("t", (RG,), measures=(FindMeasure("m", None, Instant(1.0)),)), "needs a quantity"),
        (Circuit("t", (RG,), measures=(FindMeasure("m-1", Voltage("a"), Instant(1.0)),)), "m-1"),
    ],
)
def test_what_no_deck_can_hold_is_not_written(circuit, message):
    with pytest.raises(InputError, match=message):
        netlist.format(circuit)


def test_loops_are_written_only_for_what_ngspice_can_alter():
    sine = VoltageSource("v1", "a", "0", Sine(0, 1, 1))
    free = BehaviouralVoltage("b1", "b", "0", Call("tanh", (Voltage("a"),)))
    for name in ("gn", "v1", "b1"):
        circuit = Circuit("t", (RG, sine, free), sweeps=(Sweep(name, (1.0, 2.0)),))
        with pytest.raises(InputError, match=name):
            netlist.format(circuit, foreach=True)


def test_the_text_of_a_small_deck():
    circuit = Circuit(
        "a small deck",
        (
            VoltageSource("v1", "in", "0", Constant(0.1)),
            Resistor("r1", "in", "u", 1e3),
            Capacitor("c1", "u", "0", 1e-9, -0.5),
            BehaviouralVoltage("b1", "v", "0", Call("tanh", (Call("mul", (Number(5.0), Voltage("u"))),))),
        ),
        saves=("v(u)", "i(v1)"),
        sweeps=(Sweep("r1", (1.0, 2.5)),),
    )
    assert netlist.format(circuit).split("\n") == [
        "a small deck",
        "v1 in 0 DC 0.1",
        "r1 in u 1000",
        "c1 u 0 1e-09 ic=-0.5",
        "b1 v 0 V=tanh(5*V(u))",
        ".save v(u) i(v1)",
        "*!analoghop step param r1 list 1 2.5",
        ".end",
        "",
    ]
