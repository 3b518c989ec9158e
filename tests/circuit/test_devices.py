"""Inductors, diodes, switches, F and H, models, m= and tc1=: what they mean and what is refused."""

import math
import re

import numpy as np
import pytest

from analoghop import simulate
from analoghop.circuit import netlist
from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    CurrentSource,
    Diode,
    DiodeModel,
    Inductor,
    MutualInductance,
    Resistor,
    Switch,
    SwitchModel,
    VoltageControlledCurrent,
)
from analoghop.circuit.expressions import (
    Call,
    Current,
    Variable,
    Voltage,
    evaluate,
    parse_expression,
    substitute,
)
from analoghop.circuit.primitives.devices import THERMAL, breakdown, diode_current
from analoghop.circuit.recognition.general import general_activation
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.reduction.implicit import implicit
from analoghop.circuit.sources import Pulse, Pwl
from analoghop.engines import ScipyIVP
from analoghop.errors import NetlistError, NumericalError
from analoghop.schedules import Constant

BASE = "title\nvs a 0 1\nra a b 1k\nrb b 0 1k\n.param x=2\n"


def parse(text):
    circuit = netlist.parse(f"{BASE}{text}\n.end\n", file="deck.cir")
    assert netlist.parse(netlist.format(circuit)) == circuit
    return circuit


def element(text):
    return parse(text).elements[3]


def refusal(text):
    with pytest.raises(NetlistError) as caught:
        compile_circuit(parse(text))
    return str(caught.value)


def run(text, rtol=1e-9):
    return simulate(netlist.parse(f"t\n{text}\n.end\n"), engine=ScipyIVP(rtol=rtol, atol=1e-12, sampled=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("F1 b 0 vs {x}", CurrentControlledCurrent("f1", "b", "0", "vs", 2.0)),
        ("F1 b 0 vs 2 m=3", CurrentControlledCurrent("f1", "b", "0", "vs", 6.0)),
        ("H1 q 0 vs 50", CurrentControlledVoltage("h1", "q", "0", "vs", 50.0)),
        ("L1 b 0 1m IC=2", Inductor("l1", "b", "0", 1e-3, 2.0)),
        ("L1 b 0 4m m=2", Inductor("l1", "b", "0", 2e-3)),
        ("R1 b 0 1k m=2", Resistor("r1", "b", "0", 500.0)),
        ("R1 b 0 1k tc1=0.01 tc2=0.001 temp=37", Resistor("r1", "b", "0", 1200.0)),
        ("R1 b 0 1k tc=0.01,0.001 dtemp=10", Resistor("r1", "b", "0", 1200.0)),
        ("R1 b 0 mod 1k temp=37\n.model mod r(tc1=0.01)", Resistor("r1", "b", "0", 1100.0)),
        ("R1 b 0 1k mod temp=37\n.model mod res tc1=0.01", Resistor("r1", "b", "0", 1100.0)),
        ("R1 b 0 mod\n.model mod r r={x*1k}", Resistor("r1", "b", "0", 2000.0)),
        ("R1 b 0 mod l=11u w=3u\n.model mod r(rsh=100 narrow=1u short=1u)", Resistor("r1", "b", "0", 500.0)),
        ("C1 b 0 1n m=2", Capacitor("c1", "b", "0", 2e-9)),
        ("C1 b 0 mod\n.model mod c(cap=3n)", Capacitor("c1", "b", "0", 3e-9)),
        ("C1 b 0 mod l=2 w=3\n.model mod c(cj=1n cjsw=0.1n)", Capacitor("c1", "b", "0", 7e-9)),
        ("G1 b 0 a 0 1m m=2", VoltageControlledCurrent("g1", "b", "0", "a", "0", 2e-3)),
        ("I1 b 0 1m m=2", CurrentSource("i1", "b", "0", Constant(2e-3))),
        ("D1 a b mod 2\n.model mod D(is=1p n=2 rs=4)", Diode("d1", "a", "b", DiodeModel(2e-12, 2.0, 2.0))),
        ("D1 a b mod m=2\n.model mod d is=1p", Diode("d1", "a", "b", DiodeModel(2e-12))),
        (
            "S1 a b b 0 mod off\n.model mod sw(vt=1 ron=2 roff=3k)",
            Switch("s1", "a", "b", Voltage("b"), SwitchModel(1.0, 2.0, 3e3)),
        ),
        (
            "W1 a b vs mod\n.model mod csw(it=1m)",
            Switch("w1", "a", "b", Current("vs"), SwitchModel(1e-3, 1.0, 1e12)),
        ),
        (
            "R1 b 0 R={1k*(1+V(a))}",
            BehaviouralCurrent(
                "r1",
                "b",
                "0",
                Call("div", (Voltage("b"), parse_expression("1000*(1+V(a))"))),
            ),
        ),
        ("B1 b 0 I=1m*V(a) m=2", BehaviouralCurrent("b1", "b", "0", parse_expression("2*(1m*V(a))"))),
    ],
)  # fmt: skip
def test_elements(text, expected):
    found = element(text)
    assert type(found) is type(expected)
    for value, other in zip(found, expected, strict=True):
        assert value == (pytest.approx(other, rel=1e-12) if isinstance(other, float) else other)


