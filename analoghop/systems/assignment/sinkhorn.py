"""The doubly stochastic amplifier: V = exp(z - alpha - beta) with all row and column sums 1, exactly.

z (members, n, n). It is the gradient of the convex potential Lambda(z) = max over doubly stochastic V of
<z, V> + H(V), H the entropy (Sinkhorn 1967; Kosowsky & Yuille 1994).
"""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array

TOLERANCE = 1e-13  # tolerance of the column sums
RANGE = 30.0  # largest spread of z for which Newton's method starts from zero
ITERATIONS = 60
RANK = 1e-14  # keeps the Hessian regular if V is a permutation, whose derivatives vanish


def _row_normalised(z: Array, beta: Array) -> tuple[Array, Array]:
    """Return V with row sums 1 for the column potentials `beta`, and the row potentials alpha."""
    y = z - beta[:, None, :]
    top = y.max(axis=2, keepdims=True)
    V = np.exp(y - top)
    total = V.sum(axis=2, keepdims=True)
    return V / total, (top + np.log(total))[:, :, 0]


def _dual(alpha: Array, beta: Array) -> Array:
    return np.asarray(alpha.sum(axis=1) + beta.sum(axis=1))


def _newton(z: Array, beta: Array, scale: float) -> Array:
    """Return the column potentials of `z / scale`: the minimum of sum alpha(beta) + sum beta."""
    z = z / scale
    n = z.shape[2]
    eye, ones = np.eye(n), np.full((n, n), 1.0 / n)
    V, alpha = _row_normalised(z, beta)
    value = _dual(alpha, beta)
    for _ in range(ITERATIONS):
        columns = V.sum(axis=1)
        excess = columns - 1.0
        if (np.abs(excess) <= TOLERANCE).all():
            break
        hessian = columns[:, None, :] * eye - V.transpose(0, 2, 1) @ V + ones + RANK * eye
        step = np.linalg.solve(hessian, excess[:, :, None])[:, :, 0]
        slope = (excess * step).sum(axis=1)
        length = np.ones(len(z))
        for _ in range(40):
            trial = beta + length[:, None] * step
            V, alpha = _row_normalised(z, trial)
            higher = _dual(alpha, trial) > value - 1e-4 * length * slope + 1e-12 * (1.0 + np.abs(value))
            if not higher.any():
                break
            length = np.where(higher, 0.5 * length, length)
        beta, value = trial, _dual(alpha, trial)
    return beta


def project(z: Array, beta: Array | None = None) -> tuple[Array, Array]:
    """Return V (members, n, n), doubly stochastic, and the column potentials beta (members, n) with mean 0.

    V is 0 where z is minus infinity, which must leave a permutation open.

    `beta` is a guess, such as the result for a similar z. Without one the problem is solved for z divided by
    powers of 4 first: Newton's method converges where the spread of z is moderate.
    """
    if beta is None:
        beta = np.zeros((z.shape[0], z.shape[2]))
        lowest = np.min(z, axis=2, initial=np.inf, where=np.isfinite(z))
        spread = float(np.max(z.max(axis=2) - lowest, initial=0.0))
        scale = 1.0
        while spread / scale > RANGE:
            scale *= 4.0
        while scale > 1.0:
            beta = 4.0 * _newton(z, beta, scale)
            scale /= 4.0
    beta = _newton(z, beta, 1.0)
    beta = beta - beta.mean(axis=1, keepdims=True)
    return _row_normalised(z, beta)[0], beta


def respond(V: Array, dz: Array) -> Array:
    """Return dV for a change `dz` (members, n, n): V (dz - dalpha - dbeta) with row and column sums 0."""
    n = V.shape[2]
    push = V * dz
    rows, columns = push.sum(axis=2), push.sum(axis=1)
    hessian = np.eye(n) - V.transpose(0, 2, 1) @ V + 1.0 / n + RANK * np.eye(n)
    right = columns - np.einsum("kxi,kx->ki", V, rows)
    beta = np.linalg.solve(hessian, right[:, :, None])[:, :, 0]
    alpha = rows - np.einsum("kxi,ki->kx", V, beta)
    return np.asarray(push - V * (alpha[:, :, None] + beta[:, None, :]))
