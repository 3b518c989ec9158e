"""`Traces`: waveforms of many trajectories at a few common times."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array, Indices, Integers
from analoghop.errors import InputError


class Traces:
    """States at `times` (k,) of the trajectories that begin at `times[0]`, kept in (members, k, n).

    A trajectory that ends earlier keeps its last state. Raises `InputError` if the waveforms would take more
    than `limit` bytes.
    """

    def __init__(self, times: Array, members: int, n: int, limit: float) -> None:
        needed = 8.0 * len(times) * members * n
        if needed > limit:
            fit = int(limit // (8 * members * n))
            raise InputError(
                f"traces at {len(times)} times need {needed:.3g} bytes, the limit is {limit:.3g}: "
                f"ask for at most {fit} times, or raise the limit"
            )
        self.times = times
        self.states = np.empty((members, len(times), n))
        self._next = np.zeros(members, np.intp)
        self._awaited = np.append(times, np.inf)

    def awaited(self, index: Integers) -> Array:
        """Return the next recording time of the trajectories `index`, inf after the last one."""
        return self._awaited[self._next[index]]

    def due(self, index: Integers, reached: Array) -> Indices:
        """Return the slots whose trajectory `index` (-1: none) has `reached` its next recording time."""
        return np.flatnonzero((index >= 0) & (self.awaited(index) <= reached))

    def store(self, index: Integers, x: Array) -> None:
        """Store the states `x` (n, len(index)) at the next recording times of the trajectories `index`."""
        self.states[index, self._next[index]] = x.T
        self._next[index] += 1

    def finish(self, index: Integers, x: Array) -> None:
        """Fill the remaining times of the trajectories `index` with their last states `x`."""
        for number, state in zip(index, x.T, strict=True):
            self.states[number, self._next[number] :] = state
            self._next[number] = len(self.times)

    def one(self) -> tuple[Array, Array]:
        """Return times (k,) and states (n, k) of the first trajectory, as far as they are recorded."""
        known = slice(0, int(self._next[0]))
        return self.times[known], self.states[0, known].T


def waveforms(times: Array, members: int, n: int, limit: float) -> Traces | None:
    """Return the `Traces` of a grid of `times`; None for a span (start, end), which records no waveforms."""
    return Traces(times, members, n, limit) if len(times) > 2 else None


class Steps:
    """All accepted steps of a tile's only trajectory from `start` on; has the methods of `Traces`."""

    def __init__(self, start: float) -> None:
        self._t: list[float] = []
        self._x: list[Array] = []
        self._reached = start

    def awaited(self, index: Integers) -> Array:
        """Return the end time of the last step."""
        return np.full(len(index), self._reached)

    def due(self, index: Integers, reached: Array) -> Indices:
        """Return the slot if its last step has not been stored yet."""
        self._reached = float(reached[0])
        return np.flatnonzero((index >= 0) & (reached > self._t[-1]))

    def store(self, index: Integers, x: Array) -> None:
        """Store the state `x` (n, 1) at the end of the step."""
        self._t.append(self._reached)
        self._x.append(x[:, 0])

    def finish(self, index: Integers, x: Array) -> None:
        """Do nothing: there are no times to fill."""

    def one(self) -> tuple[Array, Array]:
        """Return times (k,) and states (n, k)."""
        return np.array(self._t), np.array(self._x).T
