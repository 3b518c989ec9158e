"""`Search`: a digital sequencer that uses the circuit over and over; `searched` lets it run several times."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from analoghop.problems.base import Answer, Encoding
from analoghop.problems.result import Searched, Start
from analoghop.problems.statistics import reaches


@dataclass(frozen=True)
class Task:
    """One run of a search: the problem, the encoding of its raw anneals, and the raw start it begins with.

    `run` numbers it; it may use starts from number `(run + 1) * STRIDE` on and depends on (`seed`, `run`)
    alone. It ends when `target` is reached, or at `deadline` (of `time.monotonic`; None: no limit).
    """

    problem: Any
    encoding: Encoding
    first: Start | None
    run: int
    seed: int
    deadline: float | None
    target: float | None
    threads: int

    def done(self, cost: float | None) -> bool:
        """Return whether `cost` reaches the target."""
        return cost is not None and self.target is not None and reaches(cost, self.target, self.problem.sense)

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return self.deadline is not None and time.monotonic() >= self.deadline


STRIDE = 1_000_000
"""Numbers of starts that one run has for itself."""


class Found(NamedTuple):
    """What one run found: a valid answer with its cost, or None; `calls` of the circuit.

    `interrupted`: whether Ctrl-C ended it.
    """

    answer: Answer | None
    cost: float | None
    calls: int
    interrupted: bool = False


class Search(Protocol):
    """What `--search` names."""

    def __call__(self, task: Task) -> Found:
        """Return what `task` led to."""


@dataclass(frozen=True)
class SearchPlan:
    """How often a search runs: `runs` times, sharing the time until `deadline`; None: as often as it can."""

    runs: int | None
    deadline: float | None

    def deadlines(self) -> Iterator[float | None]:
        """Yield the deadline of each run, when it begins."""
        longest, run = 0.0, 0
        while self.runs is None or run < self.runs:
            now = time.monotonic()
            if self.deadline is None or self.runs is None:
                if run and self.deadline is not None and now + 0.9 * longest > self.deadline:
                    return
                yield self.deadline
            else:
                yield now + max(self.deadline - now, 0.0) / (self.runs - run)
            longest = max(longest, time.monotonic() - now)
            run += 1


def searched(search: Search, task: Task, starts: Sequence[Start], plan: SearchPlan) -> Searched:
    """Return what the runs of `plan` found, each from the raw start of its number, `task` being their form.

    Runs without number end with the first that reaches the target; Ctrl-C ends them all.
    """
    began = time.process_time()
    found: list[Found] = []
    sign = 1.0 if task.problem.sense == "min" else -1.0
    for run, deadline in enumerate(plan.deadlines()):
        first = starts[run] if run < len(starts) else None
        one = Task(task.problem, task.encoding, first, run, task.seed, deadline, task.target, task.threads)
        try:
            found.append(search(one))
        except KeyboardInterrupt:
            found.append(Found(None, None, 0, interrupted=True))
        if found[-1].interrupted or (plan.runs is None and task.done(found[-1].cost)):
            break
    valid = [one for one in found if one.cost is not None]
    best = min(valid, key=lambda one: sign * (one.cost or 0.0), default=None)
    return Searched(
        runs=len(found),
        calls=sum(one.calls for one in found),
        costs=[one.cost for one in valid if one.cost is not None],
        answer=None if best is None else best.answer,
        cpu_s=time.process_time() - began,
        interrupted=any(one.interrupted for one in found),
    )
