"""`run_members`: how the members of any circuit run, machines by their steps and others by an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array, Indices, Integers
from analoghop.engines.choice import FORESEEN, SLOW, automatic, checked_name, stepper_of
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.fused import Fused
from analoghop.engines.machines.members import Ends
from analoghop.engines.machines.run import run
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.ensembles import EnsembleSolution, GivenStarts
from analoghop.limits import COMPILING, Limits
from analoghop.solution import Ran, Status
from analoghop.systems.base import System
from analoghop.systems.machine import Machine

EARLIEST = 1e-5
"""Of the duration: the first time that is recorded."""
FINE, HELD = 10, 20_000_000
"""Times from which each recorded one is chosen; numbers that are kept for it at most."""


def run_members(
    system: System,
    x0: Array,
    seed: int,
    index: Integers,
    limits: Limits | None = None,
    *,
    duration: float,
    step: float | None = None,
    stream: int = 0,
    steps: int | None = None,
    stop_after_solved: int | None = None,
    at: Sequence[int] = (),
    engine: str = "auto",
) -> Ends:
    """Return how the members of any circuit that begin at `x0` (size, members) end.

    A machine steps by its own rule, any other circuit runs for `duration` seconds on the ensemble engine that
    fits, with exponential steps of `step` where that is given. `index` are consecutive numbers; each member
    depends on (`seed`, its number, `stream`) alone. `engine`: "auto", "fused", or "numpy". `steps`,
    `stop_after_solved` and `at` are for machines.
    """
    if isinstance(system, Machine):
        return run(
            stepper_of(system, engine=engine),
            x0,
            seed,
            index,
            limits,
            stream=stream,
            steps=steps,
            stop_after_solved=stop_after_solved,
            at=at,
        )
    chosen = _ensemble_of(system, duration, step, seed, engine)
    starts = GivenStarts(x0, first=int(index[0]))
    solution = chosen.integrate_many(system, starts, (0.0, duration), limits=limits)
    return ends_of(solution, x0.shape[1], duration)


def ready(
    system: System,
    x0: Array,
    limits: Limits | None = None,
    *,
    duration: float,
    step: float | None = None,
    engine: str = "auto",
) -> Ran:
    """Load and compile what `run_members` needs, so that measured times are those of the runs.

    `x0` (size, 1) is any start. What has to be compiled is told to `limits` first, with the seconds that it
    takes, about. Returns what will run.
    """
    index = np.zeros(1, dtype=np.int64)
    if isinstance(system, Machine):
        stepper = stepper_of(system, engine=engine)
        if stepper.compiled:
            if limits is not None and (seconds := stepper.compiling_s):
                limits.tell(0, seconds, COMPILING)
            run(stepper, x0, 0, index, steps=1)
        return stepper.ran
    chosen = _ensemble_of(system, duration, step, 0, engine)
    if isinstance(chosen, Fused):
        chosen.integrate_many(system, GivenStarts(x0), (0.0, 1e-9 * duration))
    return Ran(type(chosen).__name__.lower(), isinstance(chosen, Fused), chosen.dtype)


def together(system: System, engine: str = "auto") -> int:
    """Return how many members cost about as much as one of them."""
    return stepper_of(system, engine=engine).together if isinstance(system, Machine) else 1


def pace(system: System, engine: str = "auto") -> float:
    """Return how many times longer the steps of `system` take than compiled ones, about: 1 for these."""
    return SLOW if isinstance(system, Machine) and not stepper_of(system, engine=engine).compiled else 1.0


def _ensemble_of(
    system: System, duration: float, step: float | None, seed: int, engine: str
) -> Ensemble | Fused:
    """Return the engine of the members of a circuit that is no machine: the same for any number of them."""
    checked_name(engine)
    if step is not None:
        return Ensemble(method="exponential", dt=step, noise_seed=seed)
    if engine == "auto":
        return automatic(system, FORESEEN, duration)
    return Fused() if engine == "fused" else Ensemble()


def ends_of(solution: EnsembleSolution, count: int, duration: float) -> Ends:
    """Return the ends of `count` members of an ensemble that ran for `duration` seconds, in their order."""
    system = solution.system
    outputs, states = np.zeros((system.n_outputs, count)), np.zeros((system.size, count))
    failed, cut, steps = np.zeros(count, bool), np.ones(count, bool), np.zeros(count, np.int64)
    place = solution.place
    outputs[:, place], states[:, place] = solution.outputs, solution.states
    cut[place], steps[place] = False, solution.steps
    failed[place] = solution.has(Status.FAILED) | ~np.isfinite(solution.states).all(axis=0)
    nothing = np.zeros(count, dtype=bool)
    return Ends(
        outputs=outputs,
        states=states,
        failed=failed,
        solved=nothing,
        stopped=nothing,
        cut=cut,
        steps=steps,
        evaluations=int(solution.evaluations.sum()),
        duration=duration * len(solution),
        interrupted=bool(solution.record["interrupted"]),
        ran=solution.ran or Ran(type(solution).__name__),
        at=np.zeros(0, np.int64),
        trace_states=np.zeros((0, system.size, count)),
        trace_outputs=np.zeros((0, system.n_outputs, count)),
        extras={},
    )


class Recorded(NamedTuple):
    """One member's course: `times` (k,) in seconds, `states` (size, k), `outputs` (n_outputs, k)."""

    times: Array
    states: Array
    outputs: Array


