import math

import hypothesis.strategies as st
import pytest
from expression_trees import TIME, TREES, B
from hypothesis import given, settings

from analoghop.circuit.expressions import (
    Call,
    Current,
    Number,
    Variable,
    Voltage,
    evaluate,
    expand_functions,
    format_expression,
    leaves,
    parse_expression,
    parse_number,
    substitute,
)
from analoghop.errors import Location, NetlistError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1M", 1e-3),
        ("1meg", 1e6),
        ("1MEGohm", 1e6),
        ("1mil", 25.4e-6),
        ("1F", 1e-15),
        ("3t", 3e12),
        ("3g", 3e9),
        ("10kOhm", 1e4),
        ("2.2nV", 2.2e-9),
        ("1e3k", 1e6),
        ("1e-3k", 1.0),
        ("1u", 1e-6),
        ("1\N{MICRO SIGN}", 1e-6),
        ("1\N{GREEK SMALL LETTER MU}F", 1e-6),
        ("5p", 5e-12),
        ("2k2", 2200.0),
        ("4R7", 4.7),
        ("3meg3", 3.3e6),
        ("-1.5k", -1500.0),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("1x", 1.0),
        ("1e", 1.0),
        ("10V", 10.0),
        ("1D3", 1e3),
    ],
)
def test_numbers_carry_suffixes(text, expected):
    assert parse_number(text) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    ["", "k", "nan", "inf", "-inf", "1_0", "0x10", "1.5.2", "1k5k", "2k2.5", "\u0662", "1e999", "1 k", "{1}"],
)
def test_other_words_are_no_numbers(text):
    assert parse_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=100, deadline=None)
def test_python_floats_are_read_exactly(number):
    assert parse_number(repr(number)) == number


def constant(text):
    return float(evaluate(parse_expression(text), lambda leaf: 0.0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2^3^2", 64.0),
        ("-2^2", -4.0),
        ("(-2)**3", 8.0),
        ("2^-1^2", 0.5),
        ("2*-3", -6.0),
        ("3--2", 5.0),
        ("--3", 3.0),
        ("8/4/2", 1.0),
        ("8-4-2", 2.0),
        ("2+3*4", 14.0),
        ("1 ? 2 : 0 ? 3 : 4", 2.0),
        ("0 ? 2 : 0 ? 3 : 4", 4.0),
        ("1==2>1", 1.0),
        ("3>2>1", 0.0),
        ("1||1&&0", 1.0),
        ("!0.5^0", 0.0),
        ("!0*3", 3.0),
        ("1 <> 2", 1.0),
        ("{2}*'1+2'", 6.0),
        ('"2"+1', 3.0),
        ("max(1, 2, 3)", 3.0),
        ("if(0, 1, 2)", 2.0),
        ("int(-2.5)", -2.0),
        ("PI", math.pi),
        ("ln(e)", 1.0),
        ("log(10)", math.log(10.0)),
        ("le0(0)", 1.0),
        ("1k*1M", 1.0),
    ],
)
def test_grammar(text, expected):
    assert constant(text) == pytest.approx(expected, rel=1e-15)


def test_leaves_are_lower_case_and_ground_is_zero():
    tree = parse_expression("V(X1.Out, GND)*v(IN,out) + I( Vs )*Gain - TIME + V(in,OUT)")
    expected = (Voltage("x1.out"), Voltage("in", "out"), Current("vs"), Variable("gain"), TIME)
    assert leaves(tree) == expected


