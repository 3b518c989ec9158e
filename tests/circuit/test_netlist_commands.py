"""Commands: what is kept of them, what is skipped with a notice, and what is refused."""

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.expressions import Call, Current, Number, Variable, Voltage
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    Instant,
    IntervalMeasure,
    StatisticMeasure,
    Tran,
)
from analoghop.errors import NetlistError

BASE = "title\nr1 a 0 1k\nr2 a b 1k\nv1 b 0 1\n.param x=2\n"


def parse(*lines):
    return netlist.parse(BASE + "\n".join([*lines, ".end", ""]), file="deck.cir")


def refusal(*lines):
    with pytest.raises(NetlistError) as caught:
        parse(*lines)
    assert caught.value.where.line == 5 + len(lines)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".tran 1 5", Tran(1, 5)),
        (".tran 1 {x+3} uic", Tran(1, 5, uic=True)),
        (".TRAN 1 5 1", Tran(1, 5, 1)),
        (".tran 1 5 1 0.5 UIC", Tran(1, 5, 1, 0.5, True)),
        (".tran 1 5 0 0", Tran(1, 5)),
        (".tran 5", Tran(0.005, 5)),
        (".tran 0 5", Tran(0.005, 5)),
        (".tran 5 uic", Tran(0.005, 5, uic=True)),
    ],
)
def test_transient(text, expected):
    assert parse(text).tran == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (".tran uic", ".tran has 0 times"),
        (".tran -1", "the stop of .tran is -1"),
        (".tran 1 2 3 4 5", ".tran has 5 times"),
        (".tran 1 -5", "the stop of .tran is -5"),
        (".tran 1 5 5", "the start of .tran is 5"),
        (".tran 1 5 0 -1", "the largest step of .tran is -1"),
        (".tran 1 soon", "`soon` is no number"),
    ],
)
def test_impossible_times_are_refused(text, reason):
    message = refusal(text)
    assert reason in message
    assert "expected" in message


def test_two_transients_are_refused():
    assert "there is a second .tran, after deck.cir:6:1" in refusal(".tran 1 5", ".tran 1 6")


def test_operating_point_temperature_and_end():
    circuit = parse(".op", ".temp 50", "b1 c 0 V=temper")
    assert circuit.op
    assert circuit.elements[-1].expression == Number(50.0)
    assert not parse().op


@pytest.mark.parametrize(
    ("commands", "celsius"),
    [
        ((".options TEMP = 1e2 noacct",), 100.0),
        ((".options temp=100", ".temp 50"), 50.0),  # as ngspice does, in any order
        ((".temp 50", ".options temp=100"), 50.0),
        ((".options temp=100", ".option temp=-5"), -5.0),
    ],
)
def test_the_temperature_of_temp_and_of_the_options(commands, celsius):
    assert parse(*commands, "b1 c 0 V=temper").elements[-1].expression == Number(celsius)


def test_a_temperature_is_a_number():
    assert "the temperature is no single number" in refusal(".options temp={x}")
    assert "`warm` is no number" in refusal(".options temp=warm")


def test_initial_voltages():
    circuit = parse(".ic v(a)=1 V( b )={x} , v(c)=-3m", ".ic v(a)='x*2'", ".nodeset v(a)=5")
    assert circuit.initial == (("a", 4.0), ("b", 2.0), ("c", -3e-3))
    assert circuit.nodeset == (("a", 5.0),)
    assert any(".ic names v(c), which does not exist" in n for n in circuit.notices)


@pytest.mark.parametrize("text", [".ic a=1", ".ic v(a)", ".ic v(a)=", ".nodeset v(a)=1 b", ".ic v(a)={x"])
def test_other_initial_voltages_are_refused(text):
    refusal(text)


def test_options():
    circuit = parse(".options reltol=1e-6 noacct", "+ ABSTOL = 1e-12", ".option reltol={x} method=trap")
    assert circuit.options == (("reltol", "2.0"), ("noacct", ""), ("abstol", "1e-12"), ("method", "trap"))


