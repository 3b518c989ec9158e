"""The value of an expression, as ngspice's B source defines it, on whole arrays at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.expressions.ast import CONSTANTS, Call, Expr, Leaf, Number, Variable
from analoghop.circuit.expressions.junctions import Junction
from analoghop.errors import NetlistError

Value = Any
"""A float or an array: NumPy takes both."""

_FUDGE = 1e-32
_HUGE = 1e99
_LOG_HUGE = math.log(_HUGE)


def nudged(y: Value) -> Value:
    """Return y moved 1e-32 away from zero, as ngspice moves every divisor."""
    return y + np.copysign(_FUDGE, y + 0.0)


def divide(x: Value, y: Value) -> Value:
    """Return x/y, which is 1e32 x for y = 0."""
    return x / nudged(y)


def power(x: Value, y: Value) -> Value:
    """Return |x|^y, the value of `^`, `**` and `pow` in a source."""
    return np.power(np.abs(x), y)


def signed_power(x: Value, y: Value) -> Value:
    """Return sign(x) |x|^y."""
    return np.where(np.less(x, 0.0), -1.0, 1.0) * np.power(np.abs(x), y)


def exponential(x: Value) -> Value:
    """Return exp(x), 1e99 from x = 228 on."""
    return np.exp(np.minimum(x, _LOG_HUGE))


def _logarithm(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def logarithm(x: Value) -> Value:
        return np.where(np.equal(x, 0.0), -_HUGE, function(x))

    return logarithm


class Polyline:
    """The straight lines through points of increasing x; the outer two continue beyond the last points."""

    def __init__(self, xs: Array, ys: Array) -> None:
        self._corners, self._x, self._y = xs[1:-1], xs[:-1], ys[:-1]
        self._slopes = np.diff(ys) / np.diff(xs)

    @staticmethod
    def of(points: Sequence[Expr]) -> Polyline:
        """Return the polyline of the numbers x1, y1, x2, y2, ...; `NetlistError` for other expressions."""
        numbers = [p.value for p in points if isinstance(p, Number)]
        if len(numbers) != len(points) or len(numbers) < 4 or len(numbers) % 2:
            raise NetlistError("the points of `pwl` must be numbers x1,y1, x2,y2, ...")
        xs, ys = np.array(numbers[::2]), np.array(numbers[1::2])
        if not (np.diff(xs) > 0).all():
            raise NetlistError("the points of `pwl` must increase in x")
        return Polyline(xs, ys)

    def __call__(self, x: Value) -> Value:
        """Return the height at `x`."""
        k = np.searchsorted(self._corners, x, side="right")
        return self._y[k] + self._slopes[k] * (x - self._x[k])


def _polyline(x: Value, *points: Value) -> Value:
    return Polyline.of([Number(float(p)) for p in points])(x)


def _junction(x: Value, *numbers: Value) -> Value:
    return Junction.of([Number(float(n)) for n in numbers])(x)


def _sum(*terms: Value) -> Value:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _truth(function: Callable[..., Value]) -> Callable[..., Value]:
    def truth(*x: Value) -> Value:
        return np.asarray(function(*x), dtype=np.float64)

    return truth


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "neg": np.negative,
    "not": _truth(np.logical_not),
    "add": _sum,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": divide,
    "pow": power,
    "power": power,
    "pwr": signed_power,
    "lt": _truth(np.less),
    "gt": _truth(np.greater),
    "le": _truth(np.less_equal),
    "ge": _truth(np.greater_equal),
    "eq": _truth(np.equal),
    "ne": _truth(np.not_equal),
    "and": _truth(np.logical_and),
    "or": _truth(np.logical_or),
    "if": lambda c, a, b: np.where(np.not_equal(c, 0.0), a, b),
    "tanh": np.tanh,
    "atan": np.arctan,
    "exp": exponential,
    "ln": _logarithm(np.log),
    "log10": _logarithm(np.log10),
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sgn": np.sign,
    "u": lambda x: np.heaviside(x, 0.5),
    "u2": lambda x: np.clip(x, 0.0, 1.0),
    "uramp": lambda x: np.maximum(x, 0.0),
    "min": np.minimum,
    "max": np.maximum,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "floor": np.floor,
    "ceil": np.ceil,
    "nint": np.rint,
    "pwl": _polyline,
    "junction": _junction,
}
"""Every operator and function by the name that it has in the tree."""


def function_of(name: str) -> Callable[..., Value]:
    """Return the function of a `Call`; raises `NetlistError` for an unknown name."""
    if name not in FUNCTIONS:
        raise NetlistError(f"there is no function `{name.removesuffix('()')}`")
    return FUNCTIONS[name]


def evaluate(expr: Expr, lookup: Callable[[Leaf], Value]) -> Array:
    """Return the value of `expr`; `lookup` returns the value of a leaf (floats, or arrays of one shape).

    A value that ngspice reports as out of range (the logarithm or root of a negative number) is nan.
    """

    def walk(node: Expr) -> Value:
        if isinstance(node, Number):
            return np.float64(node.value)
        if isinstance(node, Call):
            return function_of(node.function)(*map(walk, node.arguments))
        if isinstance(node, Variable) and node.name in CONSTANTS:
            return np.float64(CONSTANTS[node.name])
        return np.asarray(lookup(node), dtype=np.float64)

    with np.errstate(all="ignore"):
        return np.asarray(walk(expr), dtype=np.float64)
