"""`Batches`: the starts of an encoding, made a few at a time until they are enough or the time is up."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analoghop.arrays import Integers
from analoghop.engines.choice import ready, together
from analoghop.limits import Limits
from analoghop.optimise.anneal import anneal, judged
from analoghop.problems.base import Answer, Encoding, Problem, Turn
from analoghop.problems.result import Start
from analoghop.problems.turns import circuits, parts
from analoghop.solution import Ran

BATCH = 256
"""Most starts that are annealed together."""
MEMORY = 20_000_000
"""Numbers in the states of the starts that are annealed together, except for a single one."""
FIRST, PULSE = 8, 2.0
"""Starts of the first batch, and seconds that a later one takes about: progress is told after each."""
PATIENCE = 0.9  # of the time of a start must be left for another to begin


@dataclass(frozen=True)
class Wanted:
    """How many starts: `given` by the user, the problem's `usual` number, and until when.

    With `first` they end with the batch in which one is valid.
    """

    given: int | None
    usual: int
    limits: Limits
    first: bool = False

    @property
    def total(self) -> int | None:
        """Number of starts to make, None for as many as there is time for."""
        return self.usual if self.given is None and not self.limits.limited else self.given

    def next_batch(self, made: int, per_start: float, most: int, lot: int = 1) -> int:
        """Return how many starts, up to `most`, come after `made`, which took `per_start` seconds each.

        Starts come in lots of `lot`, which cost as much as one of them.
        """
        left = most if self.total is None else min(most, self.total - made)
        if not self.limits.limited:
            first = max(FIRST, lot)
            return min(left, first if made == 0 else max(first, int(PULSE / max(per_start, 1e-6))))
        if made == 0:
            return min(left, max(16, lot) if self.first else lot)
        room = self.limits.left / max(per_start * lot, 1e-6)
        return min(left, lot * max(int(room), 1 if room > PATIENCE else 0))


@dataclass
class Done:
    """The starts that were made, and what they took: `duration` and `cpu_s` in seconds, all together.

    `cut` counts those that a limit kept from their end, `stopped` those that were judged before it;
    `circuits` the starts of each circuit, by name, "" for one that runs all.
    """

    starts: list[Start] = field(default_factory=list)
    circuits: Counter[str] = field(default_factory=Counter)
    evaluations: int = 0
    duration: float = 0.0
    reheated: int = 0
    cpu_s: float = 0.0
    cut: int = 0
    stopped: int = 0

    def add(self, more: Done) -> None:
        """Add other starts, which come after these."""
        self.starts += more.starts
        self.circuits += more.circuits
        self.evaluations += more.evaluations
        self.duration += more.duration
        self.reheated += more.reheated
        self.cpu_s += more.cpu_s
        self.cut += more.cut
        self.stopped += more.stopped


@dataclass(frozen=True)
class Batches:
    """Makes the starts of `encoding` for `seed`, each of them `near` an answer where one is given."""

    problem: Problem
    encoding: Encoding
    seed: int
    near: Answer | None = None
    engine: str = "auto"

    def fill(self, done: Done, wanted: Wanted) -> None:
        """Make starts until there are enough or the limits are over, and add them to `done` batch by
        batch."""
        wall, limits = 0.0, wanted.limits
        most, lot = self.room(limits.threads)
        while count := wanted.next_batch(len(done.starts), wall / max(len(done.starts), 1), most, lot):
            began = time.monotonic()
            index = np.arange(len(done.starts), len(done.starts) + count)
            ended = self.make(done, index, wanted)
            wall += time.monotonic() - began
            limits.tell(len(done.starts), wanted.total)
            if done.cut or limits.over or (wanted.first and any(start.verdict.valid for start in ended)):
                return

    def room(self, threads: int) -> tuple[int, int]:
        """Return the most starts of a batch, and the starts of a lot, which cost as much as one of them."""
        systems = [circuit.system for circuit in circuits(self.encoding)]
        most = max(1, min(BATCH, MEMORY // max(system.size for system in systems)))
        lot = max(together(system, self.engine) for system in systems)
        # Each circuit has its own lot of a batch.
        return most, lot * threads * max(len(self.encoding.turns), 1) if lot > 1 else 1

    def make(self, done: Done, index: Integers, wanted: Wanted) -> list[Start]:
        """Make the starts numbered `index`, add them to `done`, and return those that are not cut."""
        cpu = time.process_time()
        ended = self._batch(done, index, wanted)
        done.starts += ended
        done.cpu_s += time.process_time() - cpu if ended else 0.0
        done.cut += len(index) - len(ended)
        return ended

    def _batch(self, done: Done, index: Integers, wanted: Wanted) -> list[Start]:
        """Return the starts numbered `index` that are not cut, in this order; count them in `done`."""
        found: dict[int, Start] = {}
        shares = [(Turn("", self.encoding), np.arange(len(index)))]
        if self.near is None:
            shares = parts(self.encoding, index)
        for k, (turn, places) in enumerate(shares):
            # A circuit that searches in vain would leave the others no time.
            share = 1.0 / (len(shares) - k) if turn.encoding.searching else 1.0
            made = anneal(
                turn.encoding,
                self.seed,
                index[places],
                wanted.limits.within(share, quiet=False),
                near=self.near,
                stop_after_solved=1 if wanted.first else None,
                engine=self.engine,
            )
            ended, ends = judged(self.problem, turn.encoding, made), made.ends
            found.update(zip(places[~ends.cut].tolist(), ended, strict=True))
            done.circuits[turn.name] += len(ended)
            done.evaluations += ends.evaluations
            done.duration += ends.duration * self.encoding.tau / turn.encoding.tau
            done.reheated += int(np.count_nonzero(made.reheated))
            done.stopped += int(np.count_nonzero(ends.stopped))
        return [found[place] for place in sorted(found)]


def loaded(encoding: Encoding, limits: Limits, engine: str) -> Ran:
    """Load and compile the code that runs `encoding`, so that measured times are those of its starts.

    Returns the engine that will run, of the first circuit where several take turns.
    """
    index, ran = np.zeros(1, dtype=np.int64), []
    for one in circuits(encoding):
        options: dict[str, Any] = {"duration": one.duration, "step": one.step, "engine": engine}
        ran.append(ready(one.system, one.start(0, index), limits, **options))
    return ran[0]
