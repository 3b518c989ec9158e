"""The traps of the dialect, one test for each row of their table."""

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.elements import Resistor
from analoghop.circuit.expressions import evaluate
from analoghop.errors import NetlistError


def parse(*lines, title="title"):
    """The circuit of `lines`, with one resistor more at the end so that node a is not alone."""
    return netlist.parse("\n".join([title, *lines, "rlast a 0 1", ".end", ""]), file="deck.cir")


def refusal(*lines):
    with pytest.raises(NetlistError) as caught:
        parse("r0 a 0 1", *lines)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1M", 1e-3),
        ("1m", 1e-3),
        ("1meg", 1e6),
        ("1MEG", 1e6),
        ("1mil", 25.4e-6),
        ("1F", 1e-15),
        ("1T", 1e12),
        ("1g", 1e9),
        ("2.2nV", 2.2e-9),
        ("10kOhm", 1e4),
        ("1e3k", 1e6),
        ("2k2", 2200.0),
        ("4R7", 4.7),
        ("1u", 1e-6),
        ("1\N{MICRO SIGN}", 1e-6),
        ("1\N{GREEK SMALL LETTER MU}", 1e-6),
        (".5", 0.5),
        ("1.e2", 100.0),
    ],
)
def test_suffixes(text, value):
    # plain lines and braced values take different ways through the parser
    (plain, braced, _) = parse(f"r1 a 0 {text}", f"r2 a 0 {{{text}}}").elements
    assert plain.value == pytest.approx(value, rel=1e-15)
    assert braced == Resistor("r2", "a", "0", plain.value)


@pytest.mark.parametrize("text", ["1M", "2m", "1mOhm", "999m"])
def test_suffixes_m_on_a_resistor_is_probably_mega(text):
    (notice,) = parse("r1 a 0 1meg", f"r2 a 0 {text}").notices
    assert notice.startswith("deck.cir:3:8: ")
    assert "mega is meg" in notice


@pytest.mark.parametrize("text", ["1meg", "1mil", "5", "0.5", "1u", "2000m"])
def test_suffixes_other_resistors_are_beyond_suspicion(text):
    assert parse(f"r1 a 0 {text}", "c1 a 0 1m").notices == ()


@pytest.mark.parametrize("text", ["2k2", "4R7", "1meg5"])
def test_suffixes_between_digits_are_another_value_in_ngspice(text):
    (notice,) = parse(f"r1 a 0 {text}").notices
    assert "drops the digits" in notice
    assert parse("r1 a 0 1e3", "r2 a 0 1d3").notices == ()


@pytest.mark.parametrize(
    ("lines", "place", "word"),
    [
        (["b1 b 0 V=1+4k7*V(a)"], "deck.cir:3:12", "`4k7` is 4700 here, but ngspice 39 refuses it"),
        (["v1 b 0 {2*1k5}"], "deck.cir:3:11", "`1k5` is 1500"),
        (["v1 b 0 {1k5}"], "deck.cir:3:9", "refuses it in an expression"),
        (["v1 b 0 PULSE(0 1k5 0 1 1 1 4)"], "deck.cir:3:16", "refuses it in an expression"),
        ([".param p=4K7"], "deck.cir:3:10", "refuses it in an expression"),
        (["b1 b 0 V=if(V(a)>1,2,3)"], "deck.cir:3:10", "`c ? a : b`"),
        ([".param p={1+If (1,2,3)}"], "deck.cir:3:13", "`c ? a : b`"),
        (
            [".func f(x) {if(x,1,2)}", "b1 b 0 V={f(V(a))}", "b2 c 0 V={f(V(a))}"],
            "deck.cir:3:13",
            "if(c, a, b)",
        ),
    ],
)
def test_words_that_ngspice_does_not_know_get_a_notice_with_their_place(lines, place, word):
    (notice,) = parse("r0 a 0 1", *lines).notices
    assert notice.startswith(f"{place}: ")
    assert word in notice


def test_a_function_of_the_deck_may_be_called_if_and_names_may_look_like_numbers():
    body = [
        "r0 a 0 1",
        ".func if(x,y,z) {x*y+z}",
        ".param n2k2=3",
        "b1 b 0 V={if(2,3,4)+n2k2+V(2k2)}",
        "r2 2k2 0 1",
    ]
    circuit = parse(*body)
    assert circuit.notices == ()
    assert float(evaluate(circuit.elements[1].expression, lambda leaf: 0.0)) == 13.0


@pytest.mark.parametrize(
    ("text", "value"),
    [("2^3^2", 64.0), ("2**3**2", 64.0), ("-2^2", -4.0), ("(-2)^2", 4.0), ("2^-1", 0.5), ("pow(2,3)", 8.0)],
)
def test_powers(text, value):
    circuit = parse("r0 a 0 1", f"b1 b 0 V={text}")
    assert float(evaluate(circuit.elements[1].expression, lambda leaf: 0.0)) == value


