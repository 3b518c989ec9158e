"""`Search`: a digital sequencer that uses the circuit over and over; `Task` is what it is given."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from analoghop.problems.base import Encoding
from analoghop.problems.result import Searched, Start
from analoghop.problems.statistics import reaches


@dataclass(frozen=True)
class Task:
    """A search to be done: the problem, the encoding of its raw anneals and how those went.

    `runs` independent runs share the time until `deadline` (of `time.monotonic`; None: no limit), each ends
    when `target` is reached.
    """

    problem: Any
    encoding: Encoding
    first: Sequence[Start]
    runs: int
    seed: int
    deadline: float | None
    target: float | None
    threads: int

    def share(self, run: int) -> float | None:
        """Return the seconds that run number `run` has of what is left; None without a limit."""
        if self.deadline is None:
            return None
        return max(self.deadline - time.monotonic(), 0.0) / (self.runs - run)

    def done(self, cost: float | None) -> bool:
        """Return whether `cost` reaches the target."""
        return cost is not None and self.target is not None and reaches(cost, self.target, self.problem.sense)


class Search(Protocol):
    """What `--search` names."""

    def __call__(self, task: Task) -> Searched:
        """Return what `task` led to."""
