"""A source that multiplies the argument of every amplifier: the schedule of a deck's gain or temperature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import GROUND, VoltageSource
from analoghop.circuit.expressions import (
    Expr,
    Leaf,
    Number,
    Voltage,
    affine_sum,
    compile_expression,
    leaves,
    substitute,
)
from analoghop.schedules import Reciprocal, Signal

SAMPLES = 7
AGREEMENT = 1e-9


def split_gain(circuit: Circuit, expressions: Sequence[Expr]) -> tuple[list[Expr], Signal | None]:
    """Return the expressions at gain factor 1, and the factor as a signal; None if there is no such source.

    A moving voltage source to ground that every nonlinear expression reads, as in `tanh(V(g)*V(u))` or
    `tanh(V(u)/V(temp))`, is a schedule of the gain: only the product with the other voltages matters. That is
    judged at random voltages, not proved.
    """
    moving = {
        Voltage(e.a, GROUND): e.signal
        for e in circuit.elements
        if isinstance(e, VoltageSource) and e.b == GROUND and e.signal.quiet_after() > 0
    }
    curved = [e for e in expressions if affine_sum(e).terms]
    for leaf, signal in moving.items():
        if not curved or any(leaf not in leaves(e) for e in curved):
            continue
        for over, factor in ((False, signal), (True, Reciprocal(signal))):
            if all(_scales(e, leaf, over) for e in curved):
                at_one: dict[Leaf, Expr] = {leaf: Number(1.0)}
                return [substitute(e, at_one) if e in curved else e for e in expressions], factor
    return list(expressions), None


def _scales(expression: Expr, factor: Leaf, over: bool) -> bool:
    """Return whether E(a, x) = E(1, a x), or E(1, x / a) where `over`, at random points."""
    others = [leaf for leaf in leaves(expression) if leaf != factor]
    function = compile_expression(expression, [factor, *others])
    rng = np.random.default_rng(0)
    a = rng.uniform(0.3, 3.0, SAMPLES)
    x: list[Array] = list(rng.uniform(-1.0, 1.0, (len(others), SAMPLES)))
    given = np.broadcast_to(function(a, *x), a.shape)
    scaled = function(np.ones(SAMPLES), *(v / a if over else v * a for v in x))
    return bool(np.allclose(given, scaled, rtol=AGREEMENT, atol=AGREEMENT))