def test_saved_signals():
    assert parse().saves == ()
    assert parse(".save all").saves == ()
    assert parse(".save V(a) i(V1) b", ".save v(a,b)").saves == ("v(a)", "i(v1)", "v(b)")
    circuit = parse(".save v(a) @r1[i] v(zz)")
    assert circuit.saves == ("v(a)", "v(zz)")
    assert [n.split(": ", 1)[1] for n in circuit.notices] == [
        "`@r1[i]` is not kept: only voltages, and currents of sources",
        ".save names v(zz), which does not exist",
    ]
    refusal(".save v(a")


A, B = Voltage("a"), Voltage("b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FIND v(a) AT=5", FindMeasure("m", A, Instant(5.0))),
        ("find v(a) at={x*2}", FindMeasure("m", A, Instant(4.0))),
        (
            "FIND i(V1) WHEN v(b)=0.5 CROSS=2",
            FindMeasure("m", Current("v1"), Crossing(B, Number(0.5), count=2)),
        ),
        ("WHEN v(a)=v(b) RISE=LAST", FindMeasure("m", None, Crossing(A, B, "rise", 0))),
        (
            "WHEN v(a)={x} FALL=3 TD=1 FROM=2 TO=3",
            FindMeasure("m", None, Crossing(A, Number(2.0), "fall", 3, 1.0), 2.0, 3.0),
        ),
        ("WHEN v(a) = 1", FindMeasure("m", None, Crossing(A, Number(1.0)))),
        ("MAX v(a)", StatisticMeasure("m", "max", A)),
        ("MIN v(a) FROM=1 TO=2", StatisticMeasure("m", "min", A, 1.0, 2.0)),
        ("AVG par('v(a)*2')", StatisticMeasure("m", "avg", Call("mul", (A, Number(2.0))))),
        ("RMS v(a)-v(b)", StatisticMeasure("m", "rms", Call("sub", (A, B)))),
        ("INTEG v(a,b) to=4", StatisticMeasure("m", "integ", Voltage("a", "b"), 0.0, 4.0)),
        ("PP v(a) TD=3", StatisticMeasure("m", "pp", A, 3.0)),
        ("MAX_AT v(a)", StatisticMeasure("m", "max_at", A)),
        ("MIN_AT v(a)", StatisticMeasure("m", "min_at", A)),
        (
            "TRIG v(a) VAL=0.1 RISE=1 TARG v(b) VAL=0.9 FALL=LAST TD=2",
            IntervalMeasure(
                "m", Crossing(A, Number(0.1), "rise", 1), Crossing(B, Number(0.9), "fall", 0, 2.0)
            ),
        ),
        ("TRIG AT=1 TARG v(b) VAL=-1", IntervalMeasure("m", Instant(1.0), Crossing(B, Number(-1.0)))),
    ],
)
def test_measurements(text, expected):
    assert parse(f".meas tran m {text}").measures == (expected,)
    assert parse(f".MEASURE TRAN M {text.upper()}").measures == (expected,)


