"""Expressions compiled to a list of NumPy operations, common subexpressions once, for right-hand sides."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.expressions.ast import Call, Expr, Leaf, Number, Voltage
from analoghop.circuit.expressions.ast import leaves as leaves_of
from analoghop.circuit.expressions.evaluate import Polyline, Value, evaluate, function_of, nudged
from analoghop.circuit.expressions.format import format_expression
from analoghop.circuit.expressions.junctions import Junction
from analoghop.circuit.expressions.simplify import simplify
from analoghop.errors import NetlistError

_NOTHING = -1


def compile_expression(expr: Expr, leaves: Sequence[Leaf]) -> Callable[..., Array]:
    """Return a function of the values of `leaves`, in their order: floats, or arrays of one shape.

    Its values equal those of `evaluate` up to rounding. `leaves` may hold V(a) and V(b) in place of V(a,b).
    Raises `NetlistError` for a leaf that `leaves` lacks, and for a function that is not built in.
    """
    count = len(leaves)
    simple = simplify(expr)
    if not leaves_of(simple):
        level = float(evaluate(simple, lambda leaf: 0.0))
        return lambda *values: np.full(np.shape(values[0]) if values else (), level)
    tape = _Tape(leaves)
    last = tape.place(simple)
    if last < count:
        last = tape.step(np.positive, last)
    template, steps = tape.slots, tuple(tape.steps)

    def value(*values: Value) -> Array:
        slots = template.copy()
        slots[:count] = values
        with np.errstate(all="ignore"):
            for out, function, i, j, k in steps:
                if j < 0:
                    slots[out] = function(slots[i])
                elif k < 0:
                    slots[out] = function(slots[i], slots[j])
                else:
                    slots[out] = function(slots[i], slots[j], slots[k])
        return np.asarray(slots[last], dtype=np.float64)

    return value


class _Tape:
    """Slots for leaves, constants and results, and the operations that compute the results."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self.places: dict[Expr, int] = {leaf: k for k, leaf in enumerate(leaves)}
        self.slots: list[Value] = [None] * len(leaves)
        self.steps: list[tuple[int, Callable[..., Value], int, int, int]] = []

    def constant(self, value: float) -> int:
        self.slots.append(np.float64(value))
        return len(self.slots) - 1

    def step(self, function: Callable[..., Value], *operands: int) -> int:
        self.slots.append(None)
        i, j, k = (*operands, _NOTHING, _NOTHING)[:3]
        self.steps.append((len(self.slots) - 1, function, i, j, k))
        return len(self.slots) - 1

    def place(self, expr: Expr) -> int:
        """Return the slot that will hold the value of `expr`."""
        if expr not in self.places:
            if isinstance(expr, Number):
                self.places[expr] = self.constant(expr.value)
            elif isinstance(expr, Call):
                self.places[expr] = self.call(expr)
            elif isinstance(expr, Voltage) and expr.b != "0":
                above, below = self.place(Voltage(expr.a)), self.place(Voltage(expr.b))
                self.places[expr] = self.step(operator.sub, above, below)
            elif expr == Voltage("0"):
                self.places[expr] = self.constant(0.0)
            else:
                raise NetlistError(f"`{format_expression(expr)}` has no value here")
        return self.places[expr]

    def call(self, expr: Call) -> int:
        name, given = expr.function, expr.arguments
        if name == "pwl":
            return self.step(Polyline.of(given[1:]), self.place(given[0]))
        if name == "junction":
            return self.step(Junction.of(given[1:]), self.place(given[0]))
        if name == "div" and isinstance(given[1], Number):
            return self.step(operator.truediv, self.place(given[0]), self.constant(nudged(given[1].value)))
        if name in ("pow", "power") and given[1] == Number(2.0):
            return self.step(np.square, self.place(given[0]))
        function = _QUICK.get(name) or function_of(name)
        places = [self.place(a) for a in given]
        if name == "add":
            total = places[0]
            for place in places[1:]:
                total = self.step(operator.add, total, place)
            return total
        return self.step(function, *places)


_QUICK: Mapping[str, Callable[..., Value]] = {
    "neg": operator.neg,
    "sub": operator.sub,
    "mul": operator.mul,
}
"""Equivalents of the ufuncs without the cost of their argument parsing."""
