"""Vectorised adaptive quadrature for potentials that have no closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analoghop.arrays import Array

LEVELS = 52
GROWTH = 1 << 14
TOLERANCE = 1e-15


def _clenshaw_curtis(n: int) -> tuple[Array, Array]:
    """Return nodes on -1..1 and weights of the rule with n + 1 points, n even (Clenshaw & Curtis 1960)."""
    angle = np.pi * np.arange(n + 1) / n
    k = np.arange(1, n // 2 + 1)
    share = np.where(2 * k == n, 1.0, 2.0) / (4.0 * k**2 - 1.0)
    weights = (1.0 - np.cos(2.0 * np.outer(angle, k)) @ share) * 2.0 / n
    weights[[0, -1]] *= 0.5
    return np.cos(angle), weights


# The coarse rule uses every second node of the fine one. Both include the ends of the interval: a steep
# amplifier may change only there, such as tanh(1e6 z) integrated from 0.
NODES, FINE = _clenshaw_curtis(16)
COARSE = np.zeros(17)
COARSE[::2] = _clenshaw_curtis(8)[1]


def integrals(
    function: Callable[[Array, Array], Array], low: Array, high: Array, *, pooled: bool = False
) -> Array:
    """Return the integrals of k functions, one from each `low` to its `high`, (k,).

    `function(s, index)` evaluates at the points `s` (p,) the functions numbered `index` (p,). An interval is
    halved until its two rules agree to 1e-15 of the integral of the magnitude (of all together if `pooled`),
    at most 52 times: corners and jumps are located, at a cost that grows with the logarithm of the accuracy.
    """
    total = np.zeros(len(low))
    index = np.arange(len(low))
    limit: Array | None = None
    for level in range(LEVELS + 1):
        half = 0.5 * (high - low)
        points = 0.5 * (high + low) + NODES[:, None] * half
        values = function(points.ravel(), np.tile(index, len(NODES))).reshape(points.shape)
        fine = (FINE @ values) * half
        if limit is None:
            size = (FINE @ np.abs(values)) * np.abs(half)
            limit = TOLERANCE * (np.full(len(low), size.sum()) if pooled else size)
        rough = np.abs(fine - (COARSE @ values) * half) > limit[index]
        # If nearly all intervals fail to converge, the integrand is noise: the subdivision ends.
        if level == LEVELS or rough.sum() > max(GROWTH, 4 * len(total)):
            rough[:] = False
        total += np.bincount(index[~rough], fine[~rough], minlength=len(total))
        if not rough.any():
            break
        low, high, index = low[rough], high[rough], np.tile(index[rough], 2)
        middle = 0.5 * (low + high)
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return total


def cumulative(function: Callable[[Array], Array], z: Array) -> Array:
    """Return the integral of `function` from 0 to each `z` (k,): sums over the gaps of the sorted points."""
    knots, place = np.unique(np.concatenate([[0.0], z]), return_inverse=True)
    pieces = integrals(lambda s, _: function(s), knots[:-1], knots[1:], pooled=True)
    area = np.concatenate([[0.0], np.cumsum(pieces)])[place]
    return np.asarray(area[1:] - area[0])
