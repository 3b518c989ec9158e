"""`grid_form`: sums of Kronecker products that the kernels know, recognised in the algebra of couplings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.couplings import Coupling, Cycle, Eye, Kron, Ones, Scaled, Sum


class GridForm(NamedTuple):
    """`matrix` x (S + S^-1) + `own` x I + `same` I x I + `along` I x J + `across` J x I + `everywhere` J x J.

    On (p, q) places; J is the matrix of ones, S the cyclic shift of q positions; the matrices are (p, p).
    `ring` and `owned` are 1 where they are not zero.
    """

    p: int
    q: int
    ring: int
    owned: int
    matrix: Array
    own: Array
    same: float
    along: float
    across: float
    everywhere: float


def grid_form(coupling: Coupling) -> GridForm | None:
    """Return the form of `coupling`, None where it is no such sum or has no product in it."""
    terms = list(_terms(coupling, 1.0))
    shapes = {(kron.left.shape, kron.right.shape) for _, kron in terms if isinstance(kron, Kron)}
    if len(shapes) != 1:
        return None
    ((p, columns), (q, places)) = shapes.pop()
    if p != columns or q != places:
        return None
    ring, own = np.zeros((p, p)), np.zeros((p, p))
    same = along = across = everywhere = 0.0
    for factor, term in terms:
        left, right = (term.left, term.right) if isinstance(term, Kron) else (None, None)
        if isinstance(term, Eye):
            same += factor
        elif isinstance(term, Ones):
            everywhere += factor
        elif isinstance(left, Eye) and isinstance(right, Eye):
            same += factor
        elif isinstance(left, Eye) and isinstance(right, Ones):
            along += factor
        elif isinstance(left, Ones) and isinstance(right, Eye):
            across += factor
        elif isinstance(left, Ones) and isinstance(right, Ones):
            everywhere += factor
        elif left is not None and isinstance(right, Cycle):
            ring += factor * left.toarray()
        elif left is not None and isinstance(right, Eye):
            own += factor * left.toarray()
        else:
            return None
    return GridForm(p, q, int(ring.any()), int(own.any()), ring, own, same, along, across, everywhere)


def _terms(coupling: Coupling, factor: float) -> Iterator[tuple[float, Coupling]]:
    """Yield (factor, term) of the sum multiplied out: no term or factor of one is a sum or a multiple."""
    if isinstance(coupling, Sum):
        for term in coupling.terms:
            yield from _terms(term, factor)
    elif isinstance(coupling, Scaled):
        yield from _terms(coupling.inner, factor * coupling.factor)
    elif isinstance(coupling, Kron):
        for a, left in _terms(coupling.left, factor):
            for b, right in _terms(coupling.right, a):
                yield b, Kron(left, right)
    else:
        yield factor, coupling
