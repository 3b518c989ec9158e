"""Amplifiers defined by an expression of the deck: value and Jacobian from the parsed formula."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analoghop.activations import FunctionActivation
from analoghop.arrays import Array
from analoghop.circuit.expressions import (
    Call,
    Expr,
    Leaf,
    Variable,
    compile_expression,
    differentiate,
    format_expression,
    leaves,
    simplify,
    substitute,
)
from analoghop.circuit.expressions.corners import corners
from analoghop.circuit.expressions.interval import LINE, enclosure
from analoghop.circuit.expressions.monotone import never_falls
from analoghop.circuit.expressions.simplify import negated
from analoghop.circuit.recognition.polynomial import polynomial, same

_TRIALS = 1000  # places tried for the expressions of one vector amplifier


def _inputs(count: int) -> tuple[Variable, ...]:
    return tuple(Variable(f"x{k + 1}") for k in range(count))


def in_variables(expression: Expr, read: Sequence[Leaf]) -> Expr:
    """Return `expression` with its leaves `read` renamed x1, x2 ...; equal functions then compare equal."""
    return substitute(expression, dict(zip(read, _inputs(len(read)), strict=True)))


@lru_cache(maxsize=4096)
def general_activation(expressions: tuple[Expr, ...], inputs: int) -> FunctionActivation:
    """Return the amplifier with one output per expression in x1 ...; the same object for the same call.

    It is a gradient where the derivatives are the same polynomials across the diagonal, and monotone where
    the expression of one input is shown never to fall; otherwise nothing is shown.
    """
    variables = _inputs(inputs)
    values = [compile_expression(e, variables) for e in expressions]
    slopes = [[compile_expression(differentiate(e, x), variables) for x in variables] for e in expressions]

    def value(z: Array) -> Array:
        found = np.empty((len(values), *z.shape[1:]))
        for row, f in zip(found, values, strict=True):
            row[...] = f(*z)
        return found

    def jacobian(z: Array) -> Array:
        return np.stack([np.stack([np.broadcast_to(s(*z), z.shape[1:]) for s in row]) for row in slopes])

    kinks = tuple(dict.fromkeys(part for e in expressions for part in corners(simplify(e))))
    distances = [compile_expression(part, variables) for part in kinks]

    def switches(z: Array) -> Array:
        return np.stack([np.broadcast_to(f(*z), z.shape[1:]) for f in distances])

    name = ", ".join(format_expression(e) for e in expressions)
    return FunctionActivation(
        inputs,
        len(expressions),
        value,
        jacobian,
        name if len(name) < 80 else "expression",
        gradient=inputs == len(expressions) and gradient_order(expressions) == list(range(inputs)),
        monotone=len(expressions) == inputs == 1 and never_falls(expressions[0], variables[0]),
        falling=len(expressions) == inputs == 1 and never_falls(negated(expressions[0]), variables[0]),
        switch_fn=switches if kinks else None,
        proportional=len(expressions) == 1 and inputs > 1 and _proportional(expressions[0], variables[0]),
    )


def _proportional(expression: Expr, first: Variable) -> bool:
    """Return whether an expression is shown to be `first` times a function of others, never negative."""
    match expression:
        case Call("mul", (a, b)):
            pairs = [(a, b), (b, a)]
        case Call("div", (a, b)):
            pairs = [(a, b)]
        case _:
            return False
    for own, other in pairs:
        if own == first and first not in leaves(other):
            low = enclosure(other, dict.fromkeys(leaves(other), LINE))[0]
            return low > 0 if expression.function == "div" else low >= 0
    return False


def gradient_order(expressions: Sequence[Expr]) -> list[int] | None:
    """Return the order in which the expressions, one per input, have a symmetric Jacobian, or None.

    The first order in which the derivatives are shown to be the same polynomials, and none after many trials.
    """
    count = len(expressions)
    if count == 1:
        return [0]
    slopes = [[polynomial(differentiate(e, x)) for x in _inputs(count)] for e in expressions]
    order: list[int] = []
    trials = itertools.count()

    def fits(k: int) -> bool:
        here = len(order)
        return all(same(slopes[k][row], slopes[other][here]) for row, other in enumerate(order))

    def complete() -> bool:
        if len(order) == count:
            return True
        for k in range(count):
            if k not in order and next(trials) < _TRIALS and fits(k):
                order.append(k)
                if complete():
                    return True
                order.pop()
        return False

    return order if complete() else None
