"""`spread_starts`: the starts of an instance, shared by worker processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np

from analoghop.limits import Limits
from analoghop.optimise.batches import FIRST, Batches, Done, Wanted
from analoghop.problems.base import Answer, Formulation, Problem
from analoghop.workers import Parts, Workers, result_of


@dataclass(frozen=True)
class StartsOrder:
    """What a worker needs to make starts; it keeps the circuit that it has built for `key`."""

    problem: Problem
    form: Formulation[Any]
    seed: int
    near: Answer | None
    engine: str
    key: str


_kept: dict[str, Batches] = {}


def made_elsewhere(order: StartsOrder, numbers: range, seconds: float | None) -> tuple[Done, float]:
    """Return the starts with these numbers, and the processor seconds of all that it took, in a worker."""
    began = time.process_time()
    batches = _kept.get(order.key)
    if batches is None:
        encoding = order.form.encode(order.problem)
        batches = Batches(order.problem, encoding, order.seed, order.near, order.engine)
        _kept.clear()
        _kept[order.key] = batches
    done = Done()
    batches.make(done, np.array(numbers), Wanted(len(numbers), len(numbers), Limits(seconds)))
    return done, time.process_time() - began


def spread_starts(
    batches: Batches, form: Formulation[Any], done: Done, wanted: Wanted, workers: Workers
) -> float:
    """Add to `done` the starts that are `wanted`, as `Batches.fill` does, from `workers`.

    `form` makes the encoding of the `batches`. Start number k is what it is in one process. The value is the
    workers' processor time in seconds. Raises `NumericalError` where starts end the process of each worker
    that tries them.
    """
    order = StartsOrder(batches.problem, form, batches.seed, batches.near, batches.engine, uuid4().hex)
    limits, (most, lot), cpu = wanted.limits, batches.room(1), 0.0
    first = FIRST if wanted.total is not None else 1
    parts = Parts(wanted.total, limits, workers, first=first, most=most, lot=lot)

    def given(numbers: range) -> tuple[StartsOrder, range, float | None]:
        return order, numbers, limits.left if limits.limited else None

    found: dict[int, Done] = {}
    ahead = 1 if limits.limited else 2  # what waits is late
    for numbers, future in workers.shared(made_elsewhere, parts, given, limits, ahead=ahead):
        part, took = result_of(future, f"starts {numbers.start} to {numbers.stop - 1}")
        found[numbers.start] = part
        cpu += took
        parts.count(len(part.starts), part.cpu_s)
        limits.tell(parts.ended, wanted.total)
    for first in sorted(found):
        done.add(found[first])
    done.cut = parts.begun - len(done.starts)
    return cpu
