"""`Pool`: the members of an ensemble, handed out to tiles, and what has become of them."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.ensembles.solution import STATUSES
from analoghop.ensembles.starts import Starts
from analoghop.limits import Limits
from analoghop.solution import Status

CODES = {status: np.uint8(code) for code, status in enumerate(STATUSES)}


class Finished(NamedTuple):
    """Members that have ended: places among the starts, last states (n, k), times, codes, and the work."""

    places: Integers
    x: Array
    t: Array
    codes: NDArray[np.uint8]
    settled_at: Array
    steps: Integers
    rejected: Integers
    evaluations: Integers


class Pool:
    """Starts to be taken, and ends of members to be handed in, by several threads; `limits` are told of ends.

    It holds n states in the precision `dtype` and 42 bytes for each member.
    """

    def __init__(self, starts: Starts, dtype: str, limits: Limits) -> None:
        self._starts, self._lock, self._taken, self._limits = starts, threading.Lock(), 0, limits
        self.count = count = starts.count
        self.done = np.zeros(count, dtype=bool)
        self.states = np.empty((count, starts.size), dtype)
        self.t, self.settled_at = np.empty(count), np.full(count, np.nan)
        self.codes = np.zeros(count, np.uint8)
        self.steps, self.rejected, self.evaluations = (np.zeros(count, np.int64) for _ in range(3))
        self.finished = self.settled = 0

    @property
    def over(self) -> bool:
        """Whether to end now."""
        return self._limits.over

    @property
    def left(self) -> int:
        """Number of members that nobody has taken."""
        return self._starts.count - self._taken

    def take(self, wanted: int) -> tuple[Integers, Array]:
        """Return the places of up to `wanted` further members, and their starts (n, k)."""
        with self._lock:
            begin = self._taken
            self._taken = min(begin + wanted, self._starts.count)
            places = np.arange(begin, self._taken)
        return places, self._starts.block(begin, len(places))

    def hand_in(self, ended: Finished) -> None:
        """Write down members that have ended."""
        places = ended.places
        self.states[places] = ended.x.T
        self.t[places], self.codes[places] = ended.t, ended.codes
        self.settled_at[places] = ended.settled_at
        self.steps[places], self.rejected[places] = ended.steps, ended.rejected
        self.evaluations[places] = ended.evaluations
        # Last, so that what is marked is complete, wherever an interrupt falls.
        self.done[places] = True
        with self._lock:
            self.finished += len(places)
            self.settled += int(np.count_nonzero(ended.codes == CODES[Status.SETTLED]))
            self._limits.tell(self.finished, self.count, "starts", self.settled)
