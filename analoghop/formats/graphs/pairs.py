"""Edges and couplings as pairs of indices, each pair once and with the smaller index first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError


class Merged(NamedTuple):
    """`pairs` (m, 2) with the sums of their `values` (m,); `repeated` counts the entries that were added."""

    pairs: Integers
    values: Array
    repeated: int


def whole_pairs(n: int, pairs: ArrayLike, what: str) -> Integers:
    """Return `pairs` as whole numbers (m, 2) in 0..n-1; raises `InputError`, naming `what`, otherwise."""
    array = np.asarray(pairs)
    if array.size == 0:
        return np.empty((0, 2), dtype=np.int64)
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "iu":
        raise InputError(f"`{what}` has shape {array.shape}, expected pairs of whole numbers")
    bad = np.flatnonzero(((array < 0) | (array >= n)).any(axis=1))
    if bad.size:
        i, j = array[bad[0]].tolist()
        raise InputError(f"`{what}` holds ({i}, {j}), expected numbers from 0 to {n - 1}")
    return array.astype(np.int64)


def merged(n: int, pairs: Integers, values: Array) -> Merged:
    """Return `pairs` without loops, the smaller index first, sorted; values of equal pairs are added."""
    low, high = pairs.min(axis=1, initial=n), pairs.max(axis=1, initial=-1)
    apart = low != high
    keys, back = np.unique(low[apart] * n + high[apart], return_inverse=True)
    sums = np.bincount(back, weights=values[apart], minlength=len(keys)).astype(np.float64)
    return Merged(np.stack([keys // n, keys % n], axis=1), sums, int(apart.sum()) - len(keys))


def in_order(pairs: Integers) -> bool:
    """Return whether every pair has its smaller index first and all pairs are sorted and distinct."""
    if not len(pairs):
        return True
    keys = pairs[:, 0] * (int(pairs.max()) + 1) + pairs[:, 1]
    return bool((pairs[:, 0] < pairs[:, 1]).all() and (np.diff(keys) > 0).all())
