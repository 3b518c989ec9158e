"""Element lines: every form that is read, and the errors of those that are not."""

import math

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentSource,
    Resistor,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Call, Current, Number, Voltage, evaluate, parse_expression
from analoghop.circuit.sources import Exponential, Pulse, Pwl, Sine
from analoghop.errors import InputError, NetlistError
from analoghop.schedules import Constant

BASE = "title\nrbase a 0 1\nrin b 0 1\nvsrc c 0 1\n.param x=2 y={x*3}\n.tran 1u 10u uic\n"


def elements(text):
    """The elements of lines, without those that make the deck whole."""
    circuit = netlist.parse(f"{BASE}{text}\n.end\n")
    return [e for e in circuit.elements if e.name not in ("rbase", "rin", "vsrc")]


def element(text):
    (only,) = elements(text)
    return only


def refusal(text, line=7):
    with pytest.raises(NetlistError) as caught:
        netlist.parse(f"{BASE}{text}\n.end\n", file="deck.cir")
    error = caught.value
    assert error.where is not None
    assert error.where.file == "deck.cir"
    assert error.where.line == line
    return error


@pytest.mark.parametrize(
    "text",
    [
        "R1 a b 6k",
        "R1 (a b) 6k",
        "R1 a,b 6k",
        "r1\ta\tb\t6000",
        "R1 a b {x*3k}",
        "R1 a b 'y*1k'",
        "R1 a b R=6k",
        "R1 a b R = 6k",
        "R1 a b resistance={y*1k}",
        "R1 a b 6kOhm ; six",
        "R1 a b 6k $ six",
        "R1 a b 6k //six",
        "  R1 a b 6k",
        "R1 a b\n+ 6k",
        "R1 a b\n* between\n\n+ ; nothing\n + 6k",
    ],
)
def test_resistors(text):
    assert element(text) == Resistor("r1", "a", "b", 6000.0)


@pytest.mark.parametrize(
    ("text", "ic"),
    [
        ("C1 a b 1n", None),
        ("C1 a b 1n IC=2", 2.0),
        ("C1 a b {1n} ic = {x}", 2.0),
        ("C1 a b c=1n ic=-.5", -0.5),
        ("C1 a b IC=1 capacitance=1n", 1.0),
    ],
)
def test_capacitors(text, ic):
    assert element(text) == Capacitor("c1", "a", "b", 1e-9, ic)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("3", Constant(3.0)),
        ("DC 3", Constant(3.0)),
        ("dc={x+1}", Constant(3.0)),
        ("{x}", Constant(2.0)),
        ("-1.5m", Constant(-1.5e-3)),
        ("3 AC 1 0", Constant(3.0)),
        ("PULSE(0 5 1u 2u 3u 4u 50u)", Pulse(0, 5, 1e-6, 2e-6, 3e-6, 4e-6, 50e-6)),
        ("PULSE 0 5 1u 2u 3u 4u 50u", Pulse(0, 5, 1e-6, 2e-6, 3e-6, 4e-6, 50e-6)),
        ("DC 0 PULSE (0, {x*2}, 1u)", Pulse(0, 4, 1e-6, 1e-6, 1e-6, 10e-6, 10e-6)),
        ("PWL(0 0 1u 1\n+ 2u {x})", Pwl((0, 1e-6, 2e-6), (0, 1, 2))),
        ("PWL 0,0, 1u,1", Pwl((0, 1e-6), (0, 1))),
        ("SIN(1 2 1k)", Sine(1, 2, 1e3)),
        ("SIN(1 2)", Sine(1, 2, 1 / 10e-6)),
        ("SIN(0 1 1k 1u 5 90)", Sine(0, 1, 1e3, 1e-6, 5, 90)),
        ("EXP(0 1 1u 2u 5u 3u) DC 0", Exponential(0, 1, 1e-6, 2e-6, 5e-6, 3e-6)),
    ],
)
def test_sources(text, signal):
    for kind, letter in ((VoltageSource, "v"), (CurrentSource, "i")):
        found = element(f"{letter}1 a b {text}")
        assert isinstance(found, kind)
        assert found[:3] == (f"{letter}1", "a", "b")
        numbers = (lambda s: (s.level,)) if isinstance(signal, Constant) else (lambda s: s.arguments())
        assert type(found.signal) is type(signal)
        assert numbers(found.signal) == pytest.approx(numbers(signal), rel=1e-12)


