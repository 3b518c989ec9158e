"""`ThinnedTrace`: a growing record in time order whose memory is bounded."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array


class ThinnedTrace:
    """Columns (rows,) appended in blocks; if there are more than `limit`, every second one is dropped.

    The first and the last column are always kept, and the kept ones are equally spaced.
    """

    def __init__(self, rows: int, limit: int) -> None:
        self._kept = np.empty((min(limit, 256), rows))
        self._limit = max(limit, 4)
        self._count = 0
        self._stride = 1
        self._seen = 0
        self._last: Array | None = None

    def extend(self, block: Array) -> None:
        """Append the columns of `block` (rows, k)."""
        if not block.shape[1]:
            return
        first = -self._seen % self._stride
        chosen = block.T[first :: self._stride]
        self._seen += block.shape[1]
        self._last = block[:, -1].copy()
        needed = self._count + len(chosen)
        if needed > len(self._kept):
            grown = np.empty((max(needed, 2 * len(self._kept)), self._kept.shape[1]))
            grown[: self._count] = self._kept[: self._count]
            self._kept = grown
        self._kept[self._count : needed] = chosen
        self._count = needed
        while self._count > self._limit:
            thinned = self._kept[: self._count : 2].copy()
            self._count = len(thinned)
            self._kept[: self._count] = thinned
            self._stride *= 2

    def columns(self) -> Array:
        """Return the kept columns, (rows, k)."""
        kept = self._kept[: self._count].T
        if self._last is not None and (self._seen - 1) % self._stride:
            kept = np.concatenate([kept, self._last[:, None]], axis=1)
        return np.ascontiguousarray(kept)