def recorded(
    system: System,
    x0: Array,
    seed: int,
    number: int,
    points: int,
    limits: Limits | None = None,
    *,
    duration: float,
    step: float | None = None,
    stream: int = 0,
    engine: str = "auto",
) -> Recorded:
    """Return what member `number` does from `x0` (size, 1), at `points` times until it ends.

    The course of a machine is that of `run_members`, in the same arithmetic. Any other circuit without noise
    and `step` is recorded where its outputs change, by SciPy.
    """
    index = np.array([number])
    limits = (limits or Limits()).alone()
    if isinstance(system, Machine):
        stepper = stepper_of(system, engine=engine)
        last = max(1, int(run(stepper, x0, seed, index, limits, stream=stream).steps[0]))
        at = np.unique(np.linspace(0, last, min(points, last + 1)).astype(int))
        ends = run(stepper, x0, seed, index, stream=stream, steps=last, at=at.tolist())
        return Recorded(at * system.step, ends.trace_states[:, :, 0].T, ends.trace_outputs[:, :, 0].T)
    if system.noise is None and step is None:
        fine = max(points, min(FINE * points, HELD // system.size))
        single = ScipyIVP().integrate(system, x0[:, 0], _times(duration, fine), limits=limits)
        outputs = system.outputs(single.times, single.states)
        chosen = _telling(single.times, outputs, points)
        return Recorded(single.times[chosen], single.states[:, chosen], outputs[:, chosen])
    stepping = Ensemble(method="exponential", dt=step, noise_seed=seed)
    times = np.linspace(0.0, duration, points)
    many = stepping.integrate_many(system, GivenStarts(x0, first=number), times, limits=limits)
    assert many.trace_times is not None, "a grid of times was asked for"
    assert many.traces is not None, "a grid of times was asked for"
    states = many.traces[0].T
    return Recorded(many.trace_times, states, system.outputs(many.trace_times, states))


def _times(duration: float, points: int) -> Array:
    """Return `points` times from 0 to `duration`, half of them even and half in even ratios.

    Amplifiers that saturate decide in a small part of the time that they are given.
    """
    early = points // 2
    even = np.linspace(0.0, duration, points - early)
    return np.union1d(even, np.geomspace(EARLIEST * duration, duration, early + 1)[:-1])


def _telling(times: Array, V: Array, points: int) -> Indices:
    """Return `points` indices of `times` between which time and the change of V grow by equal amounts."""
    path = np.concatenate([[0.0], np.cumsum(np.sqrt(np.sum(np.diff(V) ** 2, axis=0)))])
    share = times / times[-1] + (path / path[-1] if path[-1] > 0 else 0.0)
    chosen = np.unique(np.searchsorted(share, np.linspace(0.0, share[-1], points)))
    spare = np.setdiff1d(np.arange(len(times)), chosen)
    return np.union1d(chosen, spare[np.linspace(0, len(spare) - 1, points - len(chosen)).astype(int)])