@pytest.mark.parametrize("text", ["(-2)**3", "(-2)^3", "(-2)^0.5", "{-n}^3", "(1-n)^n"])
def test_powers_of_a_negative_constant_are_refused(text):
    for line in (f"b1 b 0 V={text}", f"r1 b 0 {{1+{text}}}", f".param q={{{text}}}"):
        assert "negative base" in refusal(".param n=3", line)


def test_powers_of_a_voltage_take_its_magnitude_as_in_ngspice():
    circuit = parse("r0 a 0 1", "b1 b 0 V=V(a)^3 + pwr(V(a),3)")
    assert float(evaluate(circuit.elements[1].expression, lambda leaf: -2.0)) == 8.0 - 8.0


def test_limit_is_refused():
    assert "max(lo, min(hi, x))" in refusal("b1 b 0 V=limit(V(a),-1,1)")


def test_log_is_natural_and_written_as_ln():
    circuit = parse("r0 a 0 1", "b1 b 0 V=log(V(a))", "b2 c 0 V=ln(V(a))", "b3 d 0 V=log10(V(a))")
    first, second, third = (e.expression for e in circuit.elements[1:4])
    assert first == second != third
    written = netlist.format(circuit)
    assert "ln(V(a))" in written
    assert "log10(V(a))" in written
    assert "log(" not in written


def test_title_is_always_the_first_line():
    circuit = parse("r2 a 0 2", title="R1 a 0 1k")
    assert circuit.title == "R1 a 0 1k"
    assert [e.name for e in circuit.elements] == ["r2", "rlast"]
    assert circuit.notices == ("deck.cir:1:1: the first line is the title, though it looks like an element",)
    assert "looks like a command" in parse("r2 a 0 2", title=".param x=1").notices[0]


@pytest.mark.parametrize(
    "title", ["", "* flip-flop", "Resistors and capacitors in a ring", "R1 ring", "C elegans, 302 neurons"]
)
def test_title_that_looks_like_a_title_is_no_cause_for_a_notice(title):
    circuit = parse("r2 a 0 2", title=title)
    assert (circuit.title, circuit.notices) == (title, ())


def test_comments():
    circuit = parse(
        "* a comment",
        "   * another",
        "r1 a 0 1 ; tail",
        "r2 a 0 2;tail",
        "r3 a 0 3 $ tail",
        "r4 a 0 4 $tail",
        "r5 a 0 5 // tail",
        "r6 a 0 6//tail",
        "; whole line",
        "$ whole line",
        "// whole line",
        "r7 a$b 0 7",
        "r8 a 0",
        "* between",
        "",
        "+ ; empty",
        "+ 8",
    )
    assert [e.value for e in circuit.elements] == [1, 2, 3, 4, 5, 6, 7, 8, 1]
    assert circuit.elements[6].a == "a$b"


def test_step_is_a_comment_for_ngspice():
    circuit = parse("r1 a 0 {gn}", ".param gn=1", "*!analoghop step param gn list 0.5 2 5")
    ((name, values),) = circuit.sweeps
    assert (name, values) == ("gn", (0.5, 2.0, 5.0))
    assert parse("r1 a 0 {gn}", ".param gn=1", ".step param gn list 0.5 2 5").sweeps == circuit.sweeps


def test_step_can_be_written_as_a_loop_for_ngspice():
    circuit = parse("r1 a 0 1", "*!analoghop step param r1 list 0.5 2 5")
    text = netlist.format(circuit, foreach=True)
    assert "foreach value0 0.5 2 5\nalter r1 = $value0\nrun\nend\n.endc" in text
    assert "analoghop" not in text


TRAN = ".tran 1u 10u"


@pytest.mark.parametrize(
    ("lines", "warned"),
    [
        ([TRAN], True),
        ([TRAN, "c1 a 0 1n IC=1"], True),
        ([TRAN + " uic"], False),
        ([TRAN, ".ic v(a)=1"], False),
        ([], False),
    ],
)
def test_initial_state_neither_given_nor_uic(lines, warned):
    notices = parse("r1 a 0 1", *lines).notices
    assert [("operating point" in n and "saddle" in n) for n in notices] == [True] * warned


def test_initial_state_of_an_element_stands_beside_that_of_its_node():
    circuit = parse("r1 a 0 1", "c1 a 0 1n IC=2", ".ic v(a)=1", TRAN + " uic")
    assert circuit.elements[1].ic == 2.0
    assert circuit.initial == (("a", 1.0),)
    assert circuit.tran.uic


def test_tstep_is_kept_as_it_is():
    assert parse("r1 a 0 1", TRAN).tran == (1e-6, pytest.approx(1e-5, rel=1e-15), 0.0, None, False)


def test_duplicate_names_unknown_elements_and_missing_nodes():
    assert refusal("r0 b 0 1").startswith("deck.cir:3:1: there is a second element `r0`, after deck.cir:2:1")
    assert "no model `diode`" in refusal("D1 a 0 diode")
    message = refusal("R1 a")
    assert message.startswith(
        "deck.cir:3:5: the node is missing; expected Rname node node value [model] [m=number] [tc1=value]\n"
    )
    assert message.endswith("    R1 a")