@pytest.mark.parametrize(
    ("letter", "read"),
    [
        ("E1 q 0", ["a 0", "b 0"]),
        ("G1 b 0", ["a 0", "b 0"]),
        ("F1 b 0", ["vs", "vt"]),
        ("H1 q 0", ["vs", "vt"]),
    ],
)  # fmt: skip
def test_polynomials_have_their_terms_in_the_order_of_spice(letter, read):
    found = parse(f"vt c 0 1\n{letter} POLY(2) {read[0]} {read[1]} 1 2 3 4 5 6 7").elements[4]
    x, y = 0.3, -0.7

    def lookup(leaf):
        return x if leaf in (Voltage("a"), Current("vs")) else y

    expected = 1 + 2 * x + 3 * y + 4 * x * x + 5 * x * y + 6 * y * y + 7 * x**3
    assert evaluate(found.expression, lookup) == pytest.approx(expected, rel=1e-14)
    single = parse(f"{letter} POLY(1) {read[0]} 5").elements[3]
    assert evaluate(single.expression, lookup) == pytest.approx(5 * x)


def test_a_table_is_constant_outside_its_points():
    found = element("B1 q 0 V=table(V(a), -1,2, {x},3)").expression
    assert [float(evaluate(found, lambda leaf, v=v: v)) for v in (-9.0, -1.0, 0.5, 2.0, 9.0)] == [
        2,
        2,
        2.5,
        3,
        3,
    ]


def test_calls_in_parallel_multiply_what_is_inside():
    text = "x1 b 0 s m=2\n.subckt s p q m2=1\nr1 p q 1k\nc1 p q 1n\nx2 p q t m=3\n.ends\n"
    text += ".subckt t p q\nd1 p q mod\ni1 p q 1m\nv1 z 0 1\n.model mod d(is=1p rs=6)\n.ends"
    r, c, d, i, v = parse(text).elements[3:]
    assert (r.value, c.value) == (500.0, 2e-9)
    assert (d.model.isat, d.model.rs) == (pytest.approx(6e-12), 1.0)
    assert (i.signal, v.signal) == (Constant(1e-3 * 6.0), Constant(1.0))


