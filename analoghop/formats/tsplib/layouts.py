"""The positions of the numbers of an EDGE_WEIGHT_SECTION in the matrix of distances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array, Indices


class Layout(NamedTuple):
    """The part of the matrix that is listed; `by_column` if it is listed column by column."""

    part: str
    by_column: bool = False
    shift: int = 0

    def count(self, n: int) -> int:
        """Return the length of the list for `n` cities."""
        return n * n if self.part == "full" else n * (n - 1) // 2 + (n if self.shift == 0 else 0)

    def entries(self, n: int) -> tuple[Indices, Indices]:
        """Return the rows and the columns in the order of the list."""
        if self.part == "full":
            rows, columns = (np.asarray(i).ravel() for i in np.indices((n, n)))
        elif (self.part == "upper") != self.by_column:
            rows, columns = np.triu_indices(n, self.shift)
        else:
            rows, columns = np.tril_indices(n, -self.shift)
        return (columns, rows) if self.by_column else (rows, columns)

    def matrix(self, values: Array, n: int) -> Array:
        """Return the matrix (n, n) with zero diagonal that `values` (count,) list."""
        d = np.zeros((n, n))
        rows, columns = self.entries(n)
        d[rows, columns] = values
        if self.part != "full":
            d[columns, rows] = values
        np.fill_diagonal(d, 0.0)
        return d


LAYOUTS: Mapping[str, Layout] = {
    "FULL_MATRIX": Layout("full"),
    "UPPER_ROW": Layout("upper", shift=1),
    "LOWER_ROW": Layout("lower", shift=1),
    "UPPER_DIAG_ROW": Layout("upper"),
    "LOWER_DIAG_ROW": Layout("lower"),
    "UPPER_COL": Layout("upper", by_column=True, shift=1),
    "LOWER_COL": Layout("lower", by_column=True, shift=1),
    "UPPER_DIAG_COL": Layout("upper", by_column=True),
    "LOWER_DIAG_COL": Layout("lower", by_column=True),
}
"""The layout of each EDGE_WEIGHT_FORMAT that lists a matrix."""
