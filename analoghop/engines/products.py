"""The products of couplings with the outputs of many members, into memory that is there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.couplings import Coupling, Dense, Kron, Scaled, Sparse, Sum
from analoghop.engines.backend import Backend
from analoghop.engines.grid_product import GridProduct, grid

Product = Callable[[Any, Any], None]
"""`product(v, out)` puts the product with `v` (columns, members) into `out` (rows, members)."""

Bind = Callable[[int], Product]
"""`bind(width)` returns the product with `width` members, with memory of its own."""


def dense_product(matrix: Array, backend: Backend) -> Bind:
    """Return the product with a full matrix."""
    xp, stored = backend.xp, backend.array(matrix)

    def product(v: Any, out: Any) -> None:
        xp.matmul(stored, v, out=out)

    return lambda width: product


def sparse_product(matrix: Any, backend: Backend) -> Bind:
    """Return the product with a SciPy sparse matrix."""
    if backend.is_numpy:
        stored = matrix.tocsr().astype(backend.dtype)
    else:
        import torch

        entries = matrix.tocoo()
        values = backend.array(entries.data)
        places = torch.as_tensor(np.stack([entries.row, entries.col]), device=values.device)
        stored = torch.sparse_coo_tensor(places, values, entries.shape, check_invariants=False).coalesce()

    def product(v: Any, out: Any) -> None:
        out[...] = stored @ v

    return lambda width: product


def structured_product(coupling: Coupling, constant: float, backend: Backend) -> Bind:
    """Return the product with a coupling that knows its structure, plus a constant for every row."""
    operator = coupling if backend.is_numpy else _without_sparse(coupling)
    form, xp = grid(operator), backend.xp
    if form is not None:
        return lambda width: GridProduct(form, constant, backend, width)

    def product(v: Any, out: Any) -> None:
        xp.add(operator.apply(v), constant, out=out)

    return lambda width: product


def _without_sparse(coupling: Coupling) -> Coupling:
    """Return the same operator with SciPy's matrices, which know only NumPy, written out in full."""
    if isinstance(coupling, Sparse):
        return Dense(coupling.toarray())
    if isinstance(coupling, Kron):
        return Kron(_without_sparse(coupling.left), _without_sparse(coupling.right))
    if isinstance(coupling, Scaled):
        return Scaled(coupling.factor, _without_sparse(coupling.inner))
    if isinstance(coupling, Sum):
        return Sum(tuple(_without_sparse(term) for term in coupling.terms))
    return coupling
