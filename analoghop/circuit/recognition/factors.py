"""Tests of how an expression depends on one of its voltages: checked at random points, not proved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import GROUND, VoltageSource
from analoghop.circuit.expressions import Expr, Leaf, Voltage, compile_expression, leaves
from analoghop.schedules import Signal

SAMPLES = 7
AGREEMENT = 1e-9


def moving_sources(circuit: Circuit) -> dict[Leaf, Signal]:
    """Return the time-dependent signals of sources to ground, by the V(node) under which they are read."""
    return {
        Voltage(e.a, GROUND): e.signal
        for e in circuit.elements
        if isinstance(e, VoltageSource) and e.b == GROUND and e.signal.quiet_after() > 0
    }


def proportional(expression: Expr, factor: Leaf) -> bool:
    """Return whether E(a, x) = a E(1, x)."""
    return _holds(expression, factor, lambda function, a, x: a * function(np.ones(SAMPLES), *x))


def multiplies(expression: Expr, factor: Leaf) -> bool:
    """Return whether E(a, x) = E(1, a x)."""
    return _holds(expression, factor, lambda function, a, x: function(np.ones(SAMPLES), *(v * a for v in x)))


def divides(expression: Expr, factor: Leaf) -> bool:
    """Return whether E(a, x) = E(1, x / a)."""
    return _holds(expression, factor, lambda function, a, x: function(np.ones(SAMPLES), *(v / a for v in x)))


def _holds(expression: Expr, factor: Leaf, other: Callable[..., Array]) -> bool:
    others = [leaf for leaf in leaves(expression) if leaf != factor]
    function = compile_expression(expression, [factor, *others])
    rng = np.random.default_rng(0)
    a = rng.uniform(0.3, 3.0, SAMPLES)
    x: list[Array] = list(rng.uniform(-1.0, 1.0, (len(others), SAMPLES)))
    given = np.broadcast_to(function(a, *x), a.shape)
    return bool(np.allclose(given, other(function, a, x), rtol=AGREEMENT, atol=AGREEMENT))