def test_k_couples_every_pair():
    found = parse("l1 b 0 1m\nl2 b 0 2m\nl3 b 0 1m\nk1 l1 l2 l3 0.5").couplings
    assert found == (
        MutualInductance("k1_1", "l1", "l2", 0.5),
        MutualInductance("k1_2", "l1", "l3", 0.5),
        MutualInductance("k1_3", "l2", "l3", 0.5),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("L1 b 0 1m\nK1 L1 L9 0.5", "`k1` couples l9, but there is no such inductor"),
        ("L1 b 0 1m\nL2 b 0 1m\nL3 b 0 1m\nK1 L1 L2 0.9\nK2 L2 L3 0.9\nK3 L1 L3 -0.9", "no coils can have"),
        ("L1 b 0 1m\nL2 b 0 1m\nK1 L1 L2 0.9\nK2 L2 L1 0.9", "which are coupled already"),
        ("L1 a m 1m\nL2 m b 1m\nL3 m 0 1m", "put a resistor or a capacitor from node m to ground"),
        ("D1 a b mod\n.model mod D(is=0)", "`is=` of a diode is 0, expected a positive number"),
        ("D1 a b mod\n.model mod D(ron=1)", "belongs to another program's ideal diode"),
        ("D1 a b mod\n.model mod sw(ron=1)", "is of the kind SW, not D"),
        ("S1 a b b 0 mod\n.model mod sw(vt=1 vh=-0.1)", "`vh=` of a switch is -0.1"),
        ("S1 a b b 0 mod\n.model mod sw(von=1)", "`von=` belongs to another program's switch"),
        ("S1 a b b 0 mod\n.model mod sw(ron=0)", "`ron=` of a switch is 0"),
        ("R1 b 0 mod\n.model mod r(tc1=0)", "neither the line nor its model gives the resistance"),
        ("R1 b 0 1k mod\n.model mod c(cj=1)", "the model `mod` is of the kind C, not R"),
        ("X1 b 0 s m=0\n.subckt s p q\nr1 p q 1\n.ends", "the number of parallel calls m= is 0"),
        ("B1 q 0 V=I(b2)\nB2 b 0 I=I(b3)\nB3 b 0 I=I(b2)", "is defined by itself"),
        ("I1 b 0 SIN(0 1 1k)\nB1 q 0 V=I(i1)", "no formula gives this current"),
        ("Q1 c b 0 npn", "transistors are not simulated"),
        ("V9 c 0 PWL(0 0 1 1) r=0.5", "PWL repeats from 0.5 s on"),
        (".model mod", "a model needs a name and a kind"),
    ],
)  # fmt: skip
def test_what_is_refused(text, reason):
    with pytest.raises(NetlistError, match=re.escape(reason)):
        compile_circuit(netlist.parse(f"{BASE}{text}\n.end\n", file="deck.cir"))


def test_an_inductor_rings_with_a_capacitor():
    solution = run("C1 a 0 1u IC=1\nL1 a 0 1m\n.tran 1u 1m uic")
    omega = 1.0 / math.sqrt(1e-9)
    assert solution["v(a)"] == pytest.approx(np.cos(omega * solution.times), abs=1e-6)
    assert solution["i(l1)"] == pytest.approx(np.sin(omega * solution.times) * 1e-6 * omega, abs=1e-8)
    assert solution.audit.reason is None
    assert solution.system.states == ("v(a)", "i(l1)")
    balance = solution.system.balance
    point = solution.system.point(0.0, solution.states)[0]
    assert balance.stored(point) == pytest.approx(np.full(len(solution.times), 0.5e-6), rel=1e-6)


def test_coupled_inductors_transform():
    text = "V1 a 0 SIN(0 1 10k)\nR1 a p 1m\nL1 p 0 1m\nL2 s 0 4m\nK1 L1 L2 0.5\nR2 s 0 1meg\n.tran 1u 1m uic"
    solution = run(text)
    expected = 0.5 * math.sqrt(4.0) * np.sin(2e4 * math.pi * solution.times)
    assert solution["v(s)"] == pytest.approx(expected, abs=2e-3)
    assert solution.audit.reason is None


