"""A local search by exchanges of two locations, the standard method for comparison with circuits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.arrays import Array
from analoghop.limits import Limits

METHOD = "2-swap"
ROUNDING = 1e-10  # of the cost: smallest decrease that counts as an improvement


def improved(
    A: Array, B: Array, permutation: Sequence[int], limits: Limits | None = None, most: int | None = None
) -> tuple[int, ...]:
    """Return a permutation that no exchange of two locations makes cheaper, by steepest descent.

    If `limits` are over before, or after `most` exchanges, it is the permutation reached so far.
    """
    p = np.asarray(permutation, dtype=np.intp).copy()
    least = ROUNDING * max(abs(float(np.sum(A * B[np.ix_(p, p)]))), 1.0)
    exchanges = 0
    while exchanges != most and (limits is None or not limits.over):
        change = swap_costs(A, B[np.ix_(p, p)])
        i, j = divmod(int(np.argmin(change)), len(p))
        if change[i, j] >= -least:
            break
        p[[i, j]] = p[[j, i]]
        exchanges += 1
    return tuple(p.tolist())


def swap_costs(A: Array, D: Array) -> Array:
    """Return the increase of the cost sum(A D) by exchanging rows and columns r and s of D, (n, n).

    `D` is B in the order of the permutation. For all pairs at once, by six matrix products (Burkard & Rendl
    1984 give the formula for one).
    """
    rows, columns = A @ D.T, A.T @ D
    a, d = np.diag(A), np.diag(D)
    # Rows: sum over k of (A_rk - A_sk)(D_sk - D_rk), and the same of columns, without k = r and k = s.
    total = np.zeros_like(A)
    for product in (rows, columns):
        own = np.diag(product)
        total += product + product.T - own[:, None] - own[None, :]
    flat = (A - a[None, :]) * (d[None, :] - D)  # (A_rs - A_ss)(D_ss - D_rs): k = s of the rows
    total -= flat + flat.T + (A.T - a[None, :]) * (d[None, :] - D.T)
    total -= ((A.T - a[None, :]) * (d[None, :] - D.T)).T
    corner = (a[:, None] - a[None, :]) * (d[None, :] - d[:, None])
    return np.asarray(total + corner + (A - A.T) * (D.T - D))
