"""`GridProduct`: products with sums of Kronecker products on a grid, in the fewest passes over memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analoghop.couplings import Coupling, Cycle, Dense, Eye, Kron, Ones, Scaled, Sum
from analoghop.engines.ensemble.backend import Backend


@dataclass
class Grid:
    """`same I x I + along I x J + across J x I + everywhere J x J + sum L x R` on `shape` places.

    I is the identity, J the matrix of ones; L and R are square couplings of `shape[0]` and `shape[1]` rows.
    """

    shape: tuple[int, int]
    same: float = 0.0
    along: float = 0.0
    across: float = 0.0
    everywhere: float = 0.0
    products: list[tuple[float, Coupling, Coupling]] = field(default_factory=list)


_UNIFORM = {(Eye, Eye): "same", (Eye, Ones): "along", (Ones, Eye): "across", (Ones, Ones): "everywhere"}


def grid(coupling: Coupling, *, multiplied: bool = False) -> Grid | None:
    """Return `coupling` as a `Grid`, None if it has another form.

    With `multiplied`, products of sums are expanded: no L or R is a sum or a multiple.
    """
    terms = list(_terms(coupling, 1.0, multiplied))
    factors = [term for _, term in terms if isinstance(term, Kron)]
    shapes = {(term.left.shape, term.right.shape) for term in factors}
    if len(shapes) != 1 or not (factors[0].left.square and factors[0].right.square):
        return None
    form = Grid((factors[0].left.shape[0], factors[0].right.shape[0]))
    for factor, term in terms:
        kinds = (type(term.left), type(term.right)) if isinstance(term, Kron) else (type(term), type(term))
        name = _UNIFORM.get(kinds)
        if name is not None:
            setattr(form, name, getattr(form, name) + factor)
        elif isinstance(term, Kron):
            form.products.append((factor, term.left, term.right))
        else:
            return None
    return form


def _terms(coupling: Coupling, factor: float, multiplied: bool) -> Iterator[tuple[float, Coupling]]:
    if isinstance(coupling, Sum):
        for term in coupling.terms:
            yield from _terms(term, factor, multiplied)
    elif isinstance(coupling, Scaled):
        yield from _terms(coupling.inner, factor * coupling.factor, multiplied)
    elif multiplied and isinstance(coupling, Kron):
        for a, left in _terms(coupling.left, factor, multiplied):
            for b, right in _terms(coupling.right, a, multiplied):
                yield b, Kron(left, right)
    else:
        yield factor, coupling


class GridProduct:
    """The product with a `Grid`, plus a constant, for a fixed width: `product(v, out)`, both (places, width).

    The sums over the first axis and the constant are a further row under the first full matrix L, so that
    one product of matrices adds them too.
    """

    def __init__(self, form: Grid, constant: float, backend: Backend, width: int) -> None:
        self._form, self._constant, self._xp = form, constant, backend.xp
        a, b = form.shape
        self._shape, self._width = (a, b, width), width
        self._buffer = backend.empty((a + 1) * b * width).reshape(a + 1, b * width)
        self._spare = self._buffer[:a].reshape(a, b, width)
        ones = np.ones((a, 1))
        self._first, self._others = None, list(form.products)
        for k, (factor, left, right) in enumerate(form.products):
            if isinstance(left, Dense):
                self._first = backend.array(np.hstack([factor * left.toarray(), ones])), right
                del self._others[k]
                break
        self._spread = backend.array(ones)
        self._sum_a, self._sum_b = backend.array(np.ones((1, a))), backend.array(np.ones((1, b)))

    def __call__(self, v: Any, out: Any) -> None:
        """Write the product with `v` to `out`."""
        form, xp, (a, b, width) = self._form, self._xp, self._shape
        V, Y, flat = v.reshape(a, b, width), out.reshape(a, b, width), (a, b * width)
        row = self._buffer[a:]
        xp.matmul(self._sum_a, v.reshape(flat), out=row)
        total = xp.sum(row.reshape(b, width), axis=0) * form.everywhere + self._constant
        row *= form.across
        row.reshape(b, width).__iadd__(total)
        if self._first is None:
            xp.matmul(self._spread, row, out=out.reshape(flat))
        else:
            matrix, right = self._first
            self._right(right, V)
            xp.matmul(matrix, self._buffer, out=out.reshape(flat))
        if form.same:
            xp.multiply(V, form.same, out=self._spare)
            Y += self._spare
        if form.along:
            Y += xp.matmul(self._sum_b, V) * form.along
        for factor, left, right in self._others:
            Y += left.apply(right.apply(V).reshape(flat)).reshape(V.shape) * factor

    def _right(self, right: Coupling, V: Any) -> None:
        """Write the product with the right factor to the array that the first matrix reads."""
        b, width, spare = self._shape[1], self._width, self._spare
        if not isinstance(right, Cycle) or b < 3:
            spare[...] = right.apply(V)
            return
        # One pass over all rows at once; only the entries at their ends are wrong, and are corrected below.
        flat, add = V.reshape(-1), self._xp.add
        add(flat[2 * width :], flat[: -2 * width], out=spare.reshape(-1)[width:-width])
        add(V[:, 1], V[:, -1], out=spare[:, 0])
        add(V[:, 0], V[:, -2], out=spare[:, -1])
