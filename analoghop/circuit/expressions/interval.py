"""Intervals that hold every value of an expression while its leaves move in intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from analoghop.circuit.expressions.ast import CONSTANTS, Call, Expr, Leaf, Number, Variable, Voltage
from analoghop.circuit.expressions.evaluate import FUNCTIONS, Polyline

Interval: TypeAlias = tuple[float, float]
"""The least and the largest value."""

LINE: Interval = (-math.inf, math.inf)
_ULPS = 4  # by which a bound is moved outwards: NumPy's functions round to within two


def enclosure(expr: Expr, ranges: Mapping[Leaf, Interval]) -> Interval:
    """Return an interval that holds the value of a simplified expression; the whole line where none is known.

    `ranges` are those of the leaves, the line for one that is missing. Each function is looked at by itself:
    what two parts of an expression have in common is not seen, but for the square of one part.
    """
    if isinstance(expr, Number):
        return expr.value, expr.value
    if not isinstance(expr, Call):
        return _leaf(expr, ranges)
    name, given = expr.function, expr.arguments
    if name == "mul" and given[0] == given[1]:
        return _widened(_even(enclosure(given[0], ranges), lambda x: x * x))
    if name == "pwl":
        return _polyline(enclosure(given[0], ranges), given[1:])
    parts = [enclosure(a, ranges) for a in given]
    if any(math.isnan(bound) for part in parts for bound in part):
        return LINE
    rule = _RULES.get(name)
    if rule is None and name in RISING and parts[0][0] >= _DOMAINS.get(name, LINE)[0]:
        rule = _rising(FUNCTIONS[name]) if parts[0][1] <= _DOMAINS.get(name, LINE)[1] else None
    if rule is None:
        return LINE
    with np.errstate(all="ignore"):
        low, high = rule(*parts)
    return LINE if math.isnan(low) or math.isnan(high) else _widened((low, high), _RANGES.get(name, LINE))


def _leaf(leaf: Leaf, ranges: Mapping[Leaf, Interval]) -> Interval:
    if isinstance(leaf, Variable) and leaf.name in CONSTANTS:
        return CONSTANTS[leaf.name], CONSTANTS[leaf.name]
    if isinstance(leaf, Voltage) and leaf.b != "0" and leaf not in ranges:
        return _difference(_leaf(Voltage(leaf.a), ranges), _leaf(Voltage(leaf.b), ranges))
    return (0.0, 0.0) if leaf == Voltage("0") else ranges.get(leaf, LINE)


def _widened(bounds: Interval, within: Interval = LINE) -> Interval:
    low, high = bounds
    for _ in range(_ULPS):
        low = math.nextafter(low, -math.inf) if low else low
        high = math.nextafter(high, math.inf) if high else high
    return max(low, within[0]), min(high, within[1])


def _rising(function: Callable[..., float]) -> Callable[[Interval], Interval]:
    return lambda x: (float(function(x[0])), float(function(x[1])))


def _even(x: Interval, function: Callable[[float], float]) -> Interval:
    ends = sorted((abs(x[0]), abs(x[1])))
    return float(function(0.0 if x[0] <= 0 <= x[1] else ends[0])), float(function(ends[1]))


def _difference(x: Interval, y: Interval) -> Interval:
    return x[0] - y[1], x[1] - y[0]


def _sum(*parts: Interval) -> Interval:
    return sum(p[0] for p in parts), sum(p[1] for p in parts)


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _product(x: Interval, y: Interval) -> Interval:
    corners = [_times(a, b) for a in x for b in y]
    return min(corners), max(corners)


def _quotient(x: Interval, y: Interval) -> Interval:
    if y[0] <= 0 <= y[1]:
        return LINE
    return _product(x, (1.0 / y[1], 1.0 / y[0]))


def _power(x: Interval, y: Interval) -> Interval:
    """|x|^y, for a constant y or a constant base."""
    a, k = (x if x[0] >= 0 else _even(x, abs)), y[0]
    if y[0] == y[1] and (k >= 0 or a[0] > 0):
        ends = float(np.power(a[0], k)), float(np.power(a[1], k))
        return min(ends), max(ends)
    if a[0] == a[1] > 0:
        ends = float(np.power(a[0], y[0])), float(np.power(a[0], y[1]))
        return min(ends), max(ends)
    return (0.0, math.inf) if a[0] > 0 or y[0] >= 0 else LINE


def _signed_power(x: Interval, y: Interval) -> Interval:
    if y[0] != y[1] or y[0] <= 0:
        return LINE
    low, high = (math.copysign(float(np.power(abs(b), y[0])), b) for b in x)
    return low, high


def _wave(peak: float) -> Callable[[Interval], Interval]:
    """A function of period 2 pi between -1 and 1 that is 1 at `peak`: a cosine."""

    def wave(x: Interval) -> Interval:
        if not x[1] - x[0] < 2.0 * math.pi or max(map(abs, x)) > 1e8:
            return -1.0, 1.0
        a, b = ((bound - peak) / (2.0 * math.pi) for bound in x)
        ends = [math.cos(bound - peak) for bound in x]
        slack = 1e-7  # where an end lies so near a peak or a valley, it may lie beyond
        high = 1.0 if math.floor(b + slack) > math.floor(a - slack) else max(ends)
        low = -1.0 if math.floor(b + 0.5 + slack) > math.floor(a + 0.5 - slack) else min(ends)
        return max(low - 1e-7, -1.0), min(high + 1e-7, 1.0)

    return wave


def _choice(c: Interval, x: Interval, y: Interval) -> Interval:
    if c == (0.0, 0.0):
        return y
    return x if c[0] > 0 or c[1] < 0 else (min(x[0], y[0]), max(x[1], y[1]))


def _polyline(x: Interval, points: tuple[Expr, ...]) -> Interval:
    line = Polyline.of(points)
    xs, ys = ([p.value for p in points[k::2] if isinstance(p, Number)] for k in (0, 1))
    heights = [float(line(at)) for at in xs[1:-1] if x[0] < at < x[1]]
    for bound, step in zip(x, (ys[0] - ys[1], ys[-1] - ys[-2]), strict=True):
        if math.isfinite(bound):
            heights.append(float(line(bound)))
        else:
            heights.append(math.copysign(math.inf, step) if step else ys[0 if bound < 0 else -1])
    return _widened((min(heights), max(heights)))


_TRUTH: Interval = (0.0, 1.0)


def _known(holds: bool, fails: bool) -> Interval:
    return (1.0, 1.0) if holds else (0.0, 0.0) if fails else _TRUTH


_ALWAYS = "tanh atan exp ln log10 sqrt sgn u u2 uramp sinh asin asinh acosh atanh floor ceil nint"
RISING = frozenset(_ALWAYS.split())
"""Functions of one argument that never fall where they are defined."""

_DOMAINS: Mapping[str, Interval] = {
    "ln": (0.0, math.inf),
    "log10": (0.0, math.inf),
    "sqrt": (0.0, math.inf),
    "asin": (-1.0, 1.0),
    "acosh": (1.0, math.inf),
    "atanh": (-1.0, 1.0),
}

_RANGES: Mapping[str, Interval] = {
    "tanh": (-1.0, 1.0),
    "exp": (0.0, math.inf),
    "sqrt": (0.0, math.inf),
    "sgn": (-1.0, 1.0),
    "u": _TRUTH,
    "u2": _TRUTH,
    "uramp": (0.0, math.inf),
    "abs": (0.0, math.inf),
    "cosh": (1.0, math.inf),
    "sin": (-1.0, 1.0),
    "cos": (-1.0, 1.0),
    "pow": (0.0, math.inf),
    "power": (0.0, math.inf),
    **dict.fromkeys(("lt", "gt", "le", "ge", "eq", "ne", "and", "or", "not"), _TRUTH),
}

_RULES: Mapping[str, Callable[..., Interval]] = {
    "neg": lambda x: (-x[1], -x[0]),
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "power": _power,
    "pwr": _signed_power,
    "abs": lambda x: _even(x, abs),
    "cosh": lambda x: _even(x, FUNCTIONS["cosh"]),
    "acos": lambda x: (0.0, math.pi),
    "sin": _wave(0.5 * math.pi),
    "cos": _wave(0.0),
    "min": lambda x, y: (min(x[0], y[0]), min(x[1], y[1])),
    "max": lambda x, y: (max(x[0], y[0]), max(x[1], y[1])),
    "if": _choice,
    "lt": lambda x, y: _known(x[1] < y[0], x[0] >= y[1]),
    "le": lambda x, y: _known(x[1] <= y[0], x[0] > y[1]),
    "gt": lambda x, y: _known(x[0] > y[1], x[1] <= y[0]),
    "ge": lambda x, y: _known(x[0] >= y[1], x[1] < y[0]),
    **dict.fromkeys(("eq", "ne", "and", "or"), lambda x, y: _TRUTH),
    "not": lambda x: _TRUTH,
}