def test_measurements_of_measurements():
    circuit = parse(".meas tran p PARAM='m*x+1'", ".meas tran m max v(a)")
    product = Call("mul", (Variable("m"), Number(2.0)))
    assert circuit.measures[0] == DerivedMeasure("p", Call("add", (product, Number(1.0))))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("m", "the measurement is incomplete"),
        ("m foo v(a)", "the kind of measurement is missing"),
        ("m MAX", "nothing follows `max`"),
        ("m MAX FROM=1", "nothing follows `max`"),
        ("m MAX v(a) RISE=1", "`rise` has no meaning here"),
        ("m FIND v(a)", "FIND needs AT= or WHEN"),
        ("m FIND v(a) AT=b", "there is no parameter `b`"),
        ("m WHEN v(a)", "WHEN needs signal=value"),
        ("m WHEN v(a)=1 RISE=0", "`0` is not a count"),
        ("m WHEN v(a)=1 RISE=x", "`x` is not a count"),
        ("m WHEN v(a)=1 RISE=1 FALL=1", "only one of RISE, FALL and CROSS"),
        ("m TRIG v(a) VAL=1", "TRIG needs a TARG"),
        ("m TRIG v(a) TARG v(b) VAL=1", "the value VAL= is missing"),
        ("m TRIG TARG v(b) VAL=1", "TRIG needs a signal or AT="),
        ("m DERIV v(a) AT=1", "`deriv` is not supported here"),
        ("m PARAM='q*2'", "there is no parameter `q`"),
        ("m PARAM='v(a)'", "PARAM is an expression of other measurements"),
        ("m-1 MAX v(a)", "cannot be the name of a measurement"),
    ],
)
def test_other_measurements_are_refused(text, reason):
    message = refusal(f".meas tran {text}")
    assert reason in message
    (notice,) = parse(".meas noise m MAX v(a)").notices
    assert "only `tran`, `dc` and `ac` are measured" in notice


def test_measurements_of_what_is_not_there_are_noticed():
    (notice,) = parse(".meas tran m MAX v(zz)").notices
    assert notice == "deck.cir: .meas m names v(zz), which does not exist"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("step param gn list 0.5 2k {x}", (0.5, 2000.0, 2.0)),
        ("STEP PARAM GN LIST 1", (1.0,)),
        ("step param gn 0 1 0.25", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("step param gn 1 0 -0.5", (1.0, 0.5, 0.0)),
        ("step lin param gn 0 0.3 0.1", (0.0, 0.1, 0.2, pytest.approx(0.3))),
        ("step dec param gn 1 100 1", (1.0, 10.0, pytest.approx(100.0))),
        ("step oct param gn 1 4 1", (1.0, 2.0, pytest.approx(4.0))),
    ],
)
def test_sweeps(text, values):
    ((name, found),) = parse(f"*!analoghop {text}").sweeps
    assert name == "gn"
    assert len(found) == len(values)
    assert all(a == b for a, b in zip(found, values, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "step",
        "step param gn",
        "step param gn list",
        "step param gn 0 1",
        "step param gn 0 1 0",
        "step param gn 0 1 -1",
        "step param gn 0 1 1e-9",
        "step dec param gn 0 1 1",
        "step dec param gn 1 10 1e300",
        "step param gn list a",
    ],
)
def test_incomplete_sweeps_are_refused(text):
    refusal(f"*!analoghop {text}")


def test_a_sweep_of_nothing_is_noticed():
    (notice,) = parse("*!analoghop step param gn list 1 2").notices
    assert notice == "deck.cir:6:1: `gn` is no parameter and no element: sweeping it changes nothing"
    assert parse("*!analoghop step param x list 1 2", "*!analoghop step param r1 list 1 2").notices == ()


def test_a_name_is_swept_once():
    refusal("*!analoghop step param gn list 1", "*!analoghop step param gn list 2")


def test_other_comments_to_us_are_noticed():
    (notice,) = parse("*!analoghop colour red").notices
    assert notice.startswith("deck.cir:6:1: this comment is not understood")


@pytest.mark.parametrize("name", [".print", ".plot", ".probe", ".width", ".backanno", ".csparam"])
def test_commands_for_printing_are_skipped_with_a_notice(name):
    (notice,) = parse(f"{name} tran v(a)").notices
    assert notice == f"deck.cir:6:1: `{name}` is skipped"


