"""Weights that make an asymmetric coupling symmetric: T = diag(d) S or S diag(d), with S symmetric, d > 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.couplings import Coupling, Sparse

_WRITTEN = 2000  # rows up to which a coupling that is not stored entry by entry is written out
_ZERO = 1e-12  # of the largest entry: what is smaller counts as zero
_SAME = 1e-11  # to which the products around a cycle must agree: rounding of a deck's numbers
_SPREAD = 200.0  # largest difference of the logarithms of two weights


class Weighted(NamedTuple):
    """`weights` (n,) > 0 with diag(weights) T symmetric; None, and the `obstacle`, where there are none."""

    weights: Array | None
    obstacle: str = ""


def symmetrising(T: Coupling, unit: Indices, names: Sequence[str]) -> Weighted:
    """Return the weights of a square coupling, equal inside each of the amplifiers `unit` (n,).

    w_i T_ij = w_j T_ji has a solution just where T_ij and T_ji have one sign and the products around every
    cycle are the same in both directions. The weights are found along a spanning forest and tried on what is
    left; their geometric mean is 1 in each part of the network. No n x n array is made of a sparse coupling.
    `names` (n,) label the rows in the obstacle.
    """
    if not isinstance(T, Sparse) and len(unit) > _WRITTEN:
        return Weighted(None)
    from scipy import sparse

    matrix = T.tosparse()
    i, j, there, back = _pairs(matrix)
    opposite = np.flatnonzero(there * back <= 0)
    if len(opposite):
        a, b = names[i[opposite[0]]], names[j[opposite[0]]]
        return Weighted(None, f"T[{a},{b}] and T[{b},{a}] do not have one sign")
    first = np.flatnonzero(unit[1:] == unit[:-1])  # neighbours in one amplifier, which have one weight
    rows, columns = np.concatenate([i, first, first + 1]), np.concatenate([j, first + 1, first])
    ratios = np.concatenate([np.log(there / back), np.zeros(2 * len(first))])
    logarithms = _along_forest(rows, columns, ratios, len(unit))
    gap = np.abs(logarithms[columns] - logarithms[rows] - ratios)
    worst = int(np.argmax(gap)) if len(gap) else 0
    if len(gap) and gap[worst] > _SAME * (1.0 + np.abs(ratios).max()):
        a, b = names[rows[worst]], names[columns[worst]]
        return Weighted(None, f"the products around a cycle through {a} and {b} depend on its direction")
    if len(logarithms) and np.abs(logarithms).max() > _SPREAD:
        return Weighted(None, "the weights would differ by more than doubles can hold")
    weights, stored = np.exp(logarithms), sparse.coo_array(matrix)
    left_out = np.abs(stored.data) <= _ZERO * np.abs(stored.data).max(initial=0.0)
    sizes = weights[stored.row] * np.abs(stored.data)
    if sizes[left_out].max(initial=0.0) > _ZERO * sizes.max(initial=0.0):
        return Weighted(None, "its entries span too many orders of magnitude")
    return Weighted(weights)


def _pairs(matrix: Any) -> tuple[Indices, Indices, Array, Array]:
    """Return rows, columns, entries and mirrored entries of all pairs that are not both zero, both ways."""
    from scipy import sparse

    entries = sparse.coo_array(matrix)
    largest = np.abs(entries.data).max(initial=0.0)
    kept = (np.abs(entries.data) > _ZERO * largest) & (entries.row != entries.col)
    place = entries.row[kept].astype(np.intp), entries.col[kept].astype(np.intp)
    cleaned = sparse.csr_array((entries.data[kept], place), shape=matrix.shape)
    return *place, entries.data[kept], np.asarray(cleaned[place[1], place[0]], dtype=np.float64)


def _along_forest(rows: Indices, columns: Indices, ratios: Array, size: int) -> Array:
    """Return x (size,) with x_column - x_row = ratio along a spanning forest, of mean 0 in each tree."""
    from scipy import sparse
    from scipy.sparse import csgraph

    joined = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    trees, tree = csgraph.connected_components(joined, directed=False)
    # A further node that hangs on the first of each tree makes one tree of all: one walk reaches everything.
    heads = np.unique(tree, return_index=True)[1]
    all_rows = np.concatenate([rows, np.full(trees, size)])
    all_columns = np.concatenate([columns, heads])
    graph = sparse.csr_array((np.ones(len(all_rows)), (all_rows, all_columns)), shape=(size + 1, size + 1))
    order, before = csgraph.breadth_first_order(graph, size, directed=True)
    table = dict(zip(zip(rows.tolist(), columns.tolist(), strict=True), ratios.tolist(), strict=True))
    x = np.zeros(size + 1)
    for node in order[1:].tolist():
        parent = int(before[node])
        x[node] = x[parent] + table.get((parent, node), 0.0)
    mean = np.bincount(tree, weights=x[:size]) / np.bincount(tree)
    return np.asarray(x[:size] - mean[tree])
