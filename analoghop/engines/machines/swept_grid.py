"""`SweptGrid`: a block of grids whose outputs are projected by one sweep per step, in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.engines.machines.noise import Words, unit_numbers
from analoghop.engines.machines.projection import LEAST, STEEPEST, SWEEPS


class SweptGrid:
    """u and V (members, n, n), the potentials f (members, n, 1) of rows and m (members, 1, n) of columns.

    With `hollow` there are no amplifiers on the diagonal: V is 0 there.
    """

    def __init__(self, u: NDArray[Any], hollow: bool = False) -> None:
        self.u, self.dtype, self.n, self.hollow = u, u.dtype, u.shape[1], hollow
        self.V = np.empty_like(u)
        self.f = u.max(axis=2, keepdims=True)
        self.m = np.zeros((len(u), 1, self.n), u.dtype)

    def sweep(self, T: Any) -> None:
        """Project exp(u / T) by one sweep from the last potentials, rows first and columns last."""
        K = np.subtract(self.u, self.f, out=self.V)
        K -= self.m
        K *= self.dtype.type(1.0) / T
        np.minimum(K, STEEPEST, out=K)
        np.exp(K, out=K)
        if self.hollow:
            K.reshape(len(K), -1)[:, :: self.n + 1] = 0.0
        r = 1.0 / np.maximum(K.sum(axis=2, keepdims=True), LEAST)
        K *= r
        c = 1.0 / np.maximum(K.sum(axis=1, keepdims=True), LEAST)
        K *= c
        self.f = self.f - T * np.log(r)
        self.m = self.m - T * np.log(c)

    def settled(self, T: Any) -> NDArray[Any]:
        """Return V at the temperature `T` after a close projection; the block does not change."""
        V, f, m = self.V, self.f, self.m
        self.V = np.empty_like(V)
        for _ in range(SWEEPS):
            self.sweep(self.dtype.type(T))
        close, self.V, self.f, self.m = self.V, V, f, m
        return close


def scattered(n: int, keys: Words, dtype: Any = np.float64) -> Array:
    """Return the random numbers of unit variance of the kernel for `keys` (members, 2): (members, n, n)."""
    place = np.arange(n * n, dtype=np.uint32).reshape(1, n, n)
    return unit_numbers(place, keys[:, 0, None, None], keys[:, 1, None, None], dtype)