DOUBLE = Call("mul", (Voltage("a"), Number(2.0)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B1 p 0 V=V(a)*2", BehaviouralVoltage("b1", "p", "0", DOUBLE)),
        ("B1 p 0 v = {V(a)*2}", BehaviouralVoltage("b1", "p", "0", DOUBLE)),
        ("B1 p 0 V='V(a)*2'", BehaviouralVoltage("b1", "p", "0", DOUBLE)),
        ("B1 p 0 V='V(A)'*{X}", BehaviouralVoltage("b1", "p", "0", DOUBLE)),
        ("B1 p 0 V=V(a)*\n+ 2", BehaviouralVoltage("b1", "p", "0", DOUBLE)),
        ("B1 a b I=I(vsrc)", BehaviouralCurrent("b1", "a", "b", Current("vsrc"))),
        ("E1 p 0 a b 3", VoltageControlledVoltage("e1", "p", "0", "a", "b", 3.0)),
        ("E1 (p,0) (a,b) {x}", VoltageControlledVoltage("e1", "p", "0", "a", "b", 2.0)),
        ("E1 p 0 VALUE={V(a)*2}", BehaviouralVoltage("e1", "p", "0", DOUBLE)),
        ("E1 p 0 VALUE {V(a)*2}", BehaviouralVoltage("e1", "p", "0", DOUBLE)),
        ("E1 p 0 value = 'V(a)*x'", BehaviouralVoltage("e1", "p", "0", DOUBLE)),
        ("E1 p 0 vol='V(a)*2'", BehaviouralVoltage("e1", "p", "0", DOUBLE)),
        ("G1 a b a 0 1m", VoltageControlledCurrent("g1", "a", "b", "a", "0", 1e-3)),
        ("G1 a b VALUE={V(a,b)}", BehaviouralCurrent("g1", "a", "b", Voltage("a", "b"))),
        ("G1 a b cur='V(a)*2'", BehaviouralCurrent("g1", "a", "b", DOUBLE)),
    ],
)
def test_controlled_sources(text, expected):
    assert element(text) == expected


@pytest.mark.parametrize("text", ["E1 p 0 TABLE {V(a)} =", "E1 p 0 TABLE {V(a)}", "G1 a b table 'V(a)' ="])
def test_tables_are_straight_between_their_points_and_level_outside(text):
    expression = element(f"{text} (-1,-2) ({{x}},4) (3 5)").expression
    values = {-5: -2, -1: -2, 0.5: 1, 2: 4, 2.5: 4.5, 3: 5, 9: 5, 1e6: 5}
    for x, y in values.items():
        value = float(evaluate(expression, lambda leaf, x=x: x))
        assert (value == pytest.approx(y, rel=1e-9)) or abs(x) > 9


def test_tables_stay_level_arbitrarily_far_out():
    expression = element("E1 p 0 TABLE {V(a)} = (0,1) (1,7)").expression
    assert [float(evaluate(expression, lambda leaf, x=x: x)) for x in (-1e3, 1e3)] == [1.0, 7.0]


@pytest.mark.parametrize(
    "text", ["tanh gain=-10 limit=2 ioffset=2.5 ooffset=2.5", "tanh -10 2 ioffset=2.5 ooffset=2.5"]
)
def test_the_tanh_of_gnucap(text):
    expression = element(f"E1 (p 0 a b) {text}").expression
    for z in (-3.0, 2.5, 2.6, 4.0):
        value = float(evaluate(expression, lambda leaf, z=z: z))
        assert value == pytest.approx(2.5 + 2 * math.tanh(-10 * (z - 2.5) / 2), rel=1e-12)
    assert Voltage("a", "b") == parse_expression("V(a,b)")


