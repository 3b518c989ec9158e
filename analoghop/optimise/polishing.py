"""`polished`: a local search after the anneals, with random answers as a control."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.base import Answer, Problem
from analoghop.problems.result import Polished, Start


def check_method(problem: Problem, method: str) -> None:
    """Raise `InputError` if `problem` has no local search named `method`."""
    if method not in problem.polishers:
        known = ", ".join(problem.polishers)
        wanted = f"expected one of {known}" if known else "and this problem has none"
        raise InputError(f"`polish` is {method!r}, {wanted}")


def polished(problem: Problem, method: str, starts: Sequence[Start], seed: int, limits: Limits) -> Polished:
    """Return the costs after `method` of the valid answers, and of an equal number of random ones.

    If the limits are over, it ends after an answer and its control.
    """
    rng = np.random.default_rng([seed, 1])
    ours: list[Answer] = []
    control: list[Answer] = []
    valid = [start.answer for start in starts if start.verdict.valid]
    for answer in valid:
        if limits.over:
            break
        ours.append(problem.polish(method, answer))
        control.append(problem.polish(method, problem.random_answer(rng)))
    costs, random_costs = ([_cost(problem, answer) for answer in group] for group in (ours, control))
    best = ours[int(np.argmin(costs))] if ours else None
    return Polished(method, costs, random_costs, best)


def _cost(problem: Problem, answer: Answer) -> float:
    cost = problem.verify(answer).cost
    assert cost is not None, "a local search keeps an answer valid"
    return cost