def test_inductors_in_series_are_one_state_with_all_their_currents():
    solution = run(
        "V1 a 0 1\nL1 a m 1m IC=1m\nL2 n m 2m IC=-1m\nL3 n b 3m IC=1m\nR1 b 0 100\n.tran 1u 0.2m uic"
    )
    assert solution.system.states == ("i(l1)",)
    decay = np.exp(-solution.times * 100 / 6e-3)
    expected = 1e-2 + (1e-3 - 1e-2) * decay
    for name, sign in (("l1", 1), ("l2", -1), ("l3", 1)):
        assert sign * solution[f"i({name})"] == pytest.approx(expected, rel=1e-6)
    across = 1.0 - 100 * expected
    assert solution["v(m)"] == pytest.approx(1.0 - across / 6.0, abs=1e-6)
    assert solution["v(n)"] == pytest.approx(1.0 - across / 2.0, abs=1e-6)
    assert solution.audit.reason is None


def test_the_audit_finds_another_inductance():
    from analoghop.circuit.audit.audit import audited

    text = "t\nV1 a 0 SIN(0 1 1k)\nR1 a b 10\nL1 b 0 1m\nL2 c 0 1m\nR2 c 0 5\nK1 L1 L2 {k}\n"
    text += ".tran 1u 2m uic\n.end\n"
    right = netlist.parse(text.format(k=0.5))
    solution = ScipyIVP(sampled=True).integrate(compile_circuit(right), [0.0, 0.0], [0.0, 2e-3])
    assert audited(right, solution).audit.reason is None
    for wrong in (text.format(k=0.55), text.format(k=0.5).replace("L1 b 0 1m", "L1 b 0 1.1m")):
        audit = audited(netlist.parse(wrong), solution).audit
        assert audit.reason is not None
        assert audit.branch in ("l1", "l2")


def test_inductors_without_a_current_at_rest():
    with pytest.raises(NumericalError, match="inductors in parallel"):
        simulate(netlist.parse("t\nV1 a 0 1\nR1 a b 1\nL1 b 0 1m\nL2 b 0 1m\n.tran 1u 1m\n.end\n"))


def test_a_diode_behind_a_resistor_is_solved_to_rounding_error():
    for text, sign in (("D1 m 0 d", 1.0), ("D1 0 m d", -1.0)):
        solution = run(
            f"V1 a 0 SIN(0 5 1k)\nR1 a m 1k\n{text}\nR2 m c 10k\nC1 c 0 10n\n"
            ".model d D(is=1n n=1.5)\n.tran 10u 1m uic"
        )
        v = solution["v(m)"]
        current = sign * (1e-9 * np.expm1(sign * v / (1.5 * THERMAL)) + 1e-12 * sign * v)
        left = (solution["v(a)"] - v) / 1e3 - current - (v - solution["v(c)"]) / 1e4
        assert np.abs(left).max() < 1e-12
        assert solution.audit.reason is None


def test_a_diode_breaks_down_where_its_model_says():
    model = DiodeModel(1e-14, 1.0, 0.0, 0.0, 5.0, 1e-3)
    current = float(evaluate(diode_current(Diode("d", "a", "b", model)), lambda leaf: -5.0))
    assert current == pytest.approx(-1e-3, rel=0.05)
    assert 4.0 < breakdown(model) < 5.0


def test_currents_of_all_elements_can_be_read():
    text = "V1 a 0 2\nR1 a b 1k\nR2 b 0 1k\nL1 a 0 1\nG1 b 0 a 0 0.1m\nI1 b 0 1m\n"
    text += "B1 q 0 V=I(R1)*1k+I(G1)*1k+I(I1)*1k+I(L1)\nR3 q 0 1k\nC3 b 0 1n\n.tran 1u 10u uic"
    solution = run(text)
    expected = (2.0 - solution["v(b)"]) + 0.2 + 1.0 + solution["i(l1)"]
    assert solution["v(q)"] == pytest.approx(expected, abs=1e-9)


