"""`Rows`: a sparse symmetric coupling as compressed rows, for kernels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Integers
from analoghop.couplings import Sparse
from analoghop.engines.fused.registers.lanes import inlined, load, same


class Rows(NamedTuple):
    """The entries of row i are those from `begin[i]` to `begin[i + 1]`, the neighbours in `columns`.

    If all entries are equal, `scale` is their value and `weights` is empty. Else `weights` holds the entries
    and `scale` is 1.
    """

    begin: Integers
    columns: NDArray[np.int32]
    weights: NDArray[Any]
    scale: float

    @staticmethod
    def of(coupling: Sparse, dtype: Any) -> Rows:
        """Return the rows of `coupling` with weights of `dtype`."""
        matrix = coupling.matrix.sorted_indices()
        begin, columns, data = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data
        if len(data) and data.min() == data.max():
            return Rows(begin, columns, np.zeros(0, dtype), float(data[0]))
        return Rows(begin, columns, np.ascontiguousarray(data, dtype), 1.0)


@inlined
def gathered(values: Any, columns: Any, start: int, stop: int, width: int, base: int) -> Any:
    """Return the sum of the rows `columns[start:stop]` of an array (n, width) at `base`, as lanes."""
    a, b = same(values, 0.0), same(values, 0.0)
    c, d = same(values, 0.0), same(values, 0.0)
    whole = stop - (stop - start) % 4
    for e in range(start, whole, 4):
        # Four partial sums, because one addition takes several cycles.
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
    values: Any, begin: Any, columns: Any, weights: Any, plain: bool, row: int, width: int, base: int
) -> Any:
    """Return row `row` of the coupling times `values`, without `scale`; `plain`: without weights."""
    start, stop = begin[row], begin[row + 1]
    if plain:
        return gathered(values, columns, start, stop, width, base)
    return weighted(values, columns, weights, start, stop, width, base)