def test_a_long_sum_stays_flat():
    tree = parse_expression(" - ".join(f"{k}*V(n{k})" for k in range(3000)))
    assert isinstance(tree, Call)
    assert len(tree.arguments) == 3000
    assert evaluate(tree, lambda leaf: 1.0) == -sum(range(3000))
    assert parse_expression(format_expression(tree)) == tree


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "got the end"),
        ("1 +", "got the end"),
        ("(1", r"expected `\)`"),
        ("1 2", "cannot follow"),
        ("1 ~ 2", "no part of an expression"),
        ("1 & 2", "no part of an expression"),
        ("2k2.5", "no number"),
        ("1e999", "too large"),
        ("V()", r"V\(node\)"),
        ("V(a b)", r"V\(node\)"),
        ("I(a, b)", r"I\(source\)"),
        ("tanh()", "takes 1 argument, not 0"),
        ("atan(1, 2)", "takes 1 argument, not 2"),
        ("max(1)", "takes 2 arguments, not 1"),
        ("limit(V(a), -1, 1)", r"max\(lo, min\(hi, x\)\)"),
        ("atan2(1, 2)", "ngspice has no `atan2`"),
        ("ddt(V(a), 1)", "takes 1 argument"),
        ("pwl(V(a), 1, 2)", "at least two points"),
        ("pwl(V(a), 1, 2, 0, 1)", "must increase"),
        ("(" * 100_000, "nested deeper"),
        ("-(" * 100_000, "nested deeper"),
        ("1^-" * 100_000 + "1", "nested deeper"),
        ("!" * 100_000 + "1", "nested deeper"),
        ("*".join("1" * 10_000), "nested deeper"),
        ("max(" * 1000 + "1", "nested deeper"),
        ("1||1&&1==1<1+1*(" * 1000, "nested deeper"),
        ("-" * 1000 + "x", "nested deeper"),
        ("1?1:" * 10_000 + "1", "nested deeper"),
        ("1?" * 10_000 + "1", "nested deeper"),
        ("1" * 3_000_000, "more than 2000000 characters"),
    ],
)
def test_bad_expressions_are_refused(text, reason):
    with pytest.raises(NetlistError, match=reason):
        parse_expression(text)


def test_errors_point_at_the_column():
    line = "B1 v 0 V=1+*2"
    with pytest.raises(NetlistError, match=r"amp\.cir:7:12: .*got `\*`") as caught:
        parse_expression("1+*2", Location("amp.cir", 7, 10, line))
    assert str(caught.value).endswith(line)


@given(st.text(alphabet="0123456789.eEkMu+-*/^<>=!&|?:(){},'\" abVIi_tanhmxpwl\u00b5\u0662~#\n", max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_is_an_expression_or_an_error(text):
    try:
        tree = parse_expression(text)
    except NetlistError:
        return
    assert parse_expression(format_expression(tree)) == tree


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_back(tree):
    assert parse_expression(format_expression(tree)) == tree


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{vsat}*tanh({gain}*V(in)/{vsat})", "vsat*tanh(gain*V(in)/vsat)"),
        ("a-b-c*2+-3", "a - b - c*2 + (-3)"),
        ("(-2)**3", "(-2)^3"),
        ("2^-x", "2^(-x)"),
        ("V(A)>0?1k:pow(x,2)", "V(a) > 0 ? 1000 : pow(x, 2)"),
        ("-(a*b)", "-(a*b)"),
        ("a*-b", "a*(-b)"),
    ],
)
def test_written_forms(text, expected):
    assert format_expression(parse_expression(text)) == expected


def _functions(**definitions):
    names = [text.split("(")[0] for text in definitions]
    return {
        name: (tuple(parameters.split()), parse_expression(body, functions=names))
        for name, (parameters, body) in definitions.items()
    }


def test_functions_are_written_out():
    functions = _functions(f=("x", "x*gain"), g=("x y", "f(x) + f(f(y))"), one=("", "1"))
    tree = expand_functions(parse_expression("g(V(a), one())", functions=functions), functions)
    assert tree == parse_expression("V(a)*gain + 1*gain*gain")


def test_functions_of_a_deck_come_before_built_in_ones():
    functions = _functions(limit=("x lo hi", "max(lo, min(hi, x))"), pow=("x y", "x + y"), add=("x", "x*7"))
    tree = expand_functions(
        parse_expression("limit(V(a), -1, 1) + 2^3 + pow(2, 3) + add(2)", functions=functions), functions
    )
    assert evaluate(tree, lambda leaf: 5.0) == 1.0 + 8.0 + 5.0 + 14.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("f(1)", "`f` calls itself: f -> g -> f"),
        ("h(1, 2)", "`h` takes 1 arguments, not 2"),
        ("nothing(1)", "no function `nothing`"),
        ("add(1, 2)", "no function `add`"),
        ("d30(1)", "more than 100000 parts"),
    ],
)
def test_bad_calls_are_refused(text, reason):
    doubling = {f"d{k}": ("x", f"max(d{k - 1}(x), d{k - 1}(x))") for k in range(1, 31)}
    functions = _functions(f=("x", "g(x)"), g=("x", "f(x)"), h=("x", "x"), d0=("x", "x"), **doubling)
    with pytest.raises(NetlistError, match=reason):
        expand_functions(parse_expression(text, functions=functions), functions)


def test_substitution_replaces_leaves():
    tree = substitute(parse_expression("gain*V(a) + e"), {Variable("gain"): Number(2.0), Variable("e"): B})
    assert tree == parse_expression("2*V(a) + V(b)")
