import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    CurrentSource,
    Diode,
    Inductor,
    Resistor,
    Switch,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Current, Variable, Voltage, evaluate, leaves
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.errors import NetlistError
from analoghop.systems.circuits.as_network import dense
from fuzz.circuits import random_deck

TIME = 0.3e-3

GENERAL = """general
.param r=10k c=10n
Vstep step 0 SIN(0 1 1k)
Vramp ramp 0 PWL(0 0 0.5m 0 1.5m 1 2.5m 0.2)
Ibias 0 u3 DC 20u
R11 step u1 {r}
R12 v2 u1 {2*r}
R13 n3 u1 {4*r}
R1 u1 0 {3*r}
C1 u1 0 {c}
C12 u1 u2 {c/5}
B1 w1 0 V=tanh(8*V(u1))
R1o w1 v1 200
C1o v1 0 {c/10}
R22 ramp u2 {r}
R21 v1 u2 {3*r}
R2 u2 0 {r}
C2 u2 0 {2*c}
Cstep step u2 {c/10}
E2 v2 0 VALUE={1/(1+exp(-6*(V(d2)-0.15)))}
Rd1 u2 d2 100k
Rd2 d2 0 100k
B3 v3 0 V=tanh(5*V(u1,u2))
E3 n3 0 v3 0 -1
R31 v3 u3 {r}
R33 v5 u3 {2*r}
R3 u3 0 {r}
C3 u3 m3 {c}
Cm3 m3 0 {c}
Rm3 m3 0 1meg
B4 v4 0 V=2/pi*atan(pi/2*4*V(u3))
B5 v5 0 V=max(V(v4)-0.1, 0)
G6 0 u2 u3 u1 10u
B7 u1 0 I=1e-5*V(u1)*V(u2) + 1e-6*time*1000
Vam u3 am 0
Ram am 0 50k
B8 out 0 V=2000*I(vam) + V(u1)
Rout out 0 1k
.tran 1u 4m uic
"""

LADDER = """floating groups of capacitors
V1 in 0 1
R1 in a 1k
C1 a b 1n
C2 b c 2n
R2 b c 3k
R3 c 0 1k
Rb b 0 5k
Ca a 0 1n
.tran 1u 1m uic
"""


NESTED = """sources on top of sources, and a schedule of all gains
Vg g 0 PWL(0 1 4m 3)
Va a 0 SIN(0 1 1k)
Vb b a DC 0.5
Ec c b u 0 2
Vd d c PWL(0 0 4m 1)
Ve e b SIN(0 0.5 500)
R1 d u 1k
R2 e u 2k
R3 c w 3k
R4 a w 1k
R5 u 0 1k
R6 w 0 1k
C1 u 0 100n
C2 w 0 100n
C3 w 0 20n
C4 d w 10n
B1 m 0 V=tanh(V(g)*(V(u)+0.3*V(a)))
R7 m u 4k
B2 n 0 V=tanh(V(g)*(V(w)-V(u)))
R8 n w 4k
.tran 1u 4m uic
"""

COUPLED = NESTED.replace("=tanh(V(g)*(", "=V(g)*tanh(2*(").replace("all gains", "all outputs")

CASCADE = """amplifiers that read amplifiers, and a schedule of all gains
Vg g 0 PWL(0 1 4m 3)
Va a 0 SIN(0 1 1k)
R1 p u 1k
R2 q w 1k
R3 u w 5k
C1 u 0 100n
C2 w 0 100n
B1 m 0 V=tanh(V(g)*(V(u)+V(a)))
B2 p 0 V=tanh(V(g)*(V(m)-V(w)))
B3 q 0 V=tanh(V(g)*(V(p)+V(m)+0.5*V(w)))
C3 a w 10n
.tran 1u 4m uic
"""


def element_current(element, value, rate):
    """The current out of node a through the element, from its own law; None for voltage sources."""
    across = value(element.a) - value(element.b)
    match element:
        case Resistor():
            return across / element.value
        case Capacitor():
            return element.value * (rate(element.a) - rate(element.b))
        case CurrentSource():
            return element.signal.value(TIME)
        case VoltageControlledCurrent():
            return element.gain * (value(element.c) - value(element.d))
        case BehaviouralCurrent():
            return evaluated(element.expression, value)
    return None


def evaluated(expression, value, currents=None):
    def lookup(leaf):
        match leaf:
            case Voltage():
                return value(leaf.a) - value(leaf.b)
            case Current():
                return currents[leaf.source]
            case Variable("time"):
                return TIME
        raise AssertionError(leaf)

    return float(evaluate(expression, lookup))


SPECIAL = [GENERAL, LADDER, NESTED, COUPLED, CASCADE]
OTHERS = (CurrentControlledCurrent, CurrentControlledVoltage, Diode, Inductor, Switch)


