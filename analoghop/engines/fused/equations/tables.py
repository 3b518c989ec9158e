"""`Tables`: a system as plain arrays and numbers, the input of the kernels."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

from numpy.typing import NDArray

from analoghop.arrays import Array, Integers

Reals = NDArray[Any]

DENSE, SPARSE, GRID = 0, 1, 2
"""Kinds of couplings."""

TANH, SOFTMAX, LINEAR, CLIP, RECTIFY = 0, 1, 2, 3, 4
"""Kinds of amplifiers; the logistic one is a tanh of half the slope."""


class Tables(NamedTuple):
    """The equations `dy/ds = pull M v + push - leak y`, `v = rise f(slope y + shift)`, per row.

    y are the states in units of their input scales, s is time in own units. For kernels all arrays are flat
    and of the type of the states, except those of type `Index`; as lowered, matrices have two axes. `size` is
    the number of rows.

    `coupling` DENSE: `matrix` is M, packed. SPARSE: M by rows, `matrix` its entries, `indices` their columns,
    `indptr` the starts of rows. GRID: the places are (`p` rows, `q` positions); M is the sum of `matrix` x S
    + S^-1 (S the cyclic shift of positions) where `ring`, `own` x I where `owned`, both (p, p), and `same`
    times the identity, `along` I x J, `across` J x I, `everywhere` J x J, J the matrix of ones.

    `banks` blocks of amplifiers: `kinds`, the `first` row of each, its `units` and their `width` in rows.
    `rest` (size): time constants in own units; for kernels, divided by the tolerance of the settling test.

    If a parameter is `moving`, the amplifiers read `gamma(t) (gain y + threshold)` instead of slope y +
    shift, and `kappa(t) (couple M v + steady) + injected w(t)` replaces M v. gamma, kappa and w are the
    `signals`, in this order: signal j has the `knots` and `levels` from `origins[j]` on; if `geometric`, the
    levels are logarithms, interpolated linearly; if `inverse`, the signal is the reciprocal.
    """

    size: int
    coupling: int
    matrix: Reals
    own: Reals
    indices: Integers
    indptr: Integers
    p: int
    q: int
    ring: int
    owned: int
    same: float
    along: float
    across: float
    everywhere: float
    banks: int
    kinds: Integers
    first: Integers
    units: Integers
    width: Integers
    slope: Reals
    shift: Reals
    rise: Reals
    pull: Reals
    push: Reals
    leak: Reals
    rest: Reals
    moving: int
    gain: Reals
    threshold: Reals
    couple: Reals
    steady: Reals
    injected: Reals
    signals: int
    origins: Integers
    knots: Array
    levels: Array
    geometric: Integers
    inverse: Integers


FAMILY_FIELDS = (*Tables._fields, "held", "every", "place", "entries", "columns")
FamilyTables: Any = namedtuple("FamilyTables", FAMILY_FIELDS)  # type: ignore[misc]
"""`Tables` of circuits that differ in their values: entry i of a row array stands at `i columns + column` for
the member that sits in a column of the tile. The row arrays and `matrix` are parts of `held` (entries,
columns); `every` (members, entries) has the values of all members, `place` the member of each row of the
results."""

VARIED = (
    "slope", "shift", "rise", "pull", "push", "leak", "rest", "gain", "threshold", "couple", "steady",
    "injected", "matrix",
)  # fmt: skip
"""The fields that differ from member to member, in the order in which `held` and `every` have them."""


class FusedTables(NamedTuple):
    """Tables as float64, the `scale` (n,) of the states in volts, and the `unit` of time in seconds.

    For a family `scale` is (n, members), `every` are the fields `VARIED` of its members, (entries, members)
    each, and these fields of `tables` are those of member 0.
    """

    tables: Tables
    scale: Array
    unit: float
    every: dict[str, Array] | None = None
