"""Whether an expression never falls as one of its leaves rises: shown by its form, or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from analoghop.circuit.expressions.affine import linear_form
from analoghop.circuit.expressions.ast import Call, Expr, Leaf, Number, leaves
from analoghop.circuit.expressions.derivative import differentiate
from analoghop.circuit.expressions.evaluate import Polyline, evaluate
from analoghop.circuit.expressions.interval import LINE, RISING, Interval, enclosure
from analoghop.circuit.expressions.simplify import simplify

_PIECES = 400  # intervals into which the line is cut at most to find the sign of a derivative
_CUTS = (0.0, *(s * 10.0**k for k in range(-3, 7) for s in (-1.0, 1.0)))
_ROUNDING = 1e-12  # of the largest slope: a bound below zero by no more is rounding
_SMOOTH = "neg add sub mul div pow power pwr tanh atan exp sqrt abs uramp u2 sin cos sinh cosh asinh min max"
_CONTINUOUS = frozenset(_SMOOTH.split())
"""Functions of which a derivative without a sign change shows that they never fall: no steps, no poles."""


def never_falls(expr: Expr, leaf: Leaf, within: Interval = LINE) -> bool:
    """Return whether it is shown that `expr`, which reads `leaf` alone, never falls while it is `within`.

    By composition: sums, products and functions of what rises or falls, on the whole or on both sides of 0.
    Else by the derivative, where an enclosure of it is not negative on any of the pieces into which the
    interval is cut. False says nothing.
    """
    expr, (low, high) = simplify(expr), within
    direction = _Rise(leaf, within).direction(expr)
    if direction is None and low < 0 < high:
        halves = [_Rise(leaf, half).direction(expr) for half in ((low, 0.0), (0.0, high))]
        direction = _together(halves)
    if direction is not None:
        return direction >= 0
    return _continuous(expr) and _slope_holds(differentiate(expr, leaf), leaf, within)


def _continuous(expr: Expr) -> bool:
    if not isinstance(expr, Call):
        return True
    steady = expr.function in _CONTINUOUS or (expr.function == "pwl" and _polyline_of(expr) is not None)
    return steady and all(map(_continuous, expr.arguments))


def _slope_holds(slope: Expr, leaf: Leaf, within: Interval) -> bool:
    """Return whether enclosures show `slope` not to be negative, piece by piece."""
    edges = sorted({*within, *(c for c in _CUTS if within[0] < c < within[1])})
    pieces = list(zip(edges, edges[1:], strict=False))
    largest, looked = 0.0, 0
    doubtful: list[float] = []
    while pieces:
        a, b = pieces.pop()
        low, high = enclosure(slope, {leaf: (a, b)})
        looked += 1
        if math.isfinite(high):
            largest = max(largest, high)
        if low >= 0.0:
            continue
        middle = 0.5 * (a + b)
        if low >= -_ROUNDING * max(abs(low), high, 0.0) or (math.isfinite(low) and low > -1e-14):
            doubtful.append(low)
        elif looked + len(pieces) < _PIECES and math.isfinite(middle) and a < middle < b:
            pieces += [(a, middle), (middle, b)]
        else:
            return False
    return all(low >= -_ROUNDING * largest for low in doubtful)


def _polyline_of(expr: Call) -> Polyline | None:
    return Polyline.of(expr.arguments[1:]) if all(isinstance(a, Number) for a in expr.arguments[1:]) else None


class _Rise(NamedTuple):
    """The leaf that rises, and the interval in which it does."""

    leaf: Leaf
    within: Interval

    def direction(self, expr: Expr) -> int | None:
        """Return 1 for what never falls, -1 for what never rises, 0 for a constant, None where not shown."""
        if expr == self.leaf:
            return 1
        if not isinstance(expr, Call) or self.leaf not in leaves(expr):
            return 0 if not isinstance(expr, Call) or not leaves(expr) else None
        name, given = expr.function, expr.arguments
        if name == "if":
            return self._choice(expr)
        ways = [self.direction(a) for a in given]
        rule = _RULES.get(name)
        if rule is not None:
            return rule(ways, [self._range(a) for a in given])
        if name in RISING:
            return ways[0]
        if name == "pwl" and _polyline_of(expr) is not None:
            return _along(ways[0], self._slopes(expr))
        return None

    def _range(self, expr: Expr) -> Interval:
        return enclosure(expr, {self.leaf: self.within})

    def _slopes(self, expr: Call) -> int | None:
        """Return the sign of the slopes of a polyline that its argument reaches."""
        low, high = self._range(expr.arguments[0])
        points = [p.value for p in expr.arguments[1:] if isinstance(p, Number)]
        xs, ys = points[::2], points[1::2]
        starts, ends = [-math.inf, *xs[1:-1]], [*xs[1:-1], math.inf]
        signs = [
            (y1 > y0) - (y1 < y0)
            for y0, y1, start, end in zip(ys, ys[1:], starts, ends, strict=False)
            if start < high and end > low
        ]
        return _together(signs)

    def _choice(self, expr: Call) -> int | None:
        """A choice by a comparison of affine forms: both sides, and the step where one takes over."""
        condition, yes, no = expr.arguments
        if self.leaf not in leaves(condition):
            return _together([self.direction(yes), self.direction(no)])
        if not isinstance(condition, Call) or condition.function not in ("lt", "le", "gt", "ge"):
            return None
        form = linear_form(Call("sub", condition.arguments))
        if form is None or set(form[0]) != {self.leaf}:
            return None
        slope, corner = form[0][self.leaf], -form[1] / form[0][self.leaf]
        first_is_yes = (slope > 0) == (condition.function in ("lt", "le"))
        before, after = (yes, no) if first_is_yes else (no, yes)
        low, high = self.within
        if not low <= corner <= high:
            return self.direction(after if corner < low else before)
        left, right = _Rise(self.leaf, (low, corner)), _Rise(self.leaf, (corner, high))
        heights = [float(evaluate(part, lambda leaf: corner)) for part in (before, after)]
        step = heights[1] - heights[0]
        if not math.isfinite(step):
            return None
        sign = 0 if abs(step) <= _ROUNDING * max(map(abs, heights)) else 1 if step > 0 else -1
        return _together([left.direction(before), right.direction(after), sign])


def _together(ways: Sequence[int | None]) -> int | None:
    """Return the way of a sum: that of all parts that move."""
    moving = {way for way in ways if way != 0}
    return 0 if not moving else moving.pop() if len(moving) == 1 else None


def _along(way: int | None, sign: int | None) -> int | None:
    """Return the way of what rises (sign 1) or falls (-1) with a part."""
    if way == 0 or sign == 0:
        return 0
    return None if way is None or sign is None else way * sign


def _sign(x: Interval) -> int | None:
    return 0 if x == (0.0, 0.0) else 1 if x[0] >= 0 else -1 if x[1] <= 0 else None


_Ways = list[int | None]


def _product(ways: _Ways, x: list[Interval]) -> int | None:
    return _together([_along(ways[0], _sign(x[1])), _along(ways[1], _sign(x[0]))])


def _quotient(ways: _Ways, x: list[Interval]) -> int | None:
    if x[1][0] <= 0 <= x[1][1]:
        return None
    below = _along(ways[1], _sign(x[0]))
    return _together([_along(ways[0], _sign(x[1])), None if below is None else -below])


def _power(ways: _Ways, x: list[Interval]) -> int | None:
    """|f|^k with a constant k, or c^f with a constant c > 0."""
    (low, high), (k, top) = x
    if ways[1] == 0 and k == top:
        if k < 0 and low <= 0 <= high:
            return None
        return _along(_along(ways[0], _sign(x[0])), (k > 0) - (k < 0))
    if ways[0] == 0 and low == high > 0:
        return _along(ways[1], (low > 1) - (low < 1))
    return None


def _signed_power(ways: _Ways, x: list[Interval]) -> int | None:
    return ways[0] if ways[1] == 0 and x[1][0] == x[1][1] > 0 else None


_RULES: Mapping[str, Callable[[_Ways, list[Interval]], int | None]] = {
    "neg": lambda ways, x: _along(ways[0], -1),
    "add": lambda ways, x: _together(ways),
    "sub": lambda ways, x: _together([ways[0], _along(ways[1], -1)]),
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "power": _power,
    "pwr": _signed_power,
    "abs": lambda ways, x: _along(ways[0], _sign(x[0])),
    "cosh": lambda ways, x: _along(ways[0], _sign(x[0])),
    "acos": lambda ways, x: _along(ways[0], -1),
    "min": lambda ways, x: _together(ways),
    "max": lambda ways, x: _together(ways),
    **dict.fromkeys(("gt", "ge"), lambda ways, x: _together([ways[0], _along(ways[1], -1)])),
    **dict.fromkeys(("lt", "le"), lambda ways, x: _together([_along(ways[0], -1), ways[1]])),
}
