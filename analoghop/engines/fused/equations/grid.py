"""`grid_form`: recognition of the sums of Kronecker products that the kernels support."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.couplings import Coupling, Cycle, Eye
from analoghop.engines.ensemble.grid_product import grid


class GridForm(NamedTuple):
    """`matrix` x (S + S^-1) + `own` x I + `same` I x I + `along` I x J + `across` J x I + `everywhere` J x J.

    On (p, q) places; J is the matrix of ones, S the cyclic shift of q positions; the matrices are (p, p).
    `ring` is 1 if `matrix` is not zero, `owned` if `own` is not.
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
    """Return the form of `coupling`, None if it is not such a sum or contains no product."""
    form = grid(coupling, multiplied=True)
    if form is None:
        return None
    p, q = form.shape
    ring, own = np.zeros((p, p)), np.zeros((p, p))
    for factor, left, right in form.products:
        if isinstance(right, Cycle):
            ring += factor * left.toarray()
        elif isinstance(right, Eye):
            own += factor * left.toarray()
        else:
            return None
    uniform = form.same, form.along, form.across, form.everywhere
    return GridForm(p, q, int(ring.any()), int(own.any()), ring, own, *uniform)
