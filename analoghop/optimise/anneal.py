"""`anneal`: many starts of one encoding, each run to its end on the engine that fits the system."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Mask
from analoghop.engines.assignment import run_assignment
from analoghop.engines.choice import automatic
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.fused import Fused
from analoghop.engines.machines.run import run_machine
from analoghop.ensembles import GivenStarts
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.base import Answer, Encoding, Problem, Verdict
from analoghop.problems.result import FAILURE, Start
from analoghop.solution import Status
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.base import System
from analoghop.systems.machine import Machine

Index = NDArray[Any]
FORESEEN = 10
"""Starts for which an adaptive engine is chosen, however many there are: none depends on the others."""


class Ends(NamedTuple):
    """How starts ended: amplifier outputs (n_outputs, members) and which failed.

    `evaluations` of the rate and `duration` (s of the circuit) are those of all starts together; `reheated`
    counts the starts that annealed again. `cut` are those that a deadline or Ctrl-C kept from their end, None
    for none; `interrupted` says whether it was Ctrl-C. `stopped` counts those that did not come to
    their end either, but have an answer at any time.
    """

    outputs: Array
    failed: Mask
    evaluations: int
    duration: float
    reheated: int = 0
    cut: Mask | None = None
    interrupted: bool = False
    stopped: int = 0


@runtime_checkable
class StartsNear(Protocol):
    """An encoding whose circuit can begin near an answer."""

    def start_near(self, answer: Answer, seed: int, index: Index) -> Array:
        """Return the states (size, len(index)) near `answer` from which the trajectories begin."""


@runtime_checkable
class Warm(Protocol):
    """An encoding whose starts near an answer run in the circuit `warm`, so as not to forget it."""

    warm: Assignment


@runtime_checkable
class Reheats(Protocol):
    """An encoding whose invalid end states may anneal on, in the circuit `again`, `reheats` times at most."""

    again: Assignment
    reheats: int


def beginning(
    encoding: Encoding, seed: int, index: Index, near: Answer | None = None
) -> tuple[System, Array]:
    """Return the circuit and the states of the starts numbered `index`, near an answer where one is given.

    Raises `InputError` for an encoding that cannot begin near an answer.
    """
    if near is None:
        return encoding.system, encoding.start(seed, index)
    if not isinstance(encoding, StartsNear):
        raise InputError("this formulation cannot begin near an answer: leave out `start`")
    system = encoding.warm if isinstance(encoding, Warm) else encoding.system
    return system, encoding.start_near(near, seed, index)


def anneal(
    encoding: Encoding,
    seed: int,
    index: Index,
    threads: int = 1,
    near: Answer | None = None,
    deadline: float | None = None,
    enough: int | None = None,
) -> Ends:
    """Return how the starts numbered `index`, consecutive numbers, end.

    Machines and assignments run on their own engines, formulations with a step of their own with this step
    and their noise, others on the adaptive engine that fits. A start is a function of (`seed`, its number)
    alone; what has not ended at the `deadline` (of `time.monotonic`) is cut. Machines stop once `enough` are
    solved.
    """
    system, x0 = beginning(encoding, seed, index, near)
    if isinstance(system, Machine):
        return _stepped(system, x0, seed, index, threads, deadline, enough)
    if isinstance(system, Assignment):
        return _assigned(encoding, system, x0, seed, index, threads, deadline)
    left = None if deadline is None else max(deadline - time.monotonic(), 1e-3)
    engine, limits = _engine(encoding, system, seed), Limits(left, threads=threads)
    starts = GivenStarts(x0, first=int(index[0]))
    run = engine.integrate_many(system, starts, (0.0, encoding.duration), limits=limits)
    cut, failed = np.ones(len(index), dtype=bool), np.zeros(len(index), dtype=bool)
    outputs = np.zeros((system.n_outputs, len(index)))
    cut[run.place], outputs[:, run.place] = False, run.outputs
    failed[run.place] = run.has(Status.FAILED) | ~np.isfinite(run.states).all(axis=0)
    evaluations, duration = int(run.evaluations.sum()), encoding.duration * len(run)
    return Ends(outputs, failed, evaluations, duration, 0, cut, bool(run.record["interrupted"]))


def _engine(encoding: Encoding, system: System, seed: int) -> Ensemble | Fused:
    """Return the engine of a formulation's starts: the same for any number of them."""
    if encoding.step is not None:
        return Ensemble(method="exponential", dt=encoding.step, noise_seed=seed)
    return automatic(system, FORESEEN, encoding.duration)


