"""Amplifiers defined by an expression of the deck: value and Jacobian from the parsed formula."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analoghop.activations import FunctionActivation
from analoghop.arrays import Array
from analoghop.circuit.expressions import (
    Expr,
    Leaf,
    Variable,
    compile_expression,
    differentiate,
    format_expression,
    substitute,
)


def _inputs(count: int) -> tuple[Variable, ...]:
    return tuple(Variable(f"x{k + 1}") for k in range(count))


def in_variables(expression: Expr, read: Sequence[Leaf]) -> Expr:
    """Return `expression` with its leaves `read` renamed x1, x2 ...; equal functions then compare equal."""
    return substitute(expression, dict(zip(read, _inputs(len(read)), strict=True)))


@lru_cache(maxsize=4096)
def general_activation(expressions: tuple[Expr, ...], inputs: int) -> FunctionActivation:
    """Return the amplifier with one output per expression in x1 ...; equal arguments give one object."""
    variables = _inputs(inputs)
    values = [compile_expression(e, variables) for e in expressions]
    slopes = [[compile_expression(differentiate(e, x), variables) for x in variables] for e in expressions]

    def value(z: Array) -> Array:
        return np.stack([np.broadcast_to(f(*z), z.shape[1:]) for f in values])

    def jacobian(z: Array) -> Array:
        return np.stack([np.stack([np.broadcast_to(s(*z), z.shape[1:]) for s in row]) for row in slopes])

    name = ", ".join(format_expression(e) for e in expressions)
    return FunctionActivation(
        inputs, len(expressions), value, jacobian, name if len(name) < 80 else "expression"
    )


def gradient_order(expressions: Sequence[Expr]) -> list[int] | None:
    """Return the order in which the expressions, one per input, have a symmetric Jacobian, or None."""
    from scipy.optimize import linear_sum_assignment

    count = len(expressions)
    together = general_activation(tuple(expressions), count)
    samples = np.random.default_rng(0).uniform(-1.0, 1.0, (count, 16))
    jacobians = together.jacobian_fn(samples)
    if not np.isfinite(jacobians).all():
        return None
    # A gradient's own inputs are where it responds most: pair rows and columns by their mean slope.
    rows, columns = linear_sum_assignment(-jacobians.mean(axis=-1))
    order = [int(row) for row in rows[np.argsort(columns)]]
    ordered = general_activation(tuple(expressions[k] for k in order), count)
    return order if ordered.gradient else None
