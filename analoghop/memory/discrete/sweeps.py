"""Asynchronous sweeps over the units of many members, compiled where numba is installed.

Both versions draw the same numbers from a counter: the k-th number of a member depends on its key and k alone
(SplitMix64: Steele, Lea & Flood 2014, OOPSLA), not on the batch or on who has finished.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers

Words = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32, _11 = (np.uint64(k) for k in (30, 27, 31, 32, 11))
ONE = np.uint64(1)
UNIT = 2.0**-53


class Members(NamedTuple):
    """Members, a row each: units `x` and fields `h` (members, n), `keys` (members,) of their chance."""

    x: Array
    h: Array
    keys: Words


class Couplings(NamedTuple):
    """`columns` (n, n): row j is what unit j does to the fields; `rounding` (n,); the two levels."""

    columns: Array
    rounding: Array
    low: float
    high: float


def draw(state: Any) -> Any:
    """Return 64 random bits for a state that grows by `GOLDEN` from draw to draw."""
    z = (state ^ (state >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


def ahead(draws: int) -> np.uint64:
    """Return what a state grows by in so many draws."""
    return np.uint64(int(GOLDEN) * draws % 2**64)


def keys(seed: int, index: NDArray[Any]) -> Words:
    """Return the keys of the members numbered `index` (members,)."""
    start = draw(np.array([seed % 2**64], dtype=np.uint64) + GOLDEN)
    return np.asarray(draw(start + GOLDEN * (np.asarray(index, dtype=np.uint64) + ONE)))


def stream(keys: Words, n: int, sweep: int) -> Words:
    """Return the states of the members' chance in a sweep: n draws of the order, then n of the units."""
    return np.asarray(keys + ahead(2 * n * sweep))


def uniforms(state: Words, n: int) -> Array:
    """Return the chance of every unit in a sweep, 0..1, (members, n)."""
    units = np.array([ahead(n + k) for k in range(n)], dtype=np.uint64)
    return np.asarray((draw(state[:, None] + units) >> _11) * UNIT)


def sweep(
    members: Members, rows: Integers, couplings: Couplings, temperature: float, number: int, shuffle: bool
) -> Integers:
    """Update every unit of the members `rows` once, in place; return how many units changed, (len(rows),).

    A unit takes its upper level with probability 1/(1 + exp(-(high - low) h/T)); at T = 0 it follows the sign
    of its field and stays where that is zero. With `shuffle` the order is drawn for the sweep `number`.
    """
    kernel = compiled() or sweep_numpy
    state = stream(members.keys[rows], members.x.shape[1], number)
    changed = np.zeros(len(rows), np.int64)
    kernel(members.x, members.h, rows, state, *couplings, float(temperature), shuffle, changed)
    return changed


@cache
def compiled() -> Callable[..., None] | None:
    """Return the compiled sweep, None where numba is not installed."""
    try:
        from analoghop.memory.discrete.sweeps_compiled import sweep_compiled
    except ImportError:
        return None
    kernel: Callable[..., None] = sweep_compiled
    return kernel


def sweep_numpy(
    x: Array,
    h: Array,
    rows: Integers,
    state: Words,
    columns: Array,
    rounding: Array,
    low: float,
    high: float,
    temperature: float,
    shuffle: bool,
    changed: Integers,
) -> None:
    """Sweep all members side by side, unit by unit."""
    n = x.shape[1]
    order = orders(state, n) if shuffle else None
    chance = uniforms(state, n) if temperature > 0.0 else None
    for k in range(n):
        unit = np.full(len(rows), k) if order is None else order[:, k]
        field, old = h[rows, unit], x[rows, unit]
        if chance is not None:
            with np.errstate(over="ignore"):
                up = 1.0 / (1.0 + np.exp(-(high - low) * field / temperature))
            new = np.where(chance[:, k] < up, high, low)
        else:
            beyond = np.abs(field) > rounding[unit]
            new = np.where(beyond, np.where(field > 0.0, high, low), old)
        step = new - old
        moved = np.flatnonzero(step)
        if len(moved):
            h[rows[moved]] += step[moved, None] * columns[unit[moved]]
            x[rows[moved], unit[moved]] = new[moved]
            changed[moved] += 1


def orders(state: Words, n: int) -> Integers:
    """Return a permutation of the n units for every member (Durstenfeld 1964), (members, n)."""
    order = np.tile(np.arange(n), (len(state), 1))
    members = np.arange(len(state))
    for k in range(n - 1, 0, -1):
        word = draw(state + ahead(k)) >> _32
        other = ((word * np.uint64(k + 1)) >> _32).astype(np.intp)
        order[members, k], order[members, other] = order[members, other], order[members, k].copy()
    return order
