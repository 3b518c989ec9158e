import math
import warnings

import numpy as np
import pytest
from expression_trees import A, B

from analoghop.circuit.expressions import (
    Call,
    Number,
    absolute_bases,
    compile_expression,
    constant_value,
    evaluate,
    parse_expression,
    simplify,
)
from analoghop.errors import Location, NetlistError


def value(text):
    return float(evaluate(parse_expression(text), lambda leaf: 0.0))


def test_evaluation_is_vectorised_and_silent():
    x = np.linspace(-3.0, 3.0, 24).reshape(2, 12)
    tree = parse_expression("V(a) > 0 ? ln(V(a))/V(a) : 2*exp(400*V(a)^2) + sqrt(V(a))*0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = evaluate(tree, lambda leaf: x)
    assert got.shape == x.shape
    np.testing.assert_allclose(got[x > 0], np.log(x[x > 0]) / x[x > 0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/0", 1e32),
        ("0/0", 0.0),
        ("exp(1000)", 1e99),
        ("ln(0)", -1e99),
        ("log10(0)", -1e99),
        ("u(0)", 0.5),
        ("nint(2.5)", 2.0),
        ("pow(-2, 3)", 8.0),
        ("pwr(-2, 3)", -8.0),
        ("0^0", 1.0),
        ("pwl(20, 0, 1, 2, 4, 10, 8)", 13.0),
        ("pwl(-2, 0, 1, 2, 4, 10, 8)", -2.0),
    ],
)
def test_edges_are_those_of_the_source(text, expected):
    assert value(text) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", ["ln(-1)", "sqrt(-1)", "asin(2)", "acosh(0)", "atanh(2)"])
def test_what_is_out_of_range_is_nan(text):
    assert math.isnan(value(text))


def test_an_unknown_function_has_no_value():
    tree = parse_expression("nothing(1)")
    for use in (lambda: evaluate(tree, lambda leaf: 1.0), lambda: compile_expression(tree, [])):
        with pytest.raises(NetlistError, match="no function `nothing`"):
            use()


def test_simplify_folds_what_is_constant():
    assert simplify(parse_expression("2*pi*3/6")) == Number(math.pi)
    assert simplify(parse_expression("1*V(a) + 0*V(b) - 0")) == A
    assert simplify(parse_expression("2*(3*V(a))")) == Call("mul", (Number(6.0), A))
    assert simplify(parse_expression("1 > 2 ? V(a) : V(b)")) == B
    assert simplify(parse_expression("V(a)^1")) == Call("abs", (A,))
    assert simplify(parse_expression("sqrt(-1)*V(a)")) == parse_expression("sqrt(-1)*V(a)")


@pytest.mark.parametrize("text", ["(-2)**3", "(-2)^0.5", "(1-3)^V(a)", "V(b)*(-4)^3"])
def test_a_constant_negative_base_is_refused_in_decks(text):
    tree = parse_expression(text)
    assert simplify(tree) is not None
    with pytest.raises(NetlistError, match="d.cir:3:1: .*negative base, of which ngspice takes the absolute"):
        simplify(tree, strict=True, where=Location("d.cir", 3))


def test_even_powers_are_harmless():
    assert simplify(parse_expression("(-2)^2"), strict=True) == Number(4.0)
    assert constant_value(parse_expression("(-2)^2")) == 4.0


def test_bases_whose_sign_matters():
    tree = parse_expression("V(a)^3 + V(b)^2 + (V(b) - 1)^0.5 + 2^V(a) + V(a)^V(b) + pwr(V(b), 3)")
    assert absolute_bases(tree) == (A, parse_expression("V(b) - 1"))


def test_constants_follow_the_parameter_evaluator():
    assert constant_value(parse_expression("pow(-2, 3)")) == -8.0
    assert constant_value(parse_expression("pwr(-2, 3)")) == 8.0
    assert constant_value(parse_expression("2*pi")) == 2.0 * math.pi


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(-2)**3", "negative base"),
        ("1/0", "divides by zero"),
        ("2*gain", "`gain` has no value"),
        ("V(a)", r"`V\(a\)` has no value"),
        ("sqrt(-1)", "no finite value"),
        ("pow(-2, 0.5)", "no finite value"),
        ("ln(0)", "no finite value"),
        ("exp(1000)", "no finite value"),
        ("f(1)", "no function `f`"),
    ],
)
def test_constants_are_refused_where_ngspice_has_none(text, reason):
    with pytest.raises(NetlistError, match=reason):
        constant_value(parse_expression(text), Location("d.cir", 1))
