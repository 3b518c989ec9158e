"""`polished`: a local search after the anneals, with the control that shows what it owes to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import numpy as np

from analoghop.errors import InputError
from analoghop.problems.base import Answer, Problem, Verdict
from analoghop.problems.result import Polished, Start


class Polishable(Protocol):
    """A problem with local searches of its own; `polishers` are their names."""

    polishers: tuple[str, ...]

    def polish(self, method: str, answer: Answer) -> Answer:
        """Return what the local search makes of `answer`."""

    def random_answer(self, rng: np.random.Generator) -> Answer:
        """Return a valid answer at random."""

    def verify(self, answer: Answer) -> Verdict:
        """Return the verdict on `answer`."""


def check_method(problem: Problem, method: str) -> Polishable:
    """Return `problem`; raises `InputError` where it has no local search of that name."""
    known: tuple[str, ...] = getattr(problem, "polishers", ())
    if method not in known:
        what = f"expected one of {', '.join(known)}" if known else "and this problem has none"
        raise InputError(f"`polish` is {method!r}, {what}")
    return cast(Polishable, problem)


def polished(problem: Polishable, method: str, starts: Sequence[Start], seed: int) -> Polished:
    """Return the costs after `method` of the valid answers, and of as many random ones."""
    valid = [start.answer for start in starts if start.verdict.valid]
    rng = np.random.default_rng([seed, 1])
    ours = [problem.polish(method, answer) for answer in valid]
    control = [problem.polish(method, problem.random_answer(rng)) for _ in valid]
    costs, random_costs = ([_cost(problem, answer) for answer in group] for group in (ours, control))
    best = ours[int(np.argmin(costs))] if ours else None
    return Polished(method, costs, random_costs, best)


def _cost(problem: Polishable, answer: Answer) -> float:
    cost = problem.verify(answer).cost
    assert cost is not None, "a local search keeps an answer valid"
    return cost