def beyond_this_test(element):
    """Whether `element_current` does not know it: the audit against the deck has its own tests of these."""
    if isinstance(element, BehaviouralCurrent):
        return any(isinstance(leaf, Current) for leaf in leaves(element.expression))
    return isinstance(element, OTHERS)


def decks_without_others(count):
    """Return so many random decks of elements whose currents are computed here."""
    made = (random_deck(k, spans=(1e-2,)) for k in itertools.count())
    fit = (deck for deck in made if not any(map(beyond_this_test, parse(deck).elements)))
    return list(itertools.islice(fit, count))


@pytest.mark.parametrize("deck", [*SPECIAL, *decks_without_others(20)])
def test_kirchhoffs_laws_hold_at_every_node(deck):
    circuit = parse(deck)
    lure = compile_circuit(circuit)
    x = np.random.default_rng(3).normal(scale=0.3, size=(lure.size, 1))
    step = 1e-9
    rate = lure.rhs(TIME, x)
    names = [f"v({n})" for n in circuit.nodes]
    ahead = lure.observe(TIME + step, x + step * rate, names)
    behind = lure.observe(TIME - step, x - step * rate, names)
    volts = dict(zip(circuit.nodes, lure.observe(TIME, x, names)[:, 0], strict=True))
    rates = dict(zip(circuit.nodes, (ahead - behind)[:, 0] / (2 * step), strict=True))
    volts["0"] = rates["0"] = 0.0
    total = dict.fromkeys(volts, 0.0)
    size = dict.fromkeys(volts, 1e-12)
    branch = {}
    for element in circuit.elements:
        current = element_current(element, volts.__getitem__, rates.__getitem__)
        if current is None:
            current = float(lure.observe(TIME, x, [f"i({element.name})"])[0, 0])
            branch[element.name] = current
        for node, sign in ((element.a, 1), (element.b, -1)):
            total[node] += sign * current
            size[node] += abs(current)
    for node in circuit.nodes:
        assert abs(total[node]) < 2e-6 * size[node], node
    for element in circuit.elements:
        across = volts[element.a] - volts[element.b]
        match element:
            case VoltageSource():
                assert across == pytest.approx(float(element.signal.value(TIME)), abs=1e-12)
            case VoltageControlledVoltage():
                control = volts[element.c] - volts[element.d]
                assert across == pytest.approx(element.gain * control, abs=1e-12)
            case BehaviouralVoltage():
                expected = evaluated(element.expression, volts.__getitem__, branch)
                assert across == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("deck", SPECIAL)
def test_what_sources_deliver_is_burnt_or_stored(deck):
    lure = compile_circuit(parse(deck))
    x = np.random.default_rng(4).normal(scale=0.3, size=(lure.size, 2))
    rate, step = lure.rhs(TIME, x), 1e-9
    sources, heat = lure.meter(TIME, x)
    storing = (lure.stored(TIME + step, x + step * rate) - lure.stored(TIME - step, x - step * rate)) / (
        2 * step
    )
    assert np.allclose(sources, heat + storing, rtol=1e-6)


def test_schedules_of_gains_and_outputs_are_recognised():
    assert compile_circuit(parse(NESTED)).gain_factor is not None
    assert compile_circuit(parse(COUPLED)).coupling_factor is not None
    cascade = compile_circuit(parse(CASCADE))
    assert (cascade.depth, cascade.network, cascade.gain_factor is None) == (2, None, False)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("deck", SPECIAL)
def test_jacobian_is_the_derivative_of_the_rate(deck, sparse):
    lure = compile_circuit(parse(deck))
    if sparse:
        parts = {name: csr_array(dense(getattr(lure, name))) for name in ("G", "B", "S", "P", "Q", "R")}
        lure = replace(lure, **parts, observation=None, balance=None)
    x = np.random.default_rng(5).normal(scale=0.3, size=(lure.size, 1))
    h = 1e-6
    numeric = np.hstack(
        [
            (lure.rhs(TIME, x + h * e) - lure.rhs(TIME, x - h * e)) / (2 * h)
            for e in np.eye(lure.size)[:, :, None]
        ]
    )
    found = lure.jacobian(TIME, x)
    found = found.toarray() if hasattr(found, "toarray") else found
    assert np.allclose(found, numeric, rtol=1e-5, atol=1e-6 * np.abs(numeric).max())
    assert np.allclose(lure.bind()(TIME, x[:, 0]), lure.rhs(TIME, x)[:, 0], rtol=1e-12)


def test_series_capacitors_with_a_resistor_in_the_middle_are_two_states():
    lure = compile_circuit(parse("t\nV1 in 0 1\nR1 in a 1k\nC1 a m 1n\nC2 m 0 1n\nRm m 0 1k\n"))
    assert sorted(lure.states) == ["v(a)", "v(m)"]


