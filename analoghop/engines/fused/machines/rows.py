"""`Rows`: a sparse symmetric coupling as kernels read it, row by row."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.couplings import Sparse
from analoghop.engines.fused.lanes import inlined, load, same


class Rows(NamedTuple):
    """The entries of row i are those from `begin[i]` to `begin[i + 1]`, the neighbours in `columns`.

    Where all entries have the same size, `scale`, positive ones come first in each row, up to `split[i]`, and
    `weights` is empty. Else `weights` holds the entries and `scale` is 1.
    """

    begin: NDArray[np.int64]
    split: NDArray[np.int64]
    columns: NDArray[np.int32]
    weights: NDArray[Any]
    scale: float

    @staticmethod
    def of(coupling: Sparse, dtype: Any) -> Rows:
        """Return the rows of `coupling` with weights of `dtype`."""
        matrix = coupling.matrix
        begin, columns, data = matrix.indptr.astype(np.int64), matrix.indices, matrix.data
        size = np.abs(data)
        row = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
        if len(data) == 0 or size.min() != size.max():
            order = np.lexsort((columns, row))
            weights = np.ascontiguousarray(data[order], dtype)
            return Rows(begin, begin[1:].copy(), columns[order].astype(np.int32), weights, 1.0)
        order = np.lexsort((columns, data < 0, row))
        positive = np.bincount(row[data > 0], minlength=len(begin) - 1)
        none = np.zeros(0, dtype)
        return Rows(begin, begin[:-1] + positive, columns[order].astype(np.int32), none, float(size[0]))


@inlined
def gathered(values: Any, columns: Any, start: int, stop: int, width: int, base: int) -> Any:
    """Return the sum of the rows `columns[start:stop]` of an array (n, width) at `base`, as lanes."""
    a, b = same(values, 0.0), same(values, 0.0)
    c, d = same(values, 0.0), same(values, 0.0)
    whole = stop - (stop - start) % 4
    for e in range(start, whole, 4):
        # Four sums, for one addition takes several cycles.
        a = a + load(values, base + columns[e] * width)
        b = b + load(values, base + columns[e + 1] * width)
        c = c + load(values, base + columns[e + 2] * width)
        d = d + load(values, base + columns[e + 3] * width)
    for e in range(whole, stop):
        a = a + load(values, base + columns[e] * width)
    return (a + b) + (c + d)


@inlined
def weighted(values: Any, columns: Any, weights: Any, start: int, stop: int, width: int, base: int) -> Any:
    """Return the sum of the rows `columns[start:stop]` of an array (n, width) at `base`, weighted."""
    a, b = same(values, 0.0), same(values, 0.0)
    c, d = same(values, 0.0), same(values, 0.0)
    whole = stop - (stop - start) % 4
    for e in range(start, whole, 4):
        a = a + same(values, weights[e]) * load(values, base + columns[e] * width)
        b = b + same(values, weights[e + 1]) * load(values, base + columns[e + 1] * width)
        c = c + same(values, weights[e + 2]) * load(values, base + columns[e + 2] * width)
        d = d + same(values, weights[e + 3]) * load(values, base + columns[e + 3] * width)
    for e in range(whole, stop):
        a = a + same(values, weights[e]) * load(values, base + columns[e] * width)
    return (a + b) + (c + d)


@inlined
def coupled(
    values: Any,
    begin: Any,
    split: Any,
    columns: Any,
    weights: Any,
    plain: bool,
    row: int,
    width: int,
    base: int,
) -> Any:
    """Return row `row` of the coupling times `values`, without `scale`; `plain`: without weights."""
    start, middle, stop = begin[row], split[row], begin[row + 1]
    if plain:
        positive = gathered(values, columns, start, middle, width, base)
        return positive - gathered(values, columns, middle, stop, width, base)
    return weighted(values, columns, weights, start, stop, width, base)