def test_a_source_reads_the_current_into_a_capacitor():
    solution = run(
        "V1 a 0 1\nR1 a b 1k\nVs b c 0\nC1 c 0 1u\nF1 0 d Vs 2\nR2 d 0 1k\nH1 q 0 Vs 1k\nR3 q 0 1\n"
        ".tran 10u 1m uic"
    )
    decay = np.exp(-solution.times / 1e-3)
    assert solution["v(d)"] == pytest.approx(2 * decay, abs=1e-7)
    assert solution["v(q)"] == pytest.approx(decay, abs=1e-7)


def test_a_source_that_drives_the_current_it_reads():
    solution = run(
        "V1 a 0 1\nVs a b 0\nR1 b c 1k\nF1 0 c Vs 0.5\nR2 c 0 2k\nR3 c d 1k\nC1 d 0 1n\n.tran 1u 40u uic"
    )
    # At the end no current charges C1: (1 + 0.5) (1 - v)/1k = v/2k.
    assert solution["v(c)"][-1] == pytest.approx(0.75, abs=1e-6)
    assert solution.audit.reason is None


def test_integrals_are_states():
    solution = run("V1 a 0 SIN(0 1 1k)\nB1 q 0 V=1k*idt(V(a), 0.5m)\nR1 q 0 1k\n.tran 10u 1m uic")
    angle = 2e3 * math.pi * solution.times
    assert solution["v(q)"] == pytest.approx(0.5 + (1 - np.cos(angle)) / (2 * math.pi), abs=1e-7)


def test_repeated_and_delayed_piecewise_linear_sources():
    source = element("V9 c 0 PWL(0 0 1m 1 2m 0) r=0 td=1m")
    assert source.signal == Pwl((1e-3, 2e-3, 3e-3), (0.0, 1.0, 0.0), 1e-3)
    t = np.linspace(0.0, 9e-3, 901)
    expected = np.where(t < 1e-3, 0.0, 1.0 - np.abs(np.mod(t - 1e-3, 2e-3) - 1e-3) / 1e-3)
    assert source.signal.value(t) == pytest.approx(expected, abs=1e-9)
    assert source.signal.breakpoints(6e-3) == pytest.approx([1e-3, 2e-3, 3e-3, 4e-3, 5e-3])
    assert source.signal.quiet_after() == math.inf
    assert source.signal.rate(np.array([0.5e-3, 3e-3, 4e-3])) == pytest.approx([0.0, 1e3, -1e3])


def test_two_values_at_one_time_are_a_jump():
    circuit = parse("V9 c 0 PWL(0 0 1m 0 1m 1 3m 1)")
    assert circuit.elements[3].signal.times == pytest.approx((0.0, 1e-3, 1e-3 + 1e-9, 3e-3))
    assert any("the jumps of PWL are ramps of 1e-09 s here" in notice for notice in circuit.notices)


def test_a_counted_number_of_pulses():
    signal = element("V9 c 0 PULSE(0 1 1m 1u 1u 0.5m 1m 2)").signal
    assert signal == Pulse(0.0, 1.0, 1e-3, 1e-6, 1e-6, 5e-4, 1e-3, 2.0)
    assert list(signal.value(np.array([0.0, 1.2e-3, 1.8e-3, 2.2e-3, 3.2e-3, 9.2e-3]))) == [0, 1, 0, 1, 0, 0]
    assert signal.quiet_after() == pytest.approx(3e-3)
    assert max(signal.breakpoints(1.0)) < 3.1e-3