@pytest.mark.parametrize(
    ("deck", "message"),
    [
        ("t\nV1 a 0 1\nR1 a b 1k\nC1 b m 1n\nC2 m 0 1n\n", "node m has no path for direct current"),
        ("t\nV1 a 0 1\nV2 a 0 2\nR1 a 0 1k\n", "v2 closes a loop of voltage sources"),
        (
            "t\nV1 a 0 1\nR1 a u 1k\nC1 u 0 1n\nR2 u 0 1k\nB1 v 0 V=tanh(V(u))\n"
            "C2 v w 1n\nR3 w 0 1k\nC3 w 0 1n\n",
            "capacitor joins the ideal output of b1 .* output resistance",
        ),
        (
            "t\nR1 v2 a 1k\nR2 v1 b 1k\nR3 a 0 1k\nR4 b 0 1k\n"
            "B1 v1 0 V=tanh(3*V(a))\nB2 v2 0 V=tanh(3*V(b))\n",
            "amplifiers b1, b2 read each other in a loop without a capacitor; add a capacitor from node a",
        ),
        (
            "t\nV1 s 0 12\nR1 q m 2k\nC1 m 0 47n\nR2 q th 4k\nR3 s th 4k\nE1 q 0 VALUE={tanh(9*V(th,m))}\n",
            "amplifier e1 reads its own output in a loop without a capacitor; add a capacitor from node th",
        ),
        (
            "t\nB1 m 0 V=tanh(V(u)+2*V(m))\nV1 s 0 1\nR1 s u 10\nC1 u 0 1\nC2 m 0 1n\n",
            "put a resistor and a capacitor to ground behind the ideal output at node m",
        ),
        ("t\nE1 a 0 a 0 1\nR1 a 0 1k\n", "loop whose gain is exactly one"),
        (
            "t\nV1 a 0 1\nR1 a 0 1k\nB2 u 0 V=tanh(V(w))\nR3 w a 1k\nC3 w 0 1n\nVs u b 0\nC1 b 0 1n\n"
            "B1 v 0 V=tanh(I(vs))\nR2 v 0 1k\n",
            "the current into a capacitor that an ideal amplifier",
        ),
    ],
)
def test_circuits_without_equations_are_refused(deck, message):
    with pytest.raises(NetlistError, match=message):
        compile_circuit(parse(deck))


def test_a_capacitor_from_an_ideal_output_to_ground_is_harmless():
    text = "t\nV1 i 0 1\nR1 i u 1k\nC1 u 0 1n\nB1 v 0 V=tanh(V(u))\n{}R2 v u 1k\n"
    plain, loaded = (compile_circuit(parse(text.format(c))) for c in ("", "C2 v 0 1n\n"))
    x = np.array([[0.3]])
    assert np.array_equal(plain.rhs(0.0, x), loaded.rhs(0.0, x))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ("C1 u 0 1n\n", 0.0),
        ("C1 u 0 1n IC=0.25\n.ic v(u)=0.5\n", 0.25),
        ("C1 u 0 1n\n.ic v(u)=0.5\n", 0.5),
        ("C1 u 0 1n\nC2 in u 1n\n.ic v(u)=0.5 v(in)=1\n", 0.5),
        ("C1 u 0 1n\nC2 in u 1n\n", 0.5),
    ],
)
def test_the_starting_state_follows_from_the_charges(conditions, expected):
    lure = compile_circuit(parse(f"t\nV1 in 0 1\nR1 u 0 1k\n{conditions}.tran 1u 1m uic\n"))
    assert lure.start[:, 0] == pytest.approx([expected])


def test_the_network_of_a_deck():
    lure = compile_circuit(
        parse(
            "flip-flop\nR12 n2 u1 1k\nR21 n1 u2 1k\nR1 u1 0 2k\nR2 u2 0 2k\nC1 u1 0 1n\nC2 u2 0 1n\n"
            "Ib 0 u1 1m\nB1 v1 0 V=tanh(5*V(u1))\nB2 v2 0 V=tanh(5*V(u2))\nE1 n1 0 v1 0 -1\nE2 n2 0 v2 0 -1\n"
            "B3 seen 0 V=tanh(V(v1))\nR3 seen 0 1k\n"
        )
    )
    network = lure.network
    assert network is not None
    assert np.allclose(network.T.toarray(), [[0, -1e-3], [-1e-3, 0]])
    assert np.allclose(network.G, 1.5e-3)
    assert np.allclose(network.bias[:, 0], [1e-3, 0])
    assert lure.theorem.applies
    assert lure.theorem.name == "Hopfield 1984"
    x = np.array([[0.1], [-0.2]])
    assert lure.observe(0.0, x, ["v(seen)"])[0, 0] == pytest.approx(np.tanh(np.tanh(0.5)))


