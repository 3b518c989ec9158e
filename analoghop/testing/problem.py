"""`check_problem`: the laws of an instance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.base import Answer, Problem, Verdict
from analoghop.testing.claims import demand, refused

DRAWN = 5


def check_problem(problem: Problem, answers: Sequence[Answer]) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `problem` keeps its contract.

    `answers` are examples, at least one of them valid.

    The laws, of `analoghop.problems.base.Problem`: `verify` returns equal verdicts each time; an answer is
    valid if and only if it has no violations; instances with equal data are equal; `verify` raises
    `InputError` for an object that is not an answer; no valid answer, and no baseline, is better than
    `best_known`; random answers are valid and depend on their generator alone; a local search returns valid
    answers, not worse than its start; `polish` raises `InputError` for an unknown search.
    """
    name = type(problem).__name__
    demand(isinstance(problem.kind, str) and problem.kind, f"`kind` of {name} is no word")
    demand(isinstance(problem.name, str), f"`name` of {name} is no text")
    demand(problem.size >= 1, f"`size` of {name} is {problem.size}, expected 1 or more")
    demand(problem.sense in ("min", "max"), f"`sense` of {name} is {problem.sense!r}, expected min or max")
    verdicts = [_check_verdict(problem, answer) for answer in answers]
    demand(
        any(verdict.valid for verdict in verdicts), f"none of the {len(verdicts)} answers of {name} is valid"
    )
    demand(deepcopy(problem) == problem, f"{name} does not equal a copy of itself")
    refused(f"{name} verifies something that is no answer", lambda: problem.verify(object()))
    refused(f"{name} polishes by an unknown search", lambda: problem.polish("no such search", answers[0]))
    for baseline, cost in problem.baselines(0, Limits()).items():
        demand(math.isfinite(cost), f"the baseline {baseline!r} of {name} is {cost}")
        _check_best(problem, f"the baseline {baseline!r} of {name}", cost)
    if problem.polishers:
        _check_polishers(problem)


def no_worse(problem: Problem, cost: float, other: float) -> bool:
    """Return whether `cost` is as good as `other` or better, up to rounding."""
    sign = 1.0 if problem.sense == "min" else -1.0
    return sign * (cost - other) <= 1e-9 * max(1.0, abs(other))


def _check_verdict(problem: Problem, answer: Answer) -> Verdict:
    verdict, name = problem.verify(answer), type(problem).__name__
    demand(problem.verify(answer) == verdict, f"{name} judges an answer differently the second time")
    violated = {what: count for what, count in verdict.violations.items() if count}
    demand(
        verdict.valid is not bool(violated),
        f"{name} calls an answer {'valid' if verdict.valid else 'invalid'} that violates {violated}",
    )
    if verdict.cost is not None:
        demand(math.isfinite(verdict.cost), f"the cost of an answer of {name} is {verdict.cost}")
    if verdict.valid:
        faults = list(problem.describe_violations(answer))
        demand(not faults, f"{name} finds {faults} wrong with a valid answer")
        if verdict.cost is not None:
            _check_best(problem, f"a valid answer of {name}", verdict.cost)
    return verdict


def _check_best(problem: Problem, what: str, cost: float) -> None:
    best = problem.best_known
    if best is not None:
        demand(no_worse(problem, best, cost), f"{what} costs {cost:g}, better than the best known {best:g}")


def _check_polishers(problem: Problem) -> None:
    name = type(problem).__name__

    def drawn(seed: int) -> Any:
        rng = np.random.default_rng(seed)
        return [problem.random_answer(rng) for _ in range(DRAWN)]

    answers = drawn(0)
    demand(
        all(np.array_equal(a, b) for a, b in zip(answers, drawn(0), strict=True)),
        f"answers of {name} at random do not follow their generator",
    )
    for answer in answers:
        before = problem.verify(answer)
        demand(before.valid, f"an answer of {name} at random violates {dict(before.violations)}")
        for method in problem.polishers:
            try:
                after = problem.verify(problem.polish(method, answer))
            except InputError:
                continue  # a search for other instances, such as those whose distances are symmetric
            law = f"the local search {method!r} of {name}"
            demand(after.valid, f"{law} ends in an answer that violates {dict(after.violations)}")
            if before.cost is not None and after.cost is not None:
                better = no_worse(problem, after.cost, before.cost)
                demand(better, f"{law} goes from a cost of {before.cost:g} to {after.cost:g}")
