import math
import warnings

import numpy as np
import pytest
from expression_trees import POINT, SMOOTH_TREES, TIME, TREES, A, B
from hypothesis import given, settings

from analoghop.circuit.expressions import (
    Current,
    Number,
    Voltage,
    affine_sum,
    compile_expression,
    differentiate,
    evaluate,
    leaves,
    linear_form,
    parse_expression,
    simplify,
)
from analoghop.errors import NetlistError


@given(SMOOTH_TREES)
@settings(max_examples=150, deadline=None)
def test_derivatives_match_differences(tree):
    derivative = differentiate(tree, A)

    def at(h):
        return float(evaluate(tree, {**POINT, A: 0.7 + h, Voltage("a", "b"): 1.1 + h}.__getitem__))

    # Richardson's extrapolation of central differences; u2 has corners, which no difference sees.
    fine, coarse = [(at(h) - at(-h)) / (2 * h) for h in (1e-4, 2e-4)]
    expected = (4 * fine - coarse) / 3
    got = float(evaluate(derivative, POINT.__getitem__))
    if abs(fine - coarse) < 1e-3 * (1.0 + abs(fine)):
        assert got == pytest.approx(expected, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{f}(V(a))" for f in ["tanh", "atan", "exp", "sin", "cos", "sinh", "cosh", "asinh"]),
        *(f"{f}(V(a))" for f in ["abs", "sgn", "u", "u2", "uramp"]),
        *(f"{f}(V(a)/5)" for f in ["asin", "acos", "atanh", "tan"]),
        *(f"{f}(V(a) + 4)" for f in ["ln", "log10", "sqrt", "acosh"]),
        *(f"{f}(V(a))" for f in ["floor", "ceil", "nint"]),
        "V(a)^2",
        "V(a)^3",
        "V(a)**2.5",
        "pow(V(a), 3)",
        "pwr(V(a), 3)",
        "pwr(V(a), 2)",
        "2^V(a)",
        "pow(V(a), V(a) + 1)",
        "pwr(V(a), V(a))",
        "min(V(a), 1 - V(a))",
        "max(V(a)*V(a), 1, V(a))",
        "V(a) > 1 ? V(a)^2 : sin(V(a))",
        "pwl(2*V(a), -3, 1, 0, 2, 1, -1, 4, 0)",
        "1/(1 + exp(-3*V(a)))",
        "V(a)/(V(a)*V(a) + 1)",
        "(V(a) > 1) + V(a)*(V(a) < 0)",
    ],
)
def test_every_function_has_its_derivative(text):
    tree = parse_expression(text)
    x, h = np.linspace(-2.9, 2.9, 14) + 0.017, 1e-5
    f, slope = compile_expression(tree, [A]), compile_expression(differentiate(tree, A), [A])
    np.testing.assert_allclose(slope(x), (f(x + h) - f(x - h)) / (2 * h), rtol=1e-6, atol=1e-7)
    assert slope(x).shape == x.shape


def test_a_node_voltage_moves_the_differences_it_is_in():
    tree = parse_expression("3*V(a,b) + V(b,a)*V(a) + V(c,b)")
    assert evaluate(differentiate(tree, A), lambda leaf: {"a": 2.0, "b": 5.0}[leaf.a]) == 3.0 + (-2.0 + 5.0)
    assert differentiate(parse_expression("V(c)*time"), A) == Number(0.0)
    assert differentiate(parse_expression("V(c)*time"), TIME) == Voltage("c")


@given(SMOOTH_TREES)
@settings(max_examples=150, deadline=None)
def test_compiled_and_simplified_trees_have_the_same_value(tree):
    x = {leaf: v * np.linspace(-1.0, 2.0, 7) for leaf, v in POINT.items()}
    expected = np.broadcast_to(evaluate(tree, x.__getitem__), 7)
    order = list(x)
    np.testing.assert_allclose(compile_expression(tree, order)(*x.values()), expected, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(compile_expression(tree, order)(*POINT.values()),
                               evaluate(tree, POINT.__getitem__), rtol=1e-9, atol=1e-11)  # fmt: skip


@given(TREES)
@settings(max_examples=150, deadline=None)
def test_a_tape_runs_any_tree_without_a_warning(tree):
    if "own()" in repr(tree):
        return
    order = leaves(tree)
    x = np.array([-1e300, -1.0, 0.0, 0.5, 1e300])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = compile_expression(tree, order)(*[x] * len(order))
        simple = evaluate(simplify(tree), lambda leaf: x)
    assert got.shape == (x.shape if order else ())
    np.testing.assert_allclose(got, np.broadcast_to(simple, got.shape), rtol=1e-12)


def test_compiled_expressions_know_their_leaves():
    f = compile_expression(parse_expression("V(a,b) + V(0) + 1"), [A, B])
    assert f(3.0, 1.0) == 3.0
    assert compile_expression(Number(2.0), [A])(np.zeros((2, 3))).shape == (2, 3)
    x = np.ones(3)
    assert compile_expression(A, [A])(x) is not x
    with pytest.raises(NetlistError, match=r"`V\(c\)` has no value"):
        compile_expression(parse_expression("V(c)"), [A])


def test_amplifiers_are_found_in_sums():
    total = affine_sum(parse_expression("0.5 - (2*V(a,b) - 3*tanh(2*V(a))*2)/4 + time*pi - -V(0)"))
    assert total.linear == {A: -0.5, B: 0.5, TIME: math.pi}
    assert total.constant == 0.5
    assert total.terms == ((1.5, parse_expression("tanh(2*V(a))")),)


def test_terms_lose_their_constant_factors():
    for text in ("5/(1 + exp(-V(a)))", "10*(2/(1 + exp(-V(a))))/4", "-(-5)*(1/(1 + exp(-V(a))))"):
        total = affine_sum(parse_expression(text))
        assert total.terms == ((5.0, simplify(parse_expression("1/(1 + exp(-V(a)))"))),)
    assert affine_sum(parse_expression("tanh(V(a))*3 - tanh(V(a))*(1+2)")).terms == ()


def test_linear_forms():
    assert linear_form(parse_expression("2*(V(a) - 1) + I(vs)/4")) == ({A: 2.0, Current("vs"): 0.25}, -2.0)
    assert linear_form(parse_expression("V(a)*tanh(1)^2 - 3")) == ({A: math.tanh(1.0) ** 2}, -3.0)
    assert linear_form(parse_expression("V(a)*V(b)")) is None
    assert linear_form(parse_expression("abs(V(a))")) is None


@given(SMOOTH_TREES)
@settings(max_examples=150, deadline=None)
def test_affine_sums_have_the_value_of_the_whole(tree):
    lookup = POINT.__getitem__
    total = affine_sum(tree)
    again = total.constant + sum(k * lookup(leaf) for leaf, k in total.linear.items())
    again += sum(k * float(evaluate(term, lookup)) for k, term in total.terms)
    assert again == pytest.approx(float(evaluate(tree, lookup)), rel=1e-9, abs=1e-9)
    for _, term in total.terms:
        alone = affine_sum(term)
        assert (alone.linear, alone.constant, alone.terms) == ({}, 0.0, ((1.0, term),))
