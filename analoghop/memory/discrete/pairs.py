"""The binary and the stochastic model of a memory of pairs: threshold units, with or without temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Integers, members
from analoghop.errors import InputError
from analoghop.memory.discrete.run import Sweeps, Walk, Walked, Watch, walk_to_rest
from analoghop.memory.discrete.sweeps import Couplings, Members, keys, stream, sweep, uniforms
from analoghop.memory.weights import Weights


class PairWalk(Walk):
    """Members that follow the local fields of `weights`.

    They start at the signs of `cues` (n, members); where a cue is 0, chance decides (`seed`, `index`).
    """

    def __init__(self, weights: Weights, cues: Array, seed: int, index: Integers) -> None:
        self.weights, self.low = weights, weights.low
        own = keys(seed, index)
        x = np.ascontiguousarray(weights.levels(signs_of(cues, own)).T)
        self._members = Members(x, np.ascontiguousarray(weights.field(x.T).T), own)
        self._couplings = Couplings(np.ascontiguousarray(weights.W.T), weights.rounding, weights.low, 1.0)

    @property
    def x(self) -> Array:
        """The units, (members, n)."""
        return self._members.x

    def asynchronous(self, rows: Integers, temperature: float, sweep_: int, shuffle: bool) -> Integers:
        """Update the units of the members `rows` one by one."""
        if sweep_ % 64 == 63:  # rounding of the many small changes must not add up
            self._members.h[:] = self.weights.field(self.x.T).T
        return sweep(self._members, rows, self._couplings, temperature, sweep_, shuffle)

    def fields(self, rows: Integers) -> tuple[Array, Array]:
        """Return the local fields of the members `rows`."""
        return self.weights.field(self.x[rows].T).T, self.weights.rounding

    def chance(self, rows: Integers, sweep: int) -> Array:
        """Return a number for every unit of the members `rows`."""
        n = self.x.shape[1]
        return uniforms(stream(self._members.keys[rows], n, sweep), n)

    def energy(self) -> Array:
        """Return -x.W x/2 + threshold.x of every member."""
        return self.weights.energy(self.x.T)


def signs_of(cues: Array, own: NDArray[np.uint64]) -> Array:
    """Return the signs of `cues` (n, members), drawn from the members' keys `own` where a cue is 0."""
    chance = uniforms(stream(own, len(cues), -1), len(cues)).T
    return np.where(cues != 0.0, np.sign(cues), np.where(chance < 0.5, -1.0, 1.0))


def walk_pairs(
    weights: Weights,
    cues: ArrayLike,
    plan: Sweeps | None = None,
    *,
    seed: int = 0,
    index: ArrayLike | None = None,
    watch: Watch | None = None,
) -> Walked:
    """Return what the discrete model of `weights` makes of `cues` (n,) or (n, members).

    `plan` None is the binary model with asynchronous updates. `index` numbers the members, by default 0, 1,
    2 ...; with `seed` it decides the orders of the units and, at a temperature, their chance: one member's
    run is the same in every batch. A cue's value 0 (an erased bit) becomes a random sign.
    Raises `InputError` for cues of another size.
    """
    x = members(cues, weights.size, "cues")
    numbers = np.arange(x.shape[1]) if index is None else np.asarray(index, dtype=np.int64)
    if numbers.shape != (x.shape[1],):
        raise InputError(f"`index` has shape {numbers.shape}, expected one number for each cue")
    return walk_to_rest(PairWalk(weights, x, seed, numbers), plan or Sweeps(), watch)
