"""Asynchronous sweeps over the units of many members in NumPy, and the random numbers of all sweeps.

The k-th number of a member depends on its key and on k alone (SplitMix64: Steele, Lea & Flood 2014, OOPSLA),
not on the batch or on other members. Compiled sweeps draw the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask

Words = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32, _11 = (np.uint64(k) for k in (30, 27, 31, 32, 11))
ONE = np.uint64(1)
UNIT = 2.0**-53


def draw(state: Any) -> Any:
    """Return 64 random bits for a state, which increases by `GOLDEN` with every draw."""
    z = (state ^ (state >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


def ahead(draws: int) -> np.uint64:
    """Return the increase of a state in `draws` draws."""
    return np.uint64(int(GOLDEN) * draws % 2**64)


def keys(seed: int, index: NDArray[Any]) -> Words:
    """Return the keys of the members numbered `index` (members,)."""
    start = draw(np.array([seed % 2**64], dtype=np.uint64) + GOLDEN)
    return np.asarray(draw(start + GOLDEN * (np.asarray(index, dtype=np.uint64) + ONE)))


def stream(keys: Words, n: int, sweep: int) -> Words:
    """Return the random state of each member at a sweep: n draws for the order, then n for the units."""
    return np.asarray(keys + ahead(2 * n * sweep))


def uniforms(state: Words, n: int) -> Array:
    """Return a number 0..1 for every unit in a sweep, (members, n)."""
    units = np.array([ahead(n + k) for k in range(n)], dtype=np.uint64)
    return np.asarray((draw(state[:, None] + units) >> _11) * UNIT)


def orders(state: Words, n: int) -> Integers:
    """Return a permutation of the n units for every member (Durstenfeld 1964), (members, n)."""
    order = np.tile(np.arange(n), (len(state), 1))
    members = np.arange(len(state))
    for k in range(n - 1, 0, -1):
        word = draw(state + ahead(k)) >> _32
        other = ((word * np.uint64(k + 1)) >> _32).astype(np.intp)
        order[members, k], order[members, other] = order[members, other], order[members, k].copy()
    return order


class SweepNoise:
    """The random states of members in each sweep, from their `keys` (members,); there are `n` units."""

    def __init__(self, keys: Words, n: int) -> None:
        self._keys, self._n = keys, n

    def take(self, first: int, steps: int) -> Words:
        """Return the states of `steps` sweeps from number `first` on, (steps, members)."""
        return np.stack([stream(self._keys, self._n, first + k) for k in range(steps)])

    def keep(self, members: Mask) -> None:
        """Keep the marked members only."""
        self._keys = self._keys[members]


def rises(drive: Array, rounding: Array, old: Array, low: float, heat: float, chance: Array | None) -> Array:
    """Return the new levels, 1 or `low`, of units with the levels `old`.

    `drive` is the energy at `low` minus the energy at 1. At `heat` 0 a unit follows the sign of `drive`, and
    does not change if this is zero up to `rounding`; else it takes 1 with probability 1/(1 +
    exp(-drive/heat)): if its random number `chance` is below it.
    """
    if chance is None:
        return np.where(np.abs(drive) > rounding, np.where(drive > 0.0, 1.0, low), old)
    with np.errstate(over="ignore"):
        return np.where(chance < 1.0 / (1.0 + np.exp(-drive / heat)), 1.0, low)


def sweep_numpy(
    x: Array,
    h: Array,
    state: Words,
    columns: Array,
    rounding: Array,
    low: float,
    heat: float,
    shuffle: bool,
    changed: Integers,
) -> None:
    """Update every unit once, one after the other, all members at the same time.

    Units `x` and their fields `h` (members, n) change in place; `state` (members,) are the random states of
    the sweep. Row j of `columns` (n, n) is the coupling of unit j to the fields, `rounding` (n,) the rounding
    error of a zero field, `low` the lower level. With `shuffle` the order is random. `changed` (members,)
    counts the units that change.
    """
    n, rows = x.shape[1], np.arange(len(x))
    order = orders(state, n) if shuffle else None
    chance = uniforms(state, n) if heat > 0.0 else None
    span = 1.0 - low
    for k in range(n):
        unit = np.full(len(x), k) if order is None else order[:, k]
        old = x[rows, unit]
        drive, none = span * h[rows, unit], span * rounding[unit]
        new = rises(drive, none, old, low, heat, None if chance is None else chance[:, k])
        step = new - old
        moved = np.flatnonzero(step)
        if len(moved):
            h[moved] += step[moved, None] * columns[unit[moved]]
            x[moved, unit[moved]] = new[moved]
            changed[moved] += 1