@pytest.mark.parametrize(
    ("text", "column", "reason", "expected"),
    [
        ("R1 a", 5, "the node is missing", "Rname node node value"),
        ("R1 a b", 7, "the resistance is missing", "Rname node node value"),
        ("R1 a b 1k extra", 11, "there is no model `extra`", ""),
        ("R1 a b 1k p=2", 11, "`p=` has no meaning here", "Rname node node value"),
        ("R1 a b 1k m=0", 1, "the number of parallel elements m= is 0", "a positive number"),
        ("R1 a b rmod", 8, "there is no model `rmod`: a parameter stands in braces, {rmod}", ""),
        ("R1 a b 0", 8, "the resistance is 0", "a positive resistance"),
        ("R1 a b -1k", 8, "the resistance is -1000", "a positive resistance"),
        ("R1 a b nan", 8, "`nan` is no value", "Rname"),
        ("R1 a b inf", 8, "`inf` is no value", "Rname"),
        ("R1 a b 1e999", 8, "`1e999` is no number", "Rname"),
        ("R1 a b {1/0}", 9, "divides by zero", ""),
        ("R1 a b {-x}", 9, "the resistance is -2", "a positive resistance"),
        ("R1 a b {z}", 9, "there is no parameter `z`", ""),
        ("C1 a b {V(a)}", 9, "the capacitance depends on voltages", "numbers and parameters"),
        ("L1 a b {time}", 9, "the inductance depends on voltages", "numbers and parameters"),
        ("R1 a b {x*", 8, "`{` is not closed", "`}`"),
        ("R1 a b x}", 9, "`}` without `{`", ""),
        ("R1 a b 'x", 8, "the quote ' is not closed", ""),
        ("R1 a b r=1 r=2", 12, "`r=` is given twice", "Rname"),
        ("R1 a b r=", 8, "`r=` has no value", "r=value"),
        ("C1 a b 0", 8, "the capacitance is 0", "a positive capacitance"),
        ("C1 a b", 7, "the capacitance is missing", "Cname node node value [model] [IC=volts]"),
        ("C1 a b 1n ic=foo!", 17, "`!` cannot follow here", ""),
        ("V1 a", 5, "the node is missing", "Vname node node DC value"),
        ("V1 a b 1 2", 10, "`2` is unexpected", "Vname"),
        ("V1 a b PULSE(1)", 8, "PULSE has 1 numbers", ""),
        ("V1 a b PWL(0 0 1u)", 8, "PWL has 3 numbers", ""),
        ("V1 a b PWL(1u 0 0 1)", 8, "the times of PWL must increase", ""),
        ("V1 a b PWL(0 0 1u 1) q=0", 22, "`q=` has no meaning here", "Vname"),
        ("V1 a b PWL(0 0 1u 1) r=3u", 8, "PWL repeats from 3e-06 s on, expected one of its times", ""),
        ("V1 a b PULSE(0 1 0 0 0 1u 2u 1.5)", 8, "`count` of PULSE is 1.5, expected a number of pulses", ""),
        ("C1 a b q=1n", 8, "Q= gives the charge of a capacitor", "Cname"),
        ("L1 a b 0", 8, "the inductance is 0", "a positive inductance"),
        ("K1 L1 L2 1", 10, "the coupling is 1: use 0.999999", "a number between -1 and 1"),
        ("K1 R1 L2 0.5", 4, "`r1` is no inductor", "Kname Lname Lname factor"),
        ("F1 p 0 vsrc", 12, "the gain is missing", "Fname node node Vname gain"),
        ("F1 p 0 vnone 1", 1, "reads I(vnone), but there is no such element", "I(Vname)"),
        ("D1 a b dnone", 8, "there is no model `dnone`", ""),
        ("D1 a", 5, "the node is missing", "Dname anode cathode model"),
        ("S1 a b c 0 snone", 12, "there is no model `snone`", ""),
        ("E1 p 0 LAPLACE {V(a)} = {1/(1+s)}", 8, "LAPLACE is a transfer function", "Ename"),
        ("E1 p 0 POLY(0) a 0 1", 13, "POLY has `0` inputs", "POLY(1)"),
        ("V1 a b SFFM(0 1)", 8, "SFFM sources are not supported", "DC, PULSE, PWL, SIN, EXP or TRNOISE"),
        ("V1 a b DC", 10, "the level after DC is missing", "Vname"),
        ("B1 p 0 5", 8, "this is no behavioural source", "Bname node node V=expression or I=expression"),
        ("B1 p 0 W=V(a)", 8, "this is no behavioural source", "Bname"),
        ("B1 p 0 V=", 8, "`v=` has no value", ""),
        ("B1 p 0 V=V(a)+", 15, "got the end", "a number"),
        ("B1 p 0 V=foo(V(a))", 10, "there is no function `foo`", ""),
        ("B1 p 0 V=V(a)*gain", 10, "there is no parameter `gain`", ""),
        ("E1 p 0 a b", 11, "the gain is missing", "Ename node node node node gain"),
        ("E1 p 0 POLY(1) a 0", 8, "POLY has no coefficients", "Ename"),
        ("E1 p 0 TABLE V(a) = (0,0) (1,1)", 14, "TABLE needs its input in braces", "Ename"),
        ("E1 p 0 TABLE {V(a)} = (0,0) (1)", 20, "TABLE needs pairs", "Ename"),
        ("E1 p 0 TABLE {V(a)} = (0,0) (0,1)", 20, "must increase in x", ""),
        ("E1 p 0 a 0 tanh gain=2", 23, "tanh needs `limit=`", "tanh gain=... limit=..."),
        ("E1 p 0 a 0 tanh gain=2 limit=0", 1, "tanh has the limit 0", "a positive limit"),
        ("X1 a", 5, "a call needs nodes and a subcircuit's name", "Xname node ..."),
        ("X1 a nowhere", 1, "there is no subcircuit `nowhere`", ""),
        ("hello", 6, "the node is missing", "Hname node node Vname resistance"),
        ("?1 a b 1", 1, "`?1` starts no element", "an element R C L K V I E G F H B D S W T or X"),
    ],
)
def test_refused_lines_say_where_and_what_was_expected(text, column, reason, expected):
    error = refusal(text)
    assert reason in error.reason
    assert error.where.column == column
    assert expected in error.expected
    assert error.where.text == text
    assert str(error).startswith(f"deck.cir:7:{column}: ")


