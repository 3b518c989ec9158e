"""`Batches`: the starts of an encoding, made a few at a time until they are enough or the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from analoghop.optimise.anneal import anneal, judged, prepare
from analoghop.problems.base import Answer, Encoding, Problem
from analoghop.problems.result import Start
from analoghop.systems.machine import Machine

BATCH = 256
"""Most starts that are annealed together."""
MEMORY = 20_000_000
"""Numbers in the states of the starts that are annealed together, except for a single one."""
FIRST, PULSE = 8, 2.0
"""Starts of the first batch, and seconds that a later one takes about: progress is told after each."""
FIRST_BATCH = 16
"""Starts that a compiled machine takes at once for the price of one."""
PATIENCE = 0.9  # of the time of a start must be left for another to begin

Progress = Callable[[int, int | None], None]
"""Called after each batch with the starts that are done and those that are wanted, None for no limit."""


@dataclass(frozen=True)
class Limits:
    """How many starts: what is `wanted`, what is `usual`, and until when (`time.monotonic`).

    With `first` they end with the batch in which one is valid, and batches are `FIRST_BATCH` at least.
    """

    wanted: int | None
    usual: int
    deadline: float | None
    first: bool = False

    @property
    def total(self) -> int | None:
        """Number of starts to make, None for as many as there is time for."""
        return self.usual if self.wanted is None and self.deadline is None else self.wanted

    def next_batch(self, made: int, per_start: float, most: int, lot: int = 1) -> int:
        """Return how many starts, up to `most`, come after `made`, which took `per_start` seconds each.

        Starts come in lots of `lot`, which cost as much as one of them.
        """
        left = most if self.total is None else min(most, self.total - made)
        if self.deadline is None:
            first = max(FIRST, lot)
            return min(left, first if made == 0 else max(first, int(PULSE / max(per_start, 1e-6))))
        if made == 0:
            return min(left, max(FIRST_BATCH, lot) if self.first else lot)
        room = (self.deadline - time.monotonic()) / max(per_start * lot, 1e-6)
        return min(left, lot * max(int(room), 1 if room > PATIENCE else 0))


@dataclass
class Done:
    """The starts that were made, and what they took: `duration` and `cpu_s` in seconds, all together.

    `cut` counts those that the time limit or Ctrl-C (`interrupted`) kept from their end, `stopped` those that
    were judged before it.
    """

    starts: list[Start] = field(default_factory=list)
    evaluations: int = 0
    duration: float = 0.0
    reheated: int = 0
    cpu_s: float = 0.0
    cut: int = 0
    stopped: int = 0
    interrupted: bool = False


@dataclass(frozen=True)
class Batches:
    """Makes the starts of `encoding` for `seed`, each of them `near` an answer where one is given."""

    problem: Problem
    encoding: Encoding
    seed: int
    near: Answer | None
    threads: int

    def run(self, limits: Limits, progress: Progress | None) -> Done:
        """Return the starts that end within `limits`, or before Ctrl-C.

        What it takes to load compiled code does not count.
        """
        done, began = Done(), time.monotonic()
        prepare(self.encoding)
        if limits.deadline is not None:
            limits = replace(limits, deadline=limits.deadline + time.monotonic() - began)
        try:
            self._fill(done, limits, progress)
        except KeyboardInterrupt:
            done.interrupted = True
        return done

    def _fill(self, done: Done, limits: Limits, progress: Progress | None) -> None:
        wall = 0.0
        most = max(1, min(BATCH, MEMORY // self.encoding.system.size))
        lot = FIRST_BATCH * self.threads if isinstance(self.encoding.system, Machine) else 1
        while count := limits.next_batch(len(done.starts), wall / max(len(done.starts), 1), most, lot):
            began, cpu = time.monotonic(), time.process_time()
            index = np.arange(len(done.starts), len(done.starts) + count)
            enough = 1 if limits.first else None
            ends = anneal(self.encoding, self.seed, index, self.threads, self.near, limits.deadline, enough)
            ended = judged(self.problem, self.encoding, ends)
            done.starts += ended
            done.evaluations += ends.evaluations
            done.duration += ends.duration
            done.reheated += ends.reheated
            done.stopped += ends.stopped
            done.cpu_s += time.process_time() - cpu if ended else 0.0
            wall += time.monotonic() - began
            if progress is not None:
                progress(len(done.starts), limits.total)
            if len(ended) < count:
                done.cut, done.interrupted = count - len(ended), ends.interrupted
                return
            if limits.first and any(start.verdict.valid for start in ended):
                return
