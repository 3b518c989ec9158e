"""`restarts`: repeated anneals until the target is reached or the time is over."""

from __future__ import annotations

import numpy as np

from analoghop.optimise.anneal import starts_of
from analoghop.optimise.search import STRIDE, Found, Task
from analoghop.problems.result import Start

MOST = 100
"""Anneals of a run without a time limit."""
BATCH = 8


def restarts(task: Task) -> Found:
    """Return the best answer of many anneals, the first of which is the raw start.

    The run ends at the target, at its limits, or after 100 anneals without a time limit.
    """
    best, made, limits = Found(None, None, 0), 0, task.limits
    if task.first is not None:
        best, made = _better(task, best, task.first), 1
    while not task.done(best.cost) and not limits.over and (limits.limited or made < MOST):
        # Anneals cut by a deadline are lost, so the first batch is small.
        count = min(BATCH, max(1, made)) if limits.limited else min(BATCH, MOST - made)
        index = np.arange(count) + (task.run + 1) * STRIDE + made
        ended = starts_of(task.problem, task.encoding, task.seed, index, limits, task.engine)
        for start in ended:
            best = _better(task, best, start)
        made += len(ended)
    return best._replace(calls=made)


def _better(task: Task, best: Found, start: Start) -> Found:
    """Return the better answer; an invalid start is never better."""
    cost = start.verdict.cost
    if not start.verdict.valid or cost is None:
        return best
    sign = 1.0 if task.problem.sense == "min" else -1.0
    return Found(start.answer, cost, 0) if best.cost is None or sign * cost < sign * best.cost else best