@pytest.mark.parametrize("letter", list("qmjzuoypan"))
def test_other_elements_are_refused_with_what_is_there_instead(letter):
    error = refusal(f"{letter}1 a b c d model")
    assert "not s" in error.reason
    assert error.expected.startswith("an element R C L K V I E G F H B D S W T or X")
    assert ("transistors" in error.reason) == (letter in "qmjz")


def test_errors_in_continued_lines_name_the_physical_line():
    error = refusal("R1 a\n* comment\n+ b\n+  oops", line=10)
    assert (error.where.column, error.where.text) == (4, "+  oops")


def test_an_element_of_the_same_name_is_refused():
    error = refusal("C5 a 0 1n\nC5 b 0 1n", line=8)
    assert error.reason == "there is a second element `c5`, after deck.cir:7:1"


def test_reading_what_nothing_is_connected_to_is_refused():
    assert "nothing is connected to node q" in refusal("B1 p 0 V=V(q)").reason
    assert "nothing is connected to node q" in refusal("E1 p 0 a q 1").reason
    assert "but there is no such element" in refusal("B1 p 0 V=I(rnone)").reason
    assert "the current of no element but a capacitor" in refusal("C9 p 0 1n\nB1 p 0 V=I(c9)", line=8).reason


def test_currents_of_all_voltage_sources_can_be_read():
    found = elements("E1 p 0 a 0 2\nB1 q 0 V=1\nB2 r 0 V=I(e1)+I(b1)+I(vsrc)")
    assert len(found) == 3


@pytest.mark.parametrize("text", ["", "\n \n", "only a title", "title\n* comment\n", "title\n.end\n"])
def test_a_deck_without_elements_is_refused(text):
    with pytest.raises(NetlistError, match="empty|no element"):
        netlist.parse(text)


def test_a_circuit_without_ground_is_refused():
    with pytest.raises(
        NetlistError, match="no element is connected to ground; expected a node called 0 or gnd"
    ):
        netlist.parse("title\nr1 a b 1\n.end\n")


def test_ground_has_two_names():
    circuit = netlist.parse("title\nr1 a GND 1\nb1 b gnd V=V(a,gnd)\nr2 b 0 1\n.end\n")
    assert circuit.elements[0] == Resistor("r1", "a", "0", 1.0)
    assert circuit.elements[1] == BehaviouralVoltage("b1", "b", "0", Voltage("a"))


def test_locations_are_those_of_the_lines():
    circuit = netlist.parse("title\n\n  R1 a 0 1k\n* c\nC1 a\n+ 0 1n\n.end\n", file="d.cir")
    assert str(circuit.locations["r1"]) == "d.cir:3:1"
    assert str(circuit.locations["c1"]) == "d.cir:5:1"
    assert list(circuit.locations) == ["r1", "c1"]
    assert len(circuit.locations) == 2
    assert circuit.locations.get("r9") is None


@pytest.mark.parametrize(
    ("overrides", "value"),
    [({"x": "5k"}, 5e3), ({"X": 7.0}, 7.0), ({"r1": "2k"}, 2e3), ({"x": "2*3"}, 6.0)],
)
def test_values_from_outside_replace_parameters_and_elements(overrides, value):
    circuit = netlist.parse("t\n.param x=1k\nR1 a 0 {x}\n.end\n", overrides=overrides)
    assert circuit.elements == (Resistor("r1", "a", "0", value),)


def test_values_from_outside_reach_sources_and_gains():
    text = "t\nV1 a 0 1\nE1 b 0 a 0 1\nC1 a 0 1n\nR1 b 0 1\nB1 c 0 V=V(a)\n.end\n"
    found = netlist.parse(text, overrides={"v1": 3, "e1": "-2", "c1": "1u"}).elements
    assert found[:3] == (
        VoltageSource("v1", "a", "0", Constant(3.0)),
        VoltageControlledVoltage("e1", "b", "0", "a", "0", -2.0),
        Capacitor("c1", "a", "0", 1e-6),
    )
    with pytest.raises(InputError, match="`b1` is an expression"):
        netlist.parse(text, overrides={"b1": 1})


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"y": 1}, "no parameter and no element `y`; its parameters are: x, z"),
        ({"r1": 0}, "positive"),
        ({"x": math.nan}, "finite"),
        ({"x": "abc"}, "abc"),
        ({"x": "1e999"}, "1e999"),
    ],
)
def test_values_from_outside_must_fit(overrides, message):
    with pytest.raises(InputError, match=message):
        netlist.parse("t\n.param x=1k z=1\nR1 a 0 {x}\n.end\n", overrides=overrides)
