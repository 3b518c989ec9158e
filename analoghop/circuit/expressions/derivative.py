"""Symbolic derivatives; at a corner, a value between the derivatives on the left and on the right."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from analoghop.circuit.expressions.ast import Call, Expr, Leaf, Number, Voltage
from analoghop.circuit.expressions.simplify import ONE, ZERO, negated, reduced, simplify
from analoghop.errors import NetlistError

TWO = Number(2.0)


def differentiate(expr: Expr, leaf: Leaf) -> Expr:
    """Return the simplified derivative of `expr` with respect to `leaf`.

    A node voltage `V(a)` also moves `V(a,b)` and `V(b,a)`. Step functions have derivative 0. Raises
    `NetlistError` for a function that is not built in.
    """
    return _derivative(simplify(expr), leaf)


def _derivative(expr: Expr, leaf: Leaf) -> Expr:
    if expr == leaf:
        return ONE
    if isinstance(expr, Voltage) and isinstance(leaf, Voltage) and leaf.b == "0":
        return Number(float(expr.a == leaf.a) - float(expr.b == leaf.a))
    if not isinstance(expr, Call):
        return ZERO
    slopes = tuple(_derivative(a, leaf) for a in expr.arguments)
    if all(s == ZERO for s in slopes):
        return ZERO
    name, given = expr.function, expr.arguments
    if name in _OUTER:
        return _mul(_OUTER[name](given[0]), slopes[0])
    if name in _STEPS:
        return ZERO
    if name not in _RULES:
        raise NetlistError(f"there is no function `{name.removesuffix('()')}`")
    return _RULES[name](given, slopes)


def _call(name: str, *arguments: Expr) -> Expr:
    return reduced(Call(name, arguments))


def _add(a: Expr, b: Expr) -> Expr:
    return _call("add", a, b)


def _sub(a: Expr, b: Expr) -> Expr:
    return _call("sub", a, b)


def _mul(a: Expr, b: Expr) -> Expr:
    return _call("mul", a, b)


def _div(a: Expr, b: Expr) -> Expr:
    return _call("div", a, b)


def _square(x: Expr) -> Expr:
    return _mul(x, x)


_OUTER: Mapping[str, Callable[[Expr], Expr]] = {
    "neg": lambda x: Number(-1.0),
    "tanh": lambda x: _sub(ONE, _square(_call("tanh", x))),
    "atan": lambda x: _div(ONE, _add(ONE, _square(x))),
    "exp": lambda x: _call("exp", x),
    "ln": lambda x: _div(ONE, x),
    "log10": lambda x: _div(Number(1.0 / math.log(10.0)), x),
    "sqrt": lambda x: _div(Number(0.5), _call("sqrt", x)),
    "abs": lambda x: _call("sgn", x),
    "uramp": lambda x: _call("u", x),
    "u2": lambda x: _mul(_call("u", x), _call("u", _sub(ONE, x))),
    "sin": lambda x: _call("cos", x),
    "cos": lambda x: negated(_call("sin", x)),
    "tan": lambda x: _add(ONE, _square(_call("tan", x))),
    "asin": lambda x: _div(ONE, _call("sqrt", _sub(ONE, _square(x)))),
    "acos": lambda x: _div(Number(-1.0), _call("sqrt", _sub(ONE, _square(x)))),
    "sinh": lambda x: _call("cosh", x),
    "cosh": lambda x: _call("sinh", x),
    "asinh": lambda x: _div(ONE, _call("sqrt", _add(_square(x), ONE))),
    "acosh": lambda x: _div(ONE, _mul(_call("sqrt", _sub(x, ONE)), _call("sqrt", _add(x, ONE)))),
    "atanh": lambda x: _div(ONE, _sub(ONE, _square(x))),
}
"""The derivative of each function of one argument."""

_STEPS = {"u", "sgn", "floor", "ceil", "nint", "lt", "gt", "le", "ge", "eq", "ne", "and", "or", "not"}

_Arguments = tuple[Expr, ...]


def _sum_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    moving = tuple(s for s in slopes if s != ZERO)
    return moving[0] if len(moving) == 1 else _call("add", *moving)


def _product_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    return _add(_mul(slopes[0], given[1]), _mul(given[0], slopes[1]))


def _quotient_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    quotient = _call("div", *given)
    return _div(_sub(slopes[0], _mul(quotient, slopes[1])), given[1])


def _power_rule(name: str, other: str) -> Callable[[_Arguments, _Arguments], Expr]:
    """|x|^y and sign(x)|x|^y: each is the derivative of the other by x, divided by y and one power lower."""

    def rule(given: _Arguments, slopes: _Arguments) -> Expr:
        x, y = given
        result: Expr = ZERO
        if slopes[0] != ZERO:
            lower = x if y == TWO and name != "pwr" else _call(other, x, _sub(y, ONE))
            result = _mul(_mul(y, lower), slopes[0])
        if slopes[1] != ZERO:
            logarithm = _call("ln", _call("abs", x))
            result = _add(result, _mul(_mul(_call(name, x, y), logarithm), slopes[1]))
        return result

    return rule


def _choice_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    return _call("if", given[0], slopes[1], slopes[2])


def _smaller_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    return _call("if", _call("lt", *given), *slopes)


def _larger_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    return _call("if", _call("gt", *given), *slopes)


def _polyline_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    x, points = given[0], given[1:]
    knots = points[2:-2:2]
    rises = [
        _div(_sub(points[k + 3], points[k + 1]), _sub(points[k + 2], points[k]))
        for k in range(0, len(points) - 2, 2)
    ]
    turns = [
        _mul(_sub(after, before), _call("u", _sub(x, knot)))
        for before, after, knot in zip(rises, rises[1:], knots, strict=False)
    ]
    return _mul(_call("add", rises[0], *turns), slopes[0])


def _junction_rule(given: _Arguments, slopes: _Arguments) -> Expr:
    x, order, *numbers = given
    if order != ZERO:
        raise NetlistError("the curvature of a junction is not known")
    return _mul(_call("junction", x, ONE, *numbers), slopes[0])


_RULES: Mapping[str, Callable[[_Arguments, _Arguments], Expr]] = {
    "add": _sum_rule,
    "sub": lambda given, slopes: _sub(slopes[0], slopes[1]),
    "mul": _product_rule,
    "div": _quotient_rule,
    "pow": _power_rule("pow", "pwr"),
    "power": _power_rule("power", "pwr"),
    "pwr": _power_rule("pwr", "power"),
    "if": _choice_rule,
    "min": _smaller_rule,
    "max": _larger_rule,
    "pwl": _polyline_rule,
    "junction": _junction_rule,
}
"""The derivative of each function of several arguments, from the arguments and their derivatives."""