def test_the_linear_program_is_a_reciprocal_circuit():
    lure = compile_circuit(
        parse(
            "LP\nC1 x1 0 1n\nC2 x2 0 1n\nR1 x1 0 100k\nR2 x2 0 100k\nI1 x1 0 1u\nI2 x2 0 2u\n"
            "B1 0 x1 I=1e-3*max(1-V(x1)-2*V(x2),0)\nB2 0 x2 I=2e-3*max(1-V(x1)-2*V(x2),0)\n"
        )
    )
    assert lure.network is None
    assert lure.theorem.applies
    assert lure.theorem.name == "reciprocal circuit"
    x, step = np.array([[0.1, 0.5], [0.2, -0.4]]), 1e-12
    flow = lure.flow(0.0, x)
    change = sum(lure.energy(0.0, x + step * flow.rate).values()) - sum(
        lure.energy(0.0, x - step * flow.rate).values()
    )
    assert np.allclose(change / (2 * step), -flow.dissipated, rtol=1e-5)
    assert np.all(flow.dissipated > 0)


def test_what_stands_against_both_theorems_is_said():
    lure = compile_circuit(parse(GENERAL))
    assert not lure.has_energy
    assert "capacitance between input nodes" in lure.theorem.reason


def test_the_jacobian_of_a_large_sparse_circuit_is_sparse():
    n = 260
    lines = [f"C{k} u{k} 0 1n\nR{k} u{k} u{(k + 1) % n} 10k\nRg{k} u{k} 0 10k" for k in range(n)]
    lines += [f"B{k} v{k} 0 V=tanh(3*V(u{k}))\nRc{k} v{k} u{(k + 7) % n} 20k" for k in range(n)]
    lure = compile_circuit(parse("\n".join(["a ring with links", *lines, ""])))
    assert lure.network is None
    x = np.random.default_rng(0).normal(size=(n, 1))
    J = lure.jacobian(0.0, x)
    assert J.nnz < 5 * n
    direction = np.random.default_rng(1).normal(size=(n, 1))
    h = 1e-6
    numeric = (lure.rhs(0.0, x + h * direction) - lure.rhs(0.0, x - h * direction)) / (2 * h)
    assert np.allclose(J @ direction, numeric, rtol=1e-6, atol=1e-7 * np.abs(numeric).max())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("R2 u 0 1e-309", "r2 is so small that its conductance is no number"),
        ("V2 b 0 SIN(1e308 1e308 1k 0 0 90)\nR2 b u 1k", "v2 has no finite value at t = 0"),
        ("G2 u 0 u 0 1e308\nG3 u 0 u 0 1e308", "lie so far apart that the equations are no numbers"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_equations_that_are_no_numbers_are_refused_with_their_cause(lines, message):
    with pytest.raises(NetlistError, match=message):
        compile_circuit(parse(f"t\nV1 a 0 1\nR1 a u 1k\nC1 u 0 1n\n{lines}\n"))


def test_an_energy_is_that_of_the_theorem_that_applies_else_of_the_network():
    board = "t\nC1 u 0 1n\nC2 w 0 {}\nR3 u 0 1k\nR4 w 0 1k\nB1 m 0 V=tanh(2*V(u))\nB2 n 0 V=tanh(2*V(w))\n"
    one_way = compile_circuit(parse(board.format("2n") + "R1 m w 1k\n"))
    assert one_way.network is not None
    assert one_way.has_energy
    assert not one_way.theorem.applies
    both_ways = compile_circuit(parse(board.format("2n") + "R1 m w 1k\nR2 n u 1k\n"))
    assert both_ways.has_energy
    assert both_ways.theorem.name == "Hopfield 1984"


def test_a_controlled_source_charges_a_capacitor_by_a_voltage_without_one():
    # E follows a divider between a ramp of 1 V/us and a state g, and drives f by 1 nF: C (f - e)' = -f/R.
    lines = "V1 a 0 PWL(0 0 10u 10)\nR1 a b 1k\nR2 b 0 1k\nE1 e 0 b 0 2\nC1 e f 1n\nR3 f 0 1k\n"
    found = compile_circuit(parse(f"t\n{lines}"))
    assert dense(found.C) == pytest.approx(np.array([[1e-9]]))
    assert (dense(found.S_rate) @ found.signals.rate(1e-6)).item() == pytest.approx(1e-9 * 1e6)
    joined = compile_circuit(parse(f"t\n{lines}R4 b g 1k\nC2 g 0 3n\n"))
    assert dense(joined.C)[0, 1] == pytest.approx(-2e-9 / 3)  # e = 2 (a + g)/3
    with pytest.raises(NetlistError, match="a capacitor reads node b through a controlled source"):
        compile_circuit(parse(f"t\n{lines}C2 g 0 3n\nR5 g 0 1k\nB1 m 0 V=tanh(V(g))\nR4 m b 1k\n"))