def test_control_blocks_are_skipped_with_a_notice():
    circuit = parse(".control", "run", "+ x", "r9 a b 1", ".endc", "r8 a 0 1")
    assert [e.name for e in circuit.elements] == ["r1", "r2", "v1", "r8"]
    assert circuit.notices == ("deck.cir:6:1: the block `.control` is skipped",)
    with pytest.raises(NetlistError, match="`.control` is not closed; expected `.endc` below it"):
        parse(".control")


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        (".tf", "`.dc` of two points"),
        (".sens", "--sweep"),
        (".pz", "eigenvalues"),
        (".disto", "SIN"),
        (".four", "--out"),
    ],
)
def test_other_analyses_are_refused_with_what_to_use_instead(name, instead):
    message = refusal(f"{name} v1 0 5 0.1")
    assert message.startswith(f"deck.cir:6:1: `{name}` is not supported: ")
    assert instead in message


def test_other_analyses_beside_a_transient_are_skipped_with_a_notice():
    circuit = parse(".pz 1 0 2 0 cur pol", ".four 1k v(a)", ".tran 1 5 uic")
    assert [n.split(":")[3].strip() for n in circuit.notices] == ["`.pz` is skipped", "`.four` is skipped"]


def test_tran_and_ic_are_taken_out_of_a_control_block():
    circuit = parse(".control", "ic v(a)=0.5", "tran 1 5 uic", "shell rm x", "tran 2 9", ".endc")
    assert circuit.tran == Tran(1, 5, uic=True)
    assert circuit.initial == (("a", 0.5),)
    assert [n.split(": ", 1)[1] for n in circuit.notices] == [
        "the block `.control` is skipped",
        "`tran` is taken from the block `.control`, of which nothing else is run",
        "`ic` is taken from the block `.control`",
    ]
    assert parse(".tran 1 4 uic", ".control", "tran 1 5", ".endc").tran == Tran(1, 4, uic=True)
    unread = parse(".control", "tran $step 5", ".endc")
    assert unread.tran is None
    assert "`tran` in the block `.control` cannot be read" in unread.notices[1]


def test_parameters_of_other_programs():
    circuit = parse(".params y=3", ".global_param z 4", ".param w 5", "r9 a 0 {x+y+z+w}")
    assert circuit.elements[-1].value == 14.0


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (".step param gn list 0.5 2", (0.5, 2.0)),
        (".step param gn 0 1 0.5", (0.0, 0.5, 1.0)),
        (".step dec param gn 1 100 1", (1.0, 10.0, pytest.approx(100.0))),
        (".step param gn dec 1 100 1", (1.0, 10.0, pytest.approx(100.0))),
    ],
)
def test_step_is_a_sweep(text, values):
    ((name, found),) = parse(text, ".param gn=1").sweeps
    assert name == "gn"
    assert all(a == b for a, b in zip(found, values, strict=True))


def test_measurements_without_an_analysis_are_of_the_transient():
    circuit = parse(".meas m MAX v(a)")
    assert circuit.measures == parse(".meas tran m MAX v(a)").measures


def test_unknown_commands_are_refused():
    message = refusal(".foo")
    assert "there is no command `.foo`" in message
    assert ".tran" in message


def test_the_end():
    text = BASE + ".end\n* comment\nr9 a 0 1\n"
    circuit = netlist.parse(text, file="deck.cir")
    assert len(circuit.elements) == 3
    assert circuit.notices == ("deck.cir:6:1: everything from line 8 on follows .end and is not read",)
    assert netlist.parse(BASE, file="deck.cir").notices == (
        "deck.cir: there is no .end: is the deck complete?",
    )


def test_loose_ends_are_noticed():
    circuit = parse("r3 b q 1", "c1 p p 1n", "b1 out 0 V=V(a)", "c2 b s 1n", "b2 o2 0 V=V(s)")
    assert [n.split(": ", 1) for n in circuit.notices] == [
        ["deck.cir:6:1", "node q is connected to r3 only"],
        ["deck.cir:7:1", "both ends of c1 are connected to node p"],
    ]


def test_notices_are_limited():
    circuit = parse(*(f"r{k} a n{k} 1" for k in range(3, 1000)))
    assert len(circuit.notices) == 21
    assert circuit.notices[-1] == "... and 977 more of this kind"
