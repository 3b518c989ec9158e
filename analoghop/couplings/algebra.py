"""Sums, multiples and Kronecker products of couplings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import add as plus
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.couplings.base import EXACT_ROWS, OPERATIONS, Axis, Coupling
from analoghop.couplings.matrices import Dense, Sparse
from analoghop.couplings.product import Product
from analoghop.couplings.structured import Eye
from analoghop.errors import InputError


def _kron(left: Array, right: Array) -> Array:
    return np.asarray(np.kron(left, right), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Scaled(Coupling):
    """`factor` times the coupling `inner`. Raises `InputError` for a factor that is not finite."""

    factor: float
    inner: Coupling

    def __post_init__(self) -> None:
        if not math.isfinite(self.factor):
            raise InputError(f"a coupling cannot be multiplied by {self.factor}")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.inner.shape

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the product along `axis`."""
        return self.inner.apply(x, axis) * self.factor

    def toarray(self) -> Array:
        """Return the matrix."""
        return self.factor * self.inner.toarray()

    def tosparse(self) -> Any:
        """Return the matrix as a `csr_array`."""
        return self.factor * self.inner.tosparse()

    def transpose(self) -> Scaled:
        """Return the multiple of the transposed operator."""
        return Scaled(self.factor, self.inner.transpose())

    def row_sums(self) -> Array:
        """Return the sums of absolute values of each row, (rows,)."""
        return abs(self.factor) * self.inner.row_sums()

    def diagonal(self) -> Array:
        """Return the main diagonal."""
        return self.factor * self.inner.diagonal()

    def norms(self) -> tuple[float, float, float]:
        """Return the norms of `inner`, scaled."""
        one, two, infinity = self.inner.norms()
        size = abs(self.factor)
        return size * one, size * two, size * infinity

    def _mirrors(self, sign: float) -> bool:
        return (self.square and self.factor == 0.0) or self.inner._mirrors(sign)


@dataclass(frozen=True, eq=False)
class Sum(Coupling):
    """The sum of `terms` (one or more) of one shape. Raises `InputError` where the shapes differ."""

    terms: tuple[Coupling, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(self.terms))
        shapes = {term.shape for term in self.terms}
        if not shapes:
            raise InputError("a sum of couplings needs at least one term")
        if len(shapes) > 1:
            raise InputError(f"couplings of shapes {sorted(shapes)} cannot be added")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.terms[0].shape

    @property
    def transparent(self) -> bool:
        """Whether it is the sum of a single transparent term."""
        return len(self.terms) == 1 and self.terms[0].transparent

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the product along `axis`."""
        return reduce(plus, (term.apply(x, axis) for term in self.terms))

    def toarray(self) -> Array:
        """Return the matrix."""
        return reduce(plus, (term.toarray() for term in self.terms))

    def tosparse(self) -> Any:
        """Return the matrix as a `csr_array`."""
        return reduce(plus, (term.tosparse() for term in self.terms))

    def transpose(self) -> Sum:
        """Return the sum of the transposed terms."""
        return Sum(tuple(term.transpose() for term in self.terms))

    def row_sums(self) -> Array:
        """Return the sums of absolute values of each row, (rows,)."""
        products = _products(self) if max(self.shape) > EXACT_ROWS else None
        if products is None or len({(left.shape, right.shape) for left, right in products}) != 1:
            return super().row_sums()
        return _grid_row_sums(products)

    def diagonal(self) -> Array:
        """Return the main diagonal."""
        return reduce(plus, (term.diagonal() for term in self.terms))

    def norms(self) -> tuple[float, float, float]:
        """Return exact norms up to 256 rows, else the sums of the terms' norms (triangle inequality)."""
        if max(self.shape) <= EXACT_ROWS:
            return Dense(self.toarray()).norms()
        one, two, infinity = np.sum([term.norms() for term in self.terms], axis=0)
        return float(one), float(two), float(infinity)

    def _mirrors(self, sign: float) -> bool:
        return all(term._mirrors(sign) for term in self.terms) or super()._mirrors(sign)