def test_a_file_of_points(tmp_path):
    (tmp_path / "points.txt").write_text("0 0\n1m, 1\n; a comment\n2m 0\n")
    text = f'{BASE}V9 c 0 PWL file="points.txt"\n.end\n'
    circuit = netlist.parse(text, directory=tmp_path)
    assert circuit.elements[3].signal == Pwl((0.0, 1e-3, 2e-3), (0.0, 1.0, 0.0))
    (tmp_path / "points.txt").write_text("0 0\n1m one\n")
    with pytest.raises(NetlistError, match="line 2 of the file points.txt has the word `one`"):
        netlist.parse(text, directory=tmp_path)
    outside = text.replace("points.txt", "../points.txt")
    (tmp_path / "inner").mkdir()
    with pytest.raises(NetlistError, match="lies outside the folders"):
        netlist.parse(outside, directory=tmp_path / "inner")
    with pytest.raises(NetlistError, match="there is no file nowhere.txt"):
        netlist.parse(text.replace("points.txt", "nowhere.txt"), directory=tmp_path)


@pytest.mark.parametrize(
    ("model", "notice"),
    [
        ("cjo=1p", "the capacitance of the diodes is constant here"),
        ("tt=1n", "the transit time tt= needs rs="),
    ],
)
def test_what_a_diode_leaves_out_is_said(model, notice):
    circuit = parse(f"D1 a b mod\n.model mod D({model})")
    assert any(notice in text for text in circuit.notices)
    assert parse("D1 a b mod\n.model mod D(is=1p cjo=1p m=0)").notices == ()


def test_a_problem_of_tsplib_is_no_deck():
    with pytest.raises(NetlistError, match="format of TSPLIB, not a deck: `analoghop solve tsp FILE`"):
        netlist.parse("NAME: x\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\n")


def test_behavioural_f_and_h():
    circuit = parse("F1 b 0 POLY(1) vs 0 1 2\nH1 q 0 POLY(1) vs 0 1 2")
    assert [type(e) for e in circuit.elements[3:]] == [BehaviouralCurrent, BehaviouralVoltage]


def test_a_switch_behind_a_resistor_divides():
    solution = run(
        "V1 a 0 5\nR1 a m 1k\nVc c 0 SIN(0 1 1k)\nS1 m 0 c 0 relay\nR2 m d 1k\nC1 d 0 1n\n"
        ".model relay SW(vt=0 ron=1k roff=9k)\n.tran 10u 1m uic"
    )
    current = (5.0 - solution["v(m)"]) / 1e3 - (solution["v(m)"] - solution["v(d)"]) / 1e3
    away = np.abs(solution["v(c)"]) > 1e-6
    expected = np.where(solution["v(c)"] > 0, 1e-3, 1 / 9e3) * solution["v(m)"]
    assert current[away] == pytest.approx(expected[away], abs=1e-12)
    assert solution.audit.reason is None


@pytest.mark.parametrize(
    ("activation", "factor"),
    [
        ("exp(x)", -1e6),
        ("exp(x)", -1e-9),
        ("-exp(-2*x)", -3.0),
        ("exp(-x)", 5.0),
        ("max(x,0)", -2.0),
        ("tanh(x)", 0.0),
    ],
)
def test_the_solution_of_a_loop_solves_it(activation, factor):
    phi = general_activation((substitute(parse_expression(activation), {Variable("x"): Variable("x1")}),), 1)
    psi = implicit(phi, factor)
    s = np.concatenate([-np.logspace(3, -9, 60), [0.0], np.logspace(-9, 3, 60)])
    v = psi.value(s)
    u = s + factor * v
    assert phi.value(u) == pytest.approx(v, rel=1e-9, abs=1e-12 * max(1.0, 1.0 / max(abs(factor), 1e-3)))
    step = 1e-6 * np.maximum(np.abs(s), 1e-3)
    slope = (psi.value(s + step) - psi.value(s - step)) / (2.0 * step)
    smooth = np.abs(s) > 1e-2
    assert psi.jacobian(s)[smooth] == pytest.approx(slope[smooth], rel=1e-3, abs=1e-6 * np.abs(slope).max())


def test_loops_without_a_single_solution_have_none():
    phi = general_activation((substitute(parse_expression("exp(x)"), {Variable("x"): Variable("x1")}),), 1)
    assert implicit(phi, 0.5) is None
