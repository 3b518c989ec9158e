"""`Stacked`: a matrix of one pattern whose entries differ from member to member."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Array, Indices, Integers


@dataclass(frozen=True, eq=False)
class Stacked:
    """Matrices (rows, columns) of all members: entry k of each row stands in column `columns[row, k]`.

    `columns` (rows, k), `values` (rows, k, members), or (rows, k, 1) where all members are equal; short rows
    end in zeros. Products are sums in a fixed order for each member by itself: no member sees another, bit
    for bit, which a product of the linear-algebra library does not promise.
    """

    shape: tuple[int, int]
    columns: Indices
    values: Array

    @staticmethod
    def of(matrices: Array) -> Stacked:
        """Return the stack of `matrices` (rows, columns, members or 1)."""
        rows, columns, _ = matrices.shape
        equal = bool(matrices.shape[2] > 1 and (matrices == matrices[:, :, :1]).all())
        matrices = matrices[:, :, :1] if equal else matrices
        used = matrices.any(axis=2)
        width = int(used.sum(axis=1).max(initial=0))
        # The used columns of each row come first, in their order.
        order = np.argsort(~used, axis=1, kind="stable")[:, :width]
        values = np.take_along_axis(matrices, order[:, :, None], axis=1)
        return Stacked((rows, columns), order, np.ascontiguousarray(values))

    def take(self, members: Integers) -> Stacked:
        """Return the stack of some `members`, in that order."""
        if self.values.shape[2] == 1:
            return self
        return Stacked(self.shape, self.columns, self.values[:, :, members])

    def __matmul__(self, x: Array) -> Array:
        """Return the product of every member's matrix with its column of `x` (columns, members)."""
        total = np.zeros((self.shape[0], x.shape[1]))
        for k in range(self.columns.shape[1]):
            total += self.values[:, k] * x[self.columns[:, k]]
        return total

    def toarray(self) -> Array:
        """Return all matrices, (rows, columns, members or 1)."""
        full = np.zeros((*self.shape, self.values.shape[2]))
        np.put_along_axis(full, self.columns[:, :, None], self.values, axis=1)
        return full

    @property
    def empty(self) -> bool:
        """Whether all entries are zero."""
        return not self.columns.shape[1]

    @property
    def diagonal(self) -> Array:
        """The diagonals, (rows, members or 1)."""
        rows = np.arange(self.shape[0])[:, None]
        return np.asarray((self.values * (self.columns == rows)[:, :, None]).sum(axis=1))

    def row_sums(self) -> Array:
        """Return the sums of magnitudes of each row, (rows, members or 1)."""
        return np.asarray(np.abs(self.values).sum(axis=1))
