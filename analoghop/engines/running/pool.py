"""`Pool`: the members of an ensemble, given to tiles in turn, and their results."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.ensembles.solution import STATUSES
from analoghop.ensembles.starts import Starts
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.solution import Status
from analoghop.systems.base import System

CODES = {status: np.uint8(code) for code, status in enumerate(STATUSES)}


class Finished(NamedTuple):
    """Members that have ended: indices of starts, last states (n, k), times, status codes, work counts."""

    places: Integers
    x: Array
    t: Array
    codes: NDArray[np.uint8]
    settled_at: Array
    steps: Integers
    rejected: Integers
    evaluations: Integers


class Pool:
    """The queue of starts and the store of results of a run, shared by several threads.

    Progress is reported to `limits`. It holds n states in the precision `dtype` and 42 bytes for each member.
    `wall` and `cpu` are the readings of the clocks when the run began. Raises `InputError` for starts whose
    size differs from the system's.
    """

    def __init__(self, system: System, starts: Starts, dtype: str, limits: Limits) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        if starts.size != system.size:
            raise InputError(f"`x0` has {starts.size} rows, expected {system.size} states")
        self.system, self.starts = system, starts
        self._lock, self._taken, self._limits = threading.Lock(), 0, limits
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
        """Number of members that no worker has taken yet."""
        return self.starts.count - self._taken

    def take(self, wanted: int) -> tuple[Integers, Array]:
        """Return the indices of up to `wanted` further members, and their starts (n, k)."""
        with self._lock:
            begin = self._taken
            self._taken = min(begin + wanted, self.starts.count)
            places = np.arange(begin, self._taken)
        return places, self.starts.block(begin, len(places))

    def hand_in(self, ended: Finished) -> None:
        """Store the results of members that have ended."""
        places = ended.places
        self.states[places] = ended.x.T
        self.t[places], self.codes[places] = ended.t, ended.codes
        self.settled_at[places] = ended.settled_at
        self.steps[places], self.rejected[places] = ended.steps, ended.rejected
        self.evaluations[places] = ended.evaluations
        # Last, so that every marked member is complete, even if an interrupt comes in between.
        self.done[places] = True
        with self._lock:
            self.finished += len(places)
            self.settled += int(np.count_nonzero(ended.codes == CODES[Status.SETTLED]))
            self._limits.tell(self.finished, self.count, "starts", self.settled)
