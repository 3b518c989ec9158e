"""`restarts`: anneal after anneal until the target is reached or the time is up."""

from __future__ import annotations

import time

import numpy as np

from analoghop.optimise.anneal import anneal, judged
from analoghop.optimise.search import Task
from analoghop.problems.result import Searched, Start

MOST = 100
"""Anneals of a run without a time limit."""
BATCH = 8
STRIDE = 1_000_000  # numbers of the starts of one run: no two runs share any


def restarts(task: Task) -> Searched:
    """Return the best of many anneals for each run, which begins with one of the raw starts.

    A run ends at the target, with its share of the time, or after 100 anneals where there is no limit.
    """
    began = time.process_time()
    costs: list[float] = []
    best: Start | None = None
    calls = 0
    for run in range(task.runs):
        share = task.share(run)
        ends = None if share is None else time.monotonic() + share
        found = task.first[run] if run < len(task.first) else None
        found = found if found is not None and found.verdict.valid else None
        made = 1
        while not task.done(_cost(found)) and (made < MOST if ends is None else time.monotonic() < ends):
            count = min(BATCH, MOST - made) if ends is None else BATCH
            index = np.arange(count) + (run + 1) * STRIDE + made
            for start in judged(
                task.problem, task.encoding, anneal(task.encoding, task.seed, index, task.threads)
            ):
                found = _better(task, found, start)
            made += count
        calls += made
        cost = _cost(found)
        if cost is not None and found is not None:
            costs.append(cost)
            best = _better(task, best, found)
    return Searched(task.runs, calls, costs, best.answer if best else None, time.process_time() - began)


def _cost(start: Start | None) -> float | None:
    return None if start is None else start.verdict.cost


def _better(task: Task, old: Start | None, new: Start) -> Start | None:
    """Return the better of two starts; an invalid one is never better."""
    a, b = _cost(old), _cost(new)
    if not new.verdict.valid or b is None:
        return old
    sign = 1.0 if task.problem.sense == "min" else -1.0
    return new if a is None or sign * b < sign * a else old
