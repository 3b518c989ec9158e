"""`anneal`: many starts of one encoding, each run to its end on the engine that fits the system."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.engines.ensemble import Ensemble
from analoghop.ensembles import GivenStarts
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Problem, Verdict
from analoghop.problems.result import FAILURE, Start
from analoghop.solution import Status

Index = NDArray[Any]


class Ends(NamedTuple):
    """How starts ended: amplifier outputs (n_outputs, members), which failed, evaluations of the rate."""

    outputs: Array
    failed: NDArray[np.bool_]
    evaluations: int


@runtime_checkable
class StartsNear(Protocol):
    """An encoding whose circuit can begin near an answer."""

    def start_near(self, answer: Answer, seed: int, index: Index) -> Array:
        """Return the states (size, len(index)) near `answer` from which the trajectories begin."""


def initial_states(encoding: Encoding, seed: int, index: Index, near: Answer | None = None) -> Array:
    """Return the states of the starts numbered `index`, near an answer where one is given.

    Raises `InputError` for an encoding that cannot begin near an answer.
    """
    if near is None:
        return encoding.start(seed, index)
    if not isinstance(encoding, StartsNear):
        raise InputError("this formulation cannot begin near an answer: leave out `start`")
    return encoding.start_near(near, seed, index)


def anneal(encoding: Encoding, seed: int, index: Index, threads: int = 1, near: Answer | None = None) -> Ends:
    """Return how the starts numbered `index`, consecutive numbers, end.

    Formulations with a step of their own, and noise, run with it; others on an adaptive engine.
    """
    x0 = initial_states(encoding, seed, index, near)
    if encoding.step is None:
        engine = Ensemble(threads=threads)
    else:
        engine = Ensemble(method="exponential", dt=encoding.step, noise_seed=seed, threads=threads)
    run = engine.integrate_many(
        encoding.system, GivenStarts(x0, first=int(index[0])), (0.0, encoding.duration)
    )
    failed = run.has(Status.FAILED) | ~np.isfinite(run.states).all(axis=0)
    return Ends(run.outputs, failed, int(run.evaluations.sum()))


def judged(problem: Problem, encoding: Encoding, ends: Ends) -> list[Start]:
    """Return the verdict on every end state, decoded without repair; a failed start is invalid."""
    readings = encoding.decode(np.where(ends.failed, 0.0, ends.outputs))
    return [
        Start(Verdict(False, None, {FAILURE: 1})) if failed else _start(problem, raw.answer, raw.violations)
        for raw, failed in zip(readings, ends.failed.tolist(), strict=True)
    ]


def _start(problem: Problem, answer: Answer | None, violations: Any) -> Start:
    if answer is None:
        return Start(Verdict(False, None, dict(violations)))
    return Start(problem.verify(answer), answer)
