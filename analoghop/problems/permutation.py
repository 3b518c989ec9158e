"""Permutations as square matrices of amplifier outputs: decoding without repair, and encoding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.problems.base import Raw

THRESHOLD = 0.5


def read_permutations(outputs: Array, rows: str, columns: str) -> list[Raw]:
    """Decode each column of `outputs` (n^2, members), row-major squares, at the threshold 1/2.

    The answer is the tuple of the row that is on in each column. If a row or a column does not have exactly
    one output on there is no answer, and the violations count such `rows` and `columns` under these names.
    """
    n = round(outputs.shape[0] ** 0.5)
    on = outputs.T.reshape(-1, n, n) > THRESHOLD
    bad_rows = (on.sum(axis=2) != 1).sum(axis=1)
    bad_columns = (on.sum(axis=1) != 1).sum(axis=1)
    chosen = on.argmax(axis=1)
    return [
        Raw(tuple(chosen[k].tolist()))
        if bad_rows[k] == bad_columns[k] == 0
        else Raw(None, {name: int(count[k]) for name, count in ((rows, bad_rows), (columns, bad_columns))})
        for k in range(len(on))
    ]


def permutation_outputs(rows: Sequence[int] | Indices) -> Array:
    """Return the outputs (n^2, 1) in which row `rows[i]` alone is on in column i."""
    n = len(rows)
    square = np.zeros((n, n))
    square[np.asarray(rows, dtype=np.intp), np.arange(n)] = 1.0
    return square.reshape(-1, 1)
