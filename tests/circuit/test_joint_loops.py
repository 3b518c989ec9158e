"""Diodes and switches that share nodes without a capacitor: Kirchhoff's law holds where they are solved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import simulate
from analoghop.activations import Tanh
from analoghop.circuit import netlist
from analoghop.circuit.expressions import parse_expression
from analoghop.circuit.primitives.devices import GMIN, THERMAL
from analoghop.circuit.recognition.general import general_activation
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.reduction.joint import joint, part_of
from analoghop.engines import ScipyIVP
from analoghop.errors import NetlistError

ISAT, SLOPE = 1e-9, 1.0 / (1.5 * THERMAL)
MODEL = ".model d D(is=1n n=1.5)"


def deck(text):
    return netlist.parse(f"t\n{text}\n{MODEL}\n.tran 10u 1m uic\n.end\n")


def voltages(circuit, drive, nodes):
    """Return the voltages of `nodes` where the state is 0 and the sources are those of t = 0."""
    lure = compile_circuit(circuit)
    return lure.observe(0.0, np.full((lure.size, 1), drive), [f"v({node})" for node in nodes])[:, 0]


def through(v):
    """Return the current of a diode at the voltage `v`."""
    return ISAT * np.expm1(SLOPE * v) + GMIN * v


@st.composite
def networks(draw):
    """Resistors to a node of a capacitor, and diodes, between four nodes and ground."""
    nodes = ["a", "b", "c", "m"]
    ends = st.tuples(st.sampled_from([*nodes, "0", "x"]), st.sampled_from(nodes)).filter(
        lambda pair: pair[0] != pair[1]
    )
    resistors = [(node, "0", draw(st.sampled_from([1e2, 1e4, 1e7]))) for node in nodes]
    resistors += [(*pair, 10.0 ** draw(st.floats(0, 6))) for pair in draw(st.lists(ends, max_size=4))]
    resistors.append(("x", draw(st.sampled_from(nodes)), 100.0))
    diodes = draw(st.lists(ends.filter(lambda pair: "x" not in pair), min_size=2, max_size=5))
    return resistors, diodes, draw(st.floats(-20, 20))


@settings(max_examples=60)
@given(networks())
def test_the_currents_of_random_networks_add_up_to_nothing(network):
    resistors, diodes, drive = network
    lines = [f"R{k} {a} {b} {value!r}" for k, (a, b, value) in enumerate(resistors)]
    lines += [f"D{k} {a} {b} d" for k, (a, b) in enumerate(diodes)]
    nodes = ["a", "b", "c", "m"]
    found = voltages(deck("\n".join([*lines, "C1 x 0 1n"])), drive, nodes)
    v = {**dict(zip(nodes, found, strict=True)), "0": 0.0, "x": drive}
    left, largest = dict.fromkeys(v, 0.0), dict.fromkeys(v, 0.0)
    for a, b, current in (
        *((a, b, (v[a] - v[b]) / value) for a, b, value in resistors),
        *((a, b, through(v[a] - v[b])) for a, b in diodes),
    ):
        for node, sign in ((a, 1.0), (b, -1.0)):
            left[node] += sign * current
            largest[node] = max(largest[node], abs(current))
    # A voltage is rounded by 1e-16 of the largest, which an exponential and a small resistor multiply.
    assert all(abs(left[node]) <= 1e-9 * largest[node] + 1e-12 for node in nodes)


BRIDGE = "V1 s 0 SIN(0 5 1k)\nR1 s a 100\nD1 a p d\nD2 0 p d\nD3 n a d\nD4 n 0 d\nRl p n 1k\nRg n 0 1meg\n"


def test_a_bridge_rectifies():
    solution = simulate(deck(f"{BRIDGE}Rf p f 100k\nCf f n 1n"), engine=ScipyIVP(rtol=1e-7, sampled=True))
    load = solution["v(p)"] - solution["v(n)"]
    assert load.max() == pytest.approx(5 - 2 * 0.56, abs=0.4)  # two diodes and 100 ohms
    assert load.min() > -1e-6
    half = len(load) // 2
    assert load[10:half] == pytest.approx(load[half + 10 : 2 * half], abs=2e-3)
    assert solution.audit.reason is None
    currents = solution["v(s)"] - solution["v(a)"]
    assert np.abs(currents).max() / 100 == pytest.approx(load.max() / 1e3, rel=0.01)


def test_a_node_between_a_switch_and_diodes_keeps_every_digit():
    text = "R1 x a 100\nS1 a p c 0 relay\nVc c 0 1\nD1 p q d\nD2 0 p d\nR2 q 0 1k\nC1 x 0 1n\n"
    text += ".model relay SW(vt=0.5 ron=10 roff=100k)"
    for drive in (5.0, -5.0):
        a, p, q = voltages(deck(text), drive, ["a", "p", "q"])
        current = (drive - a) / 100
        assert current == pytest.approx((a - p) / 10, rel=1e-11)
        assert through(p - q) == pytest.approx(q / 1e3, rel=1e-10)
        assert current == pytest.approx(through(p - q) - through(-p), rel=1e-10)


def test_back_to_back_breakdown_diodes_limit():
    text = "R1 x a 1k\nD1 m a z\nD2 m 0 z\nC1 x 0 1n\n.model z D(is=1p bv=3)"
    a, m = voltages(deck(text), 10.0, ["a", "m"])
    b, _ = voltages(deck(text), -10.0, ["a", "m"])
    assert a == pytest.approx(3.5, abs=0.15)
    assert b == pytest.approx(-a, rel=1e-9)
    assert 0.4 < m < 0.7  # the forward voltage of the lower one


def test_slopes_are_those_of_difference_quotients():
    diode = general_activation((parse_expression("exp(20*x1)"),), 1)
    switch = general_activation((parse_expression("x1*(1+tanh(x2))"),), 2)
    parts = [part_of(diode, np.array([0])), part_of(switch, np.array([1, 2])), part_of(Tanh(), np.array([3]))]
    coupling = -np.array([[1.0, 0.5, 0.0], [0.5, 2.0, 0.3], [0.0, 0.3, 1.0]])
    solved = joint(parts, coupling, "three")
    rng = np.random.default_rng(1)
    z = rng.normal(size=(4, 20))
    u = z.copy()
    u[[0, 1, 3]] += coupling @ solved.value(z)
    assert solved.value(z)[0] == pytest.approx(np.exp(20 * u[0]), rel=1e-9)
    assert solved.value(z)[1] == pytest.approx(u[1] * (1 + np.tanh(u[2])), rel=1e-9)
    J, h = solved.jacobian(z), 1e-6
    for k in range(4):
        ahead, behind = z.copy(), z.copy()
        ahead[k] += h
        behind[k] -= h
        quotient = (solved.value(ahead) - solved.value(behind)) / (2 * h)
        assert J[:, k] == pytest.approx(quotient, rel=1e-6, abs=1e-8)


def test_members_do_not_see_each_other():
    lure = compile_circuit(deck(f"{BRIDGE}Rf p f 100k\nCf f n 1n"))
    x = np.linspace(-4.0, 4.0, 9)[None]
    together = lure.rhs(1e-4, x)
    alone = np.concatenate([lure.rhs(1e-4, x[:, [k]]) for k in range(9)], axis=1)
    assert together == pytest.approx(alone, rel=1e-9)


@pytest.mark.parametrize(
    "coupling", [[[1.0, 0.0], [0.0, -1.0]], [[-1.0, 0.5], [-0.5, -1.0]], [[0, -1], [-2, 0]]]
)
def test_couplings_that_show_no_single_solution_are_left(coupling):
    parts = [part_of(Tanh(), np.array([k])) for k in range(2)]
    assert joint(parts, np.array(coupling), "two") is None


def test_what_stays_refused_names_the_cure():
    text = "R1 x a 1k\nS1 a 0 b 0 relay\nR2 a b 1k\nD1 b 0 d\nC1 x 0 1n\n.model relay SW(vt=0.5)"
    with pytest.raises(NetlistError, match="add a capacitor from node a to ground"):
        compile_circuit(deck(text))
