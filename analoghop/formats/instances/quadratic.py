"""`Quadratic`: coefficients of a quadratic form, as read from files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.formats.graphs.graph import LARGEST
from analoghop.formats.graphs.pairs import in_order, merged, whole_pairs
from analoghop.records import ValueRecord


@dataclass(frozen=True, eq=False)
class Quadratic(ValueRecord):
    """`linear` (n,) and `values` (m,) of `pairs` (m, 2): `sum_i linear_i x_i + sum_k values_k x_i x_j`.

    Pairs are i < j, sorted, each once; `notices` say how a file was read. Raises `InputError` for another
    form (see `of`), sizes that do not fit, and numbers that are not finite.
    """

    n: int
    linear: Array
    pairs: Integers
    values: Array
    name: str = "form"
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_size(self.n, self.name)
        pairs = whole_pairs(self.n, self.pairs, "pairs")
        linear, values = frozen(self.linear), frozen(self.values)
        if linear.shape != (self.n,) or values.shape != (len(pairs),):
            raise InputError(
                f"{self.name} needs {self.n} linear coefficients and one for each of {len(pairs)} pairs, "
                f"got {linear.shape} and {values.shape}"
            )
        if not (np.isfinite(linear).all() and np.isfinite(values).all()):
            raise InputError(f"a coefficient of {self.name} is not finite")
        if not in_order(pairs):
            raise InputError("`pairs` are not sorted, i < j, each once: `Quadratic.of` takes any order")
        pairs.flags.writeable = False
        object.__setattr__(self, "pairs", pairs)
        readonly_fields(self, linear=linear, values=values)

    @classmethod
    def of(cls, n: int, entries: ArrayLike, values: ArrayLike, name: str = "form") -> Quadratic:
        """Return the form of `entries` (k, 2) in any order: (i, i) is linear, equal pairs are added."""
        _check_size(n, name)  # before memory is taken
        at, given = whole_pairs(n, entries, "entries"), np.asarray(values, dtype=np.float64)
        if given.shape != (len(at),):
            raise InputError(f"`values` has shape {given.shape}, expected {len(at)} numbers")
        loops = at[:, 0] == at[:, 1]
        linear = np.bincount(at[loops, 0], given[loops], n).astype(np.float64)
        found = merged(n, at, given)
        return cls(n, linear, found.pairs, found.values, name)


def _check_size(n: int, name: str) -> None:
    if not 1 <= n <= LARGEST:
        raise InputError(f"{name} has {n} variables, expected 1 to {LARGEST}")
