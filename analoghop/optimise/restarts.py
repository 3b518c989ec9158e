"""`restarts`: anneal after anneal until the target is reached or the time is up."""

from __future__ import annotations

import numpy as np

from analoghop.optimise.anneal import anneal, judged
from analoghop.optimise.search import STRIDE, Found, Task
from analoghop.problems.result import Start

MOST = 100
"""Anneals of a run without a time limit."""
BATCH = 8


def restarts(task: Task) -> Found:
    """Return the best of many anneals, the first of which is the raw start.

    The run ends at the target, at its deadline, or after 100 anneals where there is none.
    """
    best, made = Found(None, None, 0), 0
    if task.first is not None:
        best, made = _better(task, best, task.first), 1
    while not task.done(best.cost) and not task.late and (task.deadline is not None or made < MOST):
        # What a deadline cuts is lost: few at first.
        count = min(BATCH, max(1, made)) if task.deadline is not None else min(BATCH, MOST - made)
        index = np.arange(count) + (task.run + 1) * STRIDE + made
        ends = anneal(task.encoding, task.seed, index, task.threads, deadline=task.deadline)
        ended = judged(task.problem, task.encoding, ends)
        for start in ended:
            best = _better(task, best, start)
        made += len(ended)
        if ends.interrupted:
            return best._replace(calls=made, interrupted=True)
    return best._replace(calls=made)


def _better(task: Task, best: Found, start: Start) -> Found:
    """Return the better of two; an invalid start is never better."""
    cost = start.verdict.cost
    if not start.verdict.valid or cost is None:
        return best
    sign = 1.0 if task.problem.sense == "min" else -1.0
    return Found(start.answer, cost, 0) if best.cost is None or sign * cost < sign * best.cost else best
