"""`anneal`: many starts of one encoding, each run to its end on the engine that fits the system."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.engines.assignment import run_assignment
from analoghop.engines.ensemble import Ensemble
from analoghop.engines.machines import run_machine
from analoghop.ensembles import GivenStarts
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Problem, Verdict
from analoghop.problems.result import FAILURE, Start
from analoghop.solution import Status
from analoghop.systems.assignment import Assignment
from analoghop.systems.machine import Machine

Index = NDArray[Any]


class Ends(NamedTuple):
    """How starts ended: amplifier outputs (n_outputs, members) and which failed.

    `evaluations` of the rate and `duration` (s of the circuit) are those of all starts together; `reheated`
    counts the starts that annealed again. `cut` says that a deadline cut all starts short.
    """

    outputs: Array
    failed: NDArray[np.bool_]
    evaluations: int
    duration: float
    reheated: int = 0
    cut: bool = False


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


@runtime_checkable
class Reheats(Protocol):
    """An encoding whose invalid end states may anneal on, in the circuit `again`, `reheats` times at most."""

    again: Assignment
    reheats: int


def anneal(
    encoding: Encoding,
    seed: int,
    index: Index,
    threads: int = 1,
    near: Answer | None = None,
    deadline: float | None = None,
) -> Ends:
    """Return how the starts numbered `index`, consecutive numbers, end.

    Machines and assignments run on their own engines, formulations with a step of their own with this step
    and their noise, others on an adaptive engine. A start is a function of (`seed`, its number) alone.
    Machines stop at `deadline` (of `time.monotonic`), wherever they are.
    """
    x0 = initial_states(encoding, seed, index, near)
    if isinstance(encoding.system, Machine):
        return _stepped(encoding.system, x0, seed, index, threads, deadline)
    if isinstance(encoding.system, Assignment):
        return _assigned(encoding, encoding.system, x0, seed, index, threads, near is not None)
    if encoding.step is None:
        engine = Ensemble(threads=threads)
    else:
        engine = Ensemble(method="exponential", dt=encoding.step, noise_seed=seed, threads=threads)
    starts = GivenStarts(x0, first=int(index[0]))
    run = engine.integrate_many(encoding.system, starts, (0.0, encoding.duration))
    if run.unfinished:
        raise KeyboardInterrupt
    failed = run.has(Status.FAILED) | ~np.isfinite(run.states).all(axis=0)
    return Ends(run.outputs, failed, int(run.evaluations.sum()), encoding.duration * len(index))


def prepare(encoding: Encoding) -> None:
    """Load and compile what `anneal` needs, so that measured times are those of the anneals."""
    system = encoding.system
    if isinstance(system, Assignment):
        run_assignment(replace(system, duration=system.step), np.zeros((system.size, 1)), 0, np.zeros(1))
    elif isinstance(system, Machine):
        index = np.zeros(1, dtype=np.int64)
        run_machine(system, encoding.start(0, index), 0, index, steps=1)


def _stepped(
    machine: Machine, x0: Array, seed: int, index: Index, threads: int, deadline: float | None
) -> Ends:
    """Return how the runs of a machine end, each with what it has come to."""
    run = run_machine(machine, x0, seed, index, threads=threads, deadline=deadline)
    over = run.solved | run.failed | (run.steps >= machine.steps)
    return Ends(run.outputs, run.failed, run.evaluations, run.evaluations * machine.step, cut=not over.any())


def _assigned(
    encoding: Encoding, system: Assignment, x0: Array, seed: int, index: Index, threads: int, near: bool
) -> Ends:
    """Return how anneals of an assignment end; what is then invalid is reheated."""
    again = encoding if isinstance(encoding, Reheats) else None
    # Hot as the first temperature is, it would forget the answer that it begins near.
    first = again.again if near and again is not None else system
    run = run_assignment(first, x0, seed, index, threads=threads)
    outputs, states, failed = run.outputs.copy(), run.states.copy(), run.failed.copy()
    evaluations, duration = run.evaluations, first.duration * len(index)
    reheated = np.zeros(len(index), dtype=bool)
    for stream in range(1, 1 + (0 if again is None else again.reheats)):
        invalid = np.array([raw.answer is None for raw in encoding.decode(outputs)]) & ~failed
        if again is None or not invalid.any():
            break
        some = run_assignment(
            again.again, states[:, invalid], seed, index[invalid], threads=threads, stream=stream
        )
        outputs[:, invalid], states[:, invalid], failed[invalid] = some.outputs, some.states, some.failed
        evaluations += some.evaluations
        duration += again.again.duration * int(invalid.sum())
        reheated |= invalid
    return Ends(outputs, failed, evaluations, duration, int(reheated.sum()))


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
