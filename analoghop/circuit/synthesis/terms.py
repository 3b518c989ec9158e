"""Builders of expressions for B sources, and of a deck's initial voltages."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from analoghop.arrays import column
from analoghop.circuit.elements import GROUND
from analoghop.circuit.expressions import Call, Expr, Voltage


def call(function: str, *arguments: Expr) -> Expr:
    """Return the call of `function` with `arguments`."""
    return Call(function, arguments)


def volts(node: str) -> Expr:
    """Return the voltage of `node` to ground."""
    return Voltage(node, GROUND)


def total(terms: Sequence[Expr]) -> Expr:
    """Return the sum of one or more terms."""
    return terms[0] if len(terms) == 1 else call("add", *terms)


def initial_voltages(
    nodes: Sequence[str], start: ArrayLike | None, scale: float = 1.0
) -> tuple[tuple[str, float], ...]:
    """Return `start` (len(nodes)) times `scale` as the `.ic` of `nodes`, zeros left out; () for None."""
    if start is None:
        return ()
    values = column(start, len(nodes), "start")[:, 0].tolist()
    return tuple((node, scale * value) for node, value in zip(nodes, values, strict=True) if value)
