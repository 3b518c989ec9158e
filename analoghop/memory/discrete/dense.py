"""Dense ("modern") memories: patterns that compete through a steep function of their overlaps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, members
from analoghop.errors import InputError
from analoghop.memory.discrete.pairs import signs_of
from analoghop.memory.discrete.run import Sweeps, Walk, Walked, Watch, walk_to_rest
from analoghop.memory.discrete.sweeps import keys, orders, stream, uniforms
from analoghop.memory.patterns import Memory

Interaction = Literal["exponential", "polynomial"]


@dataclass(frozen=True, eq=False)
class DenseMemory:
    """The patterns X (count, n) with E = -F(X s), which never rises under updates of one unit.

    "exponential": F(a) = ln sum exp(beta a)/beta (Demircigil et al. 2017; Ramsauer et al. 2021), `beta` the
    inverse temperature per bit. "polynomial": F(a) = n sum max(a/n, 0)^k/k, k = `degree` (Krotov & Hopfield
    2016). Raises `InputError` for a beta that is not positive or a degree below 2.
    """

    memory: Memory
    interaction: Interaction = "exponential"
    beta: float = 1.0
    degree: float = 3.0

    def __post_init__(self) -> None:
        if self.interaction not in ("exponential", "polynomial"):
            raise InputError(f"`interaction` is exponential or polynomial, not {self.interaction!r}")
        if not (math.isfinite(self.beta) and self.beta > 0):
            raise InputError(f"`beta` is {self.beta}, expected a positive number")
        if not (math.isfinite(self.degree) and self.degree >= 2):
            raise InputError(f"`degree` is {self.degree}, expected a number from 2")

    def potential(self, a: Array) -> Array:
        """Return F of the products a = X s (count, ...), over the first axis."""
        if self.interaction == "exponential":
            top = a.max(axis=0)
            return np.asarray(top + np.log(np.exp(self.beta * (a - top)).sum(axis=0)) / self.beta)
        n = self.memory.size
        return np.asarray(n * (np.clip(a / n, 0.0, None) ** self.degree).sum(axis=0) / self.degree)

    def attention(self, a: Array) -> Array:
        """Return the weight of every pattern, dF/da, in the shape of `a` (count, members)."""
        if self.interaction == "exponential":
            weights: Array = np.exp(self.beta * (a - a.max(axis=0)))
            return np.asarray(weights / weights.sum(axis=0))
        return np.asarray(np.clip(a / self.memory.size, 0.0, None) ** (self.degree - 1.0))


class DenseWalk(Walk):
    """Members that fall in the energy of `dense`, from the signs of `cues` (n, members)."""

    def __init__(self, dense: DenseMemory, cues: Array, seed: int, index: Integers) -> None:
        self.dense = dense
        self._keys = keys(seed, index)
        self._x = np.ascontiguousarray(signs_of(cues, self._keys).T)
        self._patterns = dense.memory.patterns

    @property
    def x(self) -> Array:
        """The units, (members, n)."""
        return self._x

    def asynchronous(self, rows: Integers, temperature: float, sweep: int, shuffle: bool) -> Integers:
        """Update the units of the members `rows` one by one, all members side by side."""
        n, potential = self._x.shape[1], self.dense.potential
        a = self._patterns @ self._x[rows].T
        state = stream(self._keys[rows], n, sweep)
        order = orders(state, n) if shuffle else np.tile(np.arange(n), (len(rows), 1))
        chance = uniforms(state, n) if temperature > 0.0 else None
        changed = np.zeros(len(rows), np.int64)
        for k in range(n):
            unit = order[:, k]
            old, bits = self._x[rows, unit], self._patterns[:, unit]
            rest = a - bits * old
            up, down = potential(rest + bits), potential(rest - bits)
            fall = up - down
            if chance is not None:
                with np.errstate(over="ignore"):
                    new = np.where(chance[:, k] < 1.0 / (1.0 + np.exp(-fall / temperature)), 1.0, -1.0)
            else:
                beyond = np.abs(fall) > 1e-12 * (np.abs(up) + np.abs(down))
                new = np.where(beyond, np.where(fall > 0.0, 1.0, -1.0), old)
            a = rest + bits * new
            self._x[rows, unit] = new
            changed += new != old
        return changed

    def fields(self, rows: Integers) -> tuple[Array, Array]:
        """Return X' dF/da of the members `rows`; for updates of all units at once F is convex enough."""
        weights = self.dense.attention(self._patterns @ self._x[rows].T)
        h = (self._patterns.T @ weights).T
        return h, np.full(h.shape[1], 1e-12 * float(np.abs(weights).sum(axis=0).max(initial=0.0)))

    def chance(self, rows: Integers, sweep: int) -> Array:
        """Return a number for every unit of the members `rows`."""
        n = self._x.shape[1]
        return uniforms(stream(self._keys[rows], n, sweep), n)

    def energy(self) -> Array:
        """Return -F(X s) of every member."""
        return -self.dense.potential(self._patterns @ self._x.T)


def walk_dense(
    dense: DenseMemory,
    cues: ArrayLike,
    plan: Sweeps | None = None,
    *,
    seed: int = 0,
    index: ArrayLike | None = None,
    watch: Watch | None = None,
) -> Walked:
    """Return what the discrete dense memory makes of `cues`; arguments as in `walk_pairs`."""
    x = members(cues, dense.memory.size, "cues")
    numbers = np.arange(x.shape[1]) if index is None else np.asarray(index, dtype=np.int64)
    if numbers.shape != (x.shape[1],):
        raise InputError(f"`index` has shape {numbers.shape}, expected one number for each cue")
    return walk_to_rest(DenseWalk(dense, x, seed, numbers), plan or Sweeps(), watch)
