"""`Clusters`: winner-take-all clusters of different sizes in consecutive rows of an array."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError


@dataclass(frozen=True, eq=False)
class Clusters:
    """`widths` (clusters,) are their numbers of cells. Raises `InputError` for none, or one below 1."""

    widths: Integers

    def __post_init__(self) -> None:
        widths = np.array(self.widths, dtype=np.int64)
        if widths.ndim != 1 or len(widths) == 0 or widths.min() < 1:
            raise InputError("`widths` must be the numbers of cells of one cluster or more, each from 1")
        widths.flags.writeable = False
        object.__setattr__(self, "widths", widths)

    @cached_property
    def cells(self) -> int:
        """Number of cells."""
        return int(self.widths.sum())

    @cached_property
    def starts(self) -> Integers:
        """First cell of each cluster and, last, the number of cells, (clusters + 1,)."""
        return np.concatenate([[0], np.cumsum(self.widths)])

    @cached_property
    def of_cell(self) -> Integers:
        """The cluster of each cell, (cells,)."""
        return np.repeat(np.arange(len(self.widths)), self.widths)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """`<cluster>_<cell>` of every cell, numbered from 1."""
        pairs = ((k, c) for k, width in enumerate(self.widths.tolist()) for c in range(width))
        return tuple(f"{k + 1}_{c + 1}" for k, c in pairs)

    def sums(self, values: Array) -> Array:
        """Return the sums over the clusters of `values` (cells, members), at every cell."""
        return np.asarray(np.add.reduceat(values, self.starts[:-1], axis=0)[self.of_cell])

    def largest(self, values: Array) -> Array:
        """Return the largest value of each cluster, at every cell."""
        return np.asarray(np.maximum.reduceat(values, self.starts[:-1], axis=0)[self.of_cell])

    def softmax(self, z: Array) -> Array:
        """Return exp(z) over its sum in the cluster."""
        weights = np.exp(z - self.largest(z))
        return np.asarray(weights / self.sums(weights))

    def respond(self, v: Array, dz: Array) -> Array:
        """Return the change of the softmax `v` with dz: (diag v - v v^T) dz in each cluster."""
        return np.asarray(v * (dz - self.sums(v * dz)))

    def slopes(self, v: Array) -> Any:
        """Return diag v - v v^T of each cluster at one `v` (cells,), a sparse matrix (cells, cells)."""
        from scipy.sparse import block_diag, csr_array

        ends = self.starts.tolist()
        parts = [v[a:b] for a, b in zip(ends, ends[1:], strict=False)]
        return csr_array(block_diag([np.diag(part) - np.outer(part, part) for part in parts]))

    def winners(self, values: Array) -> Array:
        """Return 1 for the cell of each cluster with the largest value, the first of several, else 0."""
        largest = values == self.largest(values)
        before = np.cumsum(largest, axis=0) - largest
        first = before == before[self.starts[:-1]][self.of_cell]
        return np.asarray(largest & first, dtype=np.float64)

    def choices(self, values: Array) -> Integers:
        """Return the number of the winning cell within each cluster, (clusters, members)."""
        numbers = np.arange(self.cells) - self.starts[self.of_cell]
        return np.add.reduceat(self.winners(values) * numbers[:, None], self.starts[:-1], axis=0).astype(
            np.int64
        )
