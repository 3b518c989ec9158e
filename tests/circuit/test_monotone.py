"""Which expressions are shown never to fall: by their form, by enclosures of their slope, or not at all."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from expression_trees import POINT, SMOOTH_TREES
from hypothesis import given, settings

from analoghop.circuit.expressions import (
    Variable,
    Voltage,
    compile_expression,
    differentiate,
    evaluate,
    leaves,
    parse_expression,
    simplify,
    substitute,
)
from analoghop.circuit.expressions.interval import LINE, enclosure
from analoghop.circuit.expressions.monotone import never_falls
from analoghop.circuit.recognition.polynomial import polynomial, same

X = Voltage("x")
PARTS = ["x", "-x", "0.5*x-3", "abs(x)", "tanh(x)", "x^2", "0.2*x", "1.5", "exp(-x)", "sin(x)", "u(x)"]


def curves(part):
    wrapped = st.builds(
        "{}({})".format,
        st.sampled_from(
            ["tanh", "atan", "exp", "sinh", "abs", "uramp", "u", "sgn", "u2", "floor", "cosh", "cos", "-"]
        ),
        part,
    )
    pairs = st.builds("({}){}({})".format, part, st.sampled_from(["+", "-", "*"]), part)
    chosen = st.builds("(x<{}?{}:{})".format, st.sampled_from(["1", "-0.5", "40"]), part, part)
    lines = st.builds("pwl({},-1,{},0,1,2,{})".format, part, *[st.sampled_from(["-1", "1.5", "3"])] * 2)
    powers = st.builds(
        "{}({},{})".format, st.sampled_from(["pwr", "pow"]), part, st.sampled_from(["1", "2", "3", "0.5"])
    )
    extremes = st.builds("{}({},{})".format, st.sampled_from(["min", "max"]), part, part)
    quotients = st.builds("({})/(1.5+({})^2)".format, part, part)
    return st.one_of(wrapped, pairs, chosen, lines, powers, extremes, quotients)


CURVES = st.recursive(st.sampled_from(PARTS), curves, max_leaves=6)


def parsed(text):
    return substitute(simplify(parse_expression(text)), {Variable("x"): X})


@given(CURVES)
@settings(max_examples=200, deadline=None)
def test_what_is_shown_never_to_fall_does_not_fall(text):
    tree = parsed(text)
    if leaves(tree) == (X,) and never_falls(tree, X):
        near = np.linspace(-3.0, 3.0, 4001)
        points = np.sort(np.concatenate([near, 15.0 * near, 1e3 * near, near + 40.0]))
        heights = compile_expression(tree, [X])(points)
        heights[~np.isfinite(heights)] = np.nan
        rises, size = np.diff(heights), np.maximum(np.abs(heights[1:]), np.abs(heights[:-1]))
        fine = np.isfinite(rises)
        assert (rises[fine] >= -1e-9 * size[fine] - 1e-12).all()


@pytest.mark.parametrize(
    "text",
    [
        "tanh(3*x)",
        "-exp(-x)",
        "x*x*x",
        "x*abs(x)",
        "pwr(x,3)",
        "x^3*sgn(x)",
        "1/(1+exp(-x))",
        "tanh(x)+0.25*x",
        "atan(x+tanh(x))",
        "pwl(x,-1,-2,0,0,1,5)",
        "x < 0 ? 0.1*x : x",
        "x > 2 ? 5 : exp(x)-4",
        "(x>0)+(x>1)",
        "floor(tanh(x)*4)",
        "min(x,tanh(2*x))",
        "x+0.9*sin(x)",
        "2^x",
        "tanh(x)*abs(tanh(x))",
    ],
)
def test_rising_expressions_are_shown_to_rise(text):
    assert never_falls(parsed(text), X)


@pytest.mark.parametrize(
    "text",
    [
        "x<50?tanh(x):1-(x-50)",
        "x^3",
        "abs(x)",
        "sin(x)",
        "x+1.1*sin(x)",
        "tanh(x)-1e-6*x",
        "1/x",
        "tan(x)",
        "-1/x",
        "exp(x)*(1-0.5*u(x))",
        "x < 0 ? x : x-1e-6",
        "tanh(x)-1e-4*exp(-(x-30)^2)",
        "exp(-((x-900)/3)^2)",
        "x-floor(x)",
        "x > 80 ? -x : tanh(x)",
        "pwl(x,-1,0,0,1,100,2,101,1.9)",
        "min(x,200-x)",
    ],
)
def test_falls_far_away_or_small_are_not_overlooked(text):
    assert not never_falls(parsed(text), X)


def test_a_fall_beyond_what_is_reached_does_not_count():
    assert never_falls(parsed("x<50?tanh(x):1-(x-50)"), X, (-10.0, 10.0))
    assert never_falls(parsed("sin(x)"), X, (-1.5, 1.5))
    assert not never_falls(parsed("sin(x)"), X, (-1.5, 1.6))


@given(st.one_of(CURVES.map(parsed), SMOOTH_TREES), st.lists(st.floats(-50, 50), min_size=6, max_size=6))
@settings(max_examples=300, deadline=None)
def test_an_enclosure_holds_every_value(tree, numbers):
    names = [X, *POINT]
    ends = {leaf: sorted(numbers[k % 4 : k % 4 + 2]) for k, leaf in enumerate(names)}
    low, high = enclosure(simplify(tree), {leaf: tuple(span) for leaf, span in ends.items()})
    for share in np.linspace(0.0, 1.0, 23):
        at = {leaf: min(max(a + share * (b - a), a), b) for leaf, (a, b) in ends.items()}
        value = float(evaluate(tree, at.__getitem__))
        slack = 1e-9 * (1.0 + abs(value))  # of rounding inside the tree
        assert math.isnan(value) or low - slack <= value <= high + slack


def test_where_nothing_is_known_the_enclosure_is_the_line():
    for text in ("1/x", "tan(x)", "ln(x)", "sqrt(x)"):
        assert enclosure(parsed(text), {X: (-1.0, 1.0)}) == LINE
    assert enclosure(parsed("x*V(b)"), {X: (1.0, 2.0)}) == LINE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(x+1)*(x-1)", "x^2-1"),
        ("x^2*x", "pwr(x,3)"),
        ("x^3", "abs(x)*x*x"),
        ("tanh(x+V(a))", "tanh(V(a)+x)"),
        ("2*x/(1+x^2)", "x*2/(x*x+1)"),
        ("x*V(a)/V(a)/3", "x/3"),
        ("(0.1+0.2)*x", "0.3*x"),
    ],
)
def test_equal_polynomials_are_the_same(one, other):
    assert same(polynomial(parsed(one)), polynomial(parsed(other)))
    assert not same(polynomial(parsed(one)), polynomial(parsed(f"{other}+1e-6*x")))


@given(SMOOTH_TREES)
@settings(max_examples=100, deadline=None)
def test_a_polynomial_is_that_of_its_own_derivative_taken_twice_in_either_order(tree):
    a, b = Voltage("a"), Voltage("b")
    first = polynomial(differentiate(differentiate(tree, a), b))
    second = polynomial(differentiate(differentiate(tree, b), a))
    if same(first, second):
        lookup = POINT.__getitem__
        values = [
            float(evaluate(differentiate(differentiate(tree, p), q), lookup)) for p, q in ((a, b), (b, a))
        ]
        assert values[0] == pytest.approx(values[1], rel=1e-6, abs=1e-6)
