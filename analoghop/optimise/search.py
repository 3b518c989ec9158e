"""`Search`: a digital sequencer that runs the circuit repeatedly; `searched` makes several runs of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from analoghop.limits import Limits
from analoghop.problems.base import Answer, Encoding
from analoghop.problems.result import Searched, Start
from analoghop.problems.statistics import reaches


@dataclass(frozen=True)
class Task:
    """One run of a search: the problem, the encoding of its raw anneals, and the raw start it begins with.

    `run` is its number; it may use starts from number `(run + 1) * STRIDE` on and depends on (`seed`, `run`)
    alone. It ends when `target` is reached, or with its `limits`. `engine` is the engine of the raw anneals.
    """

    problem: Any
    encoding: Encoding
    first: Start | None
    run: int
    seed: int
    limits: Limits
    target: float | None
    engine: str = "auto"

    def done(self, cost: float | None) -> bool:
        """Return whether `cost` reaches the target."""
        return cost is not None and self.target is not None and reaches(cost, self.target, self.problem.sense)


STRIDE = 1_000_000
"""Range of start numbers reserved for one run."""


class Found(NamedTuple):
    """The result of one run: a valid answer with its cost, or None; number of `calls` of the circuit."""

    answer: Answer | None
    cost: float | None
    calls: int


class Search(Protocol):
    """The contract of a search, which `--search` names."""

    def __call__(self, task: Task) -> Found:
        """Return the result of `task`."""


def searched(search: Search, task: Task, starts: Sequence[Start], runs: int | None) -> Searched:
    """Return the results of `runs` of a search, each a copy of `task` from the raw start of its number.

    They share the time of the task's limits. With `runs` None there are as many as time allows, and they end
    with the first that reaches the target; Ctrl-C ends all.
    """
    began = time.process_time()
    found: list[Found] = []
    sign = 1.0 if task.problem.sense == "min" else -1.0
    for run, limits in enumerate(_shares(task.limits, runs)):
        first = starts[run] if run < len(starts) else None
        found.append(search(replace(task, first=first, run=run, limits=limits)))
        task.limits.tell(run + 1, runs, "searches")
        if limits.interrupted or (runs is None and task.done(found[-1].cost)):
            break
    valid = [one for one in found if one.cost is not None]
    best = min(valid, key=lambda one: sign * (one.cost or 0.0), default=None)
    return Searched(
        runs=len(found),
        calls=sum(one.calls for one in found),
        costs=[one.cost for one in valid if one.cost is not None],
        answer=None if best is None else best.answer,
        cpu_s=time.process_time() - began,
        interrupted=task.limits.interrupted,
    )


def _shares(limits: Limits, runs: int | None) -> Iterator[Limits]:
    """Yield the limits of each run at its beginning."""
    longest, run = 0.0, 0
    while runs is None or run < runs:
        began = time.monotonic()
        if not limits.limited or runs is None:
            if run and limits.limited and 0.9 * longest > limits.left:
                return
            yield limits.within(1.0)
        else:
            yield limits.within(1.0 / (runs - run))
        longest = max(longest, time.monotonic() - began)
        run += 1
