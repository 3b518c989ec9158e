"""Square matrices from dense arrays, lists of lists, and sparse matrices of SciPy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array, Integers, check_finite, real_array
from analoghop.errors import InputError

LARGEST_DENSE = 30_000
"""Largest number of rows of a sparse matrix that is converted to a dense one, of 7 GB."""


class Entries(NamedTuple):
    """The entries of a matrix (n, n) that are not 0: `values` (k,) at the indices `at` (k, 2), row by row."""

    n: int
    at: Integers
    values: Array


def is_sparse(values: Any) -> bool:
    """Return whether `values` is a sparse matrix or array of SciPy, which is not imported."""
    return hasattr(values, "tocoo") and hasattr(values, "toarray")


def square_matrix(values: Any, name: str, least: int = 1) -> Array:
    """Return `values` as a dense square matrix of real numbers, which need not be finite.

    Raises `InputError`, naming `name`, for another shape, fewer than `least` rows, and for non-numbers.
    """
    expected = "a square matrix of numbers" if least == 1 else f"a square matrix of {least} rows or more"
    if is_sparse(values):
        _check_shape(values.shape, name, least, expected)
        if values.shape[0] > LARGEST_DENSE:
            raise InputError(f"`{name}` has {values.shape[0]} rows, expected {LARGEST_DENSE} at most")
        values = values.toarray()
    matrix = real_array(values, name, expected)
    _check_shape(matrix.shape, name, least, expected)
    return matrix


def matrix_entries(values: Any, name: str, symmetric: bool = False) -> Entries:
    """Return the entries of a square matrix, dense or sparse, that are not 0.

    Raises `InputError`, naming `name`, for another shape, numbers that are not finite or not real, and with
    `symmetric` for a matrix that is not symmetric.
    """
    if is_sparse(values):
        found = _sparse_entries(values, name)
    else:
        matrix = square_matrix(values, name)
        check_finite(matrix, name)
        at = np.argwhere(matrix)
        found = Entries(len(matrix), at, matrix[tuple(at.T)])
    if symmetric:
        _check_symmetric(found, name)
    return found


def _check_shape(shape: tuple[int, ...], name: str, least: int, expected: str) -> None:
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < least:
        raise InputError(f"`{name}` has shape {shape}, expected {expected}")


def _sparse_entries(values: Any, name: str) -> Entries:
    _check_shape(values.shape, name, 1, "a square matrix of numbers")
    entries = values.tocoo(copy=True)
    entries.sum_duplicates()
    numbers = real_array(entries.data, name, "a square matrix of numbers")
    n, at = values.shape[0], np.stack([entries.row, entries.col], axis=1).astype(np.int64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        i, j = at[bad[0]].tolist()
        raise InputError(f"`{name}` holds {numbers[bad[0]]:g} at ({i}, {j}), expected a finite number")
    order = np.argsort(at[:, 0] * n + at[:, 1])
    order = order[numbers[order] != 0.0]
    return Entries(n, at[order], numbers[order])


def _check_symmetric(entries: Entries, name: str) -> None:
    n, at, values = entries
    keys, mirrored = at[:, 0] * n + at[:, 1], at[:, 1] * n + at[:, 0]
    order = np.argsort(mirrored)
    if np.array_equal(keys, mirrored[order]) and np.array_equal(values, values[order]):
        return
    known = dict(zip(keys.tolist(), values.tolist(), strict=True))
    i, j = next((i, j) for i, j in at.tolist() if known[i * n + j] != known.get(j * n + i, 0.0))
    there, back = known[i * n + j], known.get(j * n + i, 0.0)
    raise InputError(
        f"`{name}` is not symmetric: it holds {there:g} at ({i}, {j}) and {back:g} at ({j}, {i}), "
        "expected the same number at both"
    )