@dataclass(frozen=True, eq=False)
class Kron(Coupling):
    """The Kronecker product: row (i, k) and column (j, l) hold left_ij right_kl, the right index fastest.

    It acts as two products on the axes of a reshaped array, without any transpose.
    """

    left: Coupling
    right: Coupling

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        (a, b), (c, d) = self.left.shape, self.right.shape
        return a * c, b * d

    @property
    def transparent(self) -> bool:
        """Whether both factors are transparent."""
        return self.left.transparent and self.right.transparent

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the product along `axis`."""
        (a, b), (c, d) = self.left.shape, self.right.shape
        if axis == -1:
            lead = x.shape[:-1]
            y = self.right.apply(x.reshape(*lead, b, d), -1)
            return self.left.apply(y, -2).reshape(*lead, a * c)
        *lead, _, members = x.shape
        y = self.right.apply(x.reshape(*lead, b, d, members), -2)
        return self.left.apply(y.reshape(*lead, b, c * members), -2).reshape(*lead, a * c, members)

    def toarray(self) -> Array:
        """Return the matrix."""
        return _kron(self.left.toarray(), self.right.toarray())

    def tosparse(self) -> Any:
        """Return the matrix as a `csr_array`."""
        from scipy.sparse import kron as sparse_kron

        return sparse_kron(self.left.tosparse(), self.right.tosparse(), format="csr")

    def transpose(self) -> Kron:
        """Return the product of the transposed factors."""
        return Kron(self.left.transpose(), self.right.transpose())

    def row_sums(self) -> Array:
        """Return the products of the factors' row sums."""
        return _kron(self.left.row_sums(), self.right.row_sums())

    def diagonal(self) -> Array:
        """Return the main diagonal."""
        if self.left.square and self.right.square:
            return _kron(self.left.diagonal(), self.right.diagonal())
        return super().diagonal()

    def norms(self) -> tuple[float, float, float]:
        """Return the products of the factors' norms."""
        one, two, infinity = np.multiply(self.left.norms(), self.right.norms())
        return float(one), float(two), float(infinity)

    def _mirrors(self, sign: float) -> bool:
        if self.left.square and self.right.square:
            # left = s left^T and right = s' right^T with s s' = sign; a zero factor makes the product zero.
            signs = [(+1.0, sign), (-1.0, -sign)]
            if any(self.left._mirrors(s) and self.right._mirrors(r) for s, r in signs):
                return True
        return super()._mirrors(sign)


def _products(term: Coupling, factor: float = 1.0) -> list[tuple[Array, Array]] | None:
    """Return the factors of the Kronecker products whose sum is `term`; None if it has another form."""
    if isinstance(term, Scaled):
        return _products(term.inner, factor * term.factor)
    if isinstance(term, Kron):
        return [(factor * term.left.toarray(), term.right.toarray())]
    if not isinstance(term, Sum):
        return None
    parts = [_products(part, factor) for part in term.terms]
    return None if None in parts else [pair for part in parts if part is not None for pair in part]


def _grid_row_sums(products: list[tuple[Array, Array]]) -> Array:
    """Return sum_jl |sum_t left_ij right_kl| for rows (i, k), over products t of the same shapes.

    Row k of structured right factors has few different entries: each is evaluated once.
    """
    lefts, rights = (np.stack(side) for side in zip(*products, strict=True))
    sums = np.empty((lefts.shape[1], rights.shape[1]))
    known: dict[bytes, Array] = {}
    for k in range(rights.shape[1]):
        entries, counts = np.unique(rights[:, k], axis=1, return_counts=True)
        key = entries.tobytes() + counts.tobytes()
        if key not in known:
            each = (np.abs(np.tensordot(entry, lefts, axes=1)).sum(axis=1) for entry in entries.T)
            known[key] = np.sum([n * part for n, part in zip(counts, each, strict=True)], axis=0)
        sums[:, k] = known[key]
    return sums.ravel()


def kron(left: Coupling, right: Coupling) -> Coupling:
    """Return the Kronecker product in its simplest form."""
    if isinstance(left, Eye) and isinstance(right, Eye):
        return Eye(left.n * right.n)
    return Kron(left, right)


def scale(factor: float, coupling: Coupling) -> Coupling:
    """Return `factor` times `coupling`, the factor folded into stored entries."""
    factor = float(factor)
    if not math.isfinite(factor):
        raise InputError(f"a coupling cannot be multiplied by {factor}")
    if factor == 1.0:
        return coupling
    if isinstance(coupling, Scaled):
        return scale(factor * coupling.factor, coupling.inner)
    if isinstance(coupling, Dense):
        return Dense(factor * coupling.matrix)
    if isinstance(coupling, Sparse):
        return Sparse(factor * coupling.matrix)
    if isinstance(coupling, Product):
        return Product(scale(factor, coupling.left), coupling.right)
    if isinstance(coupling, Kron) and isinstance(coupling.left, Dense | Sparse):
        return Kron(scale(factor, coupling.left), coupling.right)
    if isinstance(coupling, Kron) and isinstance(coupling.right, Dense | Sparse):
        return Kron(coupling.left, scale(factor, coupling.right))
    return Scaled(factor, coupling)


def add(left: Coupling, right: Coupling) -> Coupling:
    """Return the sum of two couplings, nested sums flattened and stored entries of one kind added."""
    if left.shape != right.shape:
        raise InputError(f"couplings of shapes {left.shape} and {right.shape} cannot be added")
    if isinstance(left, Dense) and isinstance(right, Dense):
        return Dense(left.matrix + right.matrix)
    if isinstance(left, Sparse) and isinstance(right, Sparse):
        return Sparse(left.matrix + right.matrix)
    terms = [term for side in (left, right) for term in (side.terms if isinstance(side, Sum) else (side,))]
    return Sum(tuple(terms))


OPERATIONS.add, OPERATIONS.scale, OPERATIONS.compose = add, scale, Product