def prepare(encoding: Encoding) -> None:
    """Load and compile what `anneal` needs, so that measured times are those of the anneals."""
    system = encoding.system
    if isinstance(system, Assignment):
        run_assignment(replace(system, duration=system.step), np.zeros((system.size, 1)), 0, np.zeros(1))
    elif isinstance(system, Machine):
        index = np.zeros(1, dtype=np.int64)
        run_machine(system, encoding.start(0, index), 0, index, steps=1)
    elif isinstance(engine := _engine(encoding, system, 0), Fused):
        starts = GivenStarts(encoding.start(0, np.zeros(1, dtype=np.int64)))
        engine.integrate_many(system, starts, (0.0, 1e-9 * encoding.duration))


def _stepped(
    machine: Machine,
    x0: Array,
    seed: int,
    index: Index,
    threads: int,
    deadline: float | None,
    enough: int | None,
) -> Ends:
    """Return how the runs of a machine end, each with what it has come to.

    A run that the deadline has cut short says nothing where only the end counts, or if it never began.
    """
    run = run_machine(machine, x0, seed, index, threads=threads, deadline=deadline, enough=enough)
    short = ~(run.solved | run.failed) & (run.steps < machine.steps)
    cut = short if not machine.has_test else short & (run.steps == 0)
    duration = run.evaluations * machine.step
    stopped = int((short & ~cut).sum())
    return Ends(run.outputs, run.failed, run.evaluations, duration, cut=cut, stopped=stopped)


def _assigned(
    encoding: Encoding,
    system: Assignment,
    x0: Array,
    seed: int,
    index: Index,
    threads: int,
    deadline: float | None,
) -> Ends:
    """Return how anneals of an assignment end; what is then invalid is reheated."""
    again = encoding if isinstance(encoding, Reheats) else None
    run = run_assignment(system, x0, seed, index, threads=threads, deadline=deadline)
    outputs, states = run.outputs.copy(), run.states.copy()
    failed, cut, interrupted = run.failed.copy(), run.cut.copy(), run.interrupted
    evaluations, duration = run.evaluations, system.duration * int((~cut).sum())
    reheated = np.zeros(len(index), dtype=bool)
    for stream in range(1, 1 + (0 if again is None else again.reheats)):
        invalid = np.array([raw.answer is None for raw in encoding.decode(outputs)]) & ~failed & ~cut
        if again is None or not invalid.any():
            break
        run = run_assignment(
            again.again, states[:, invalid], seed, index[invalid], "float32", threads, stream, deadline
        )
        outputs[:, invalid], states[:, invalid] = run.outputs, run.states
        failed[invalid], cut[invalid], interrupted = run.failed, run.cut, interrupted or run.interrupted
        evaluations += run.evaluations
        duration += again.again.duration * int((~run.cut).sum())
        reheated |= invalid
    return Ends(outputs, failed, evaluations, duration, int((reheated & ~cut).sum()), cut, interrupted)


def judged(problem: Problem, encoding: Encoding, ends: Ends) -> list[Start]:
    """Return the verdict on every end state, decoded without repair, without those that were cut.

    A failed start is invalid.
    """
    ended = np.ones(len(ends.failed), dtype=bool) if ends.cut is None else ~ends.cut
    failed = ends.failed[ended]
    readings = encoding.decode(np.where(failed, 0.0, ends.outputs[:, ended]))
    return [
        Start(Verdict(False, None, {FAILURE: 1})) if bad else _start(problem, raw.answer, raw.violations)
        for raw, bad in zip(readings, failed.tolist(), strict=True)
    ]


def _start(problem: Problem, answer: Answer | None, violations: Any) -> Start:
    if answer is None:
        return Start(Verdict(False, None, dict(violations)))
    return Start(problem.verify(answer), answer)
