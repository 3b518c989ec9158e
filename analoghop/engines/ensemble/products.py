"""Products of couplings with the outputs of many members, written to given arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.couplings import Coupling, Dense, Eye, Kron, Product, Scaled, Sparse, Sum
from analoghop.engines.ensemble.backend import Backend
from analoghop.engines.ensemble.grid_product import GridProduct, grid

Apply = Callable[[Any, Any], None]
"""`product(v, out)` writes the product with `v` (columns, members) to `out` (rows, members)."""

Bind = Callable[[int], Apply]
"""`bind(width)` returns the product function for `width` members, with its own memory."""


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
    """Return the product with a structured coupling, plus a constant for every row."""
    operator = coupling if backend.is_numpy else _without_sparse(coupling)
    form, xp = grid(operator), backend.xp
    if form is not None:
        return lambda width: GridProduct(form, constant, backend, width)
    few = _low_rank(operator)
    if few is not None:
        return _low_rank_product(*few, constant, backend)

    def product(v: Any, out: Any) -> None:
        xp.add(operator.apply(v), constant, out=out)

    return lambda width: product


def _low_rank(coupling: Coupling) -> tuple[Array, Array, float] | None:
    """Return left, right and own of a low-rank coupling left right + own I, None for others."""
    factor = 1.0
    while isinstance(coupling, Scaled):
        factor, coupling = factor * coupling.factor, coupling.inner
    found, own = None, 0.0
    for term in coupling.terms if isinstance(coupling, Sum) else (coupling,):
        if isinstance(term, Scaled) and isinstance(term.inner, Eye):
            own += factor * term.factor
        elif isinstance(term, Eye):
            own += factor
        elif (
            found is None
            and isinstance(term, Product)
            and isinstance(term.left, Dense)
            and isinstance(term.right, Dense)
        ):
            found = factor * term.left.matrix, term.right.matrix
        else:
            return None
    return None if found is None else (*found, own)


def _low_rank_product(left: Array, right: Array, own: float, constant: float, backend: Backend) -> Bind:
    """Return the product with left right + own I, plus a constant for every row."""
    xp, first, second = backend.xp, backend.array(right), backend.array(left)

    def bind(width: int) -> Apply:
        middle = backend.empty(len(right) * width).reshape(-1, width)
        spare = backend.empty(len(left) * width).reshape(-1, width)

        def product(v: Any, out: Any) -> None:
            xp.matmul(first, v, out=middle)
            xp.matmul(second, middle, out=out)
            if own:
                xp.multiply(v, own, out=spare)
                out += spare
            if constant:
                out += constant

        return product

    return bind


def _without_sparse(coupling: Coupling) -> Coupling:
    """Return the coupling with SciPy's sparse matrices, which support NumPy only, as full matrices."""
    if isinstance(coupling, Sparse):
        return Dense(coupling.toarray())
    if isinstance(coupling, Kron):
        return Kron(_without_sparse(coupling.left), _without_sparse(coupling.right))
    if isinstance(coupling, Product):
        return Product(_without_sparse(coupling.left), _without_sparse(coupling.right))
    if isinstance(coupling, Scaled):
        return Scaled(coupling.factor, _without_sparse(coupling.inner))
    if isinstance(coupling, Sum):
        return Sum(tuple(_without_sparse(term) for term in coupling.terms))
    return coupling
