"""`run_members`: runs of many members of any circuit, by a machine's own steps or an ensemble engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.engines.choice.engines import automatic
from analoghop.engines.choice.steppers import FORESEEN, SLOW, checked_name, stepper_of
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.fused.fused import Fused
from analoghop.engines.machines.members import Ends
from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Stepper
from analoghop.ensembles import EnsembleSolution, GivenStarts
from analoghop.limits import COMPILING, Limits
from analoghop.solution import Ran, Status
from analoghop.systems.base import System
from analoghop.systems.machine import Machine


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
    stop_after_solved: int | None = None,
    engine: str = "auto",
) -> Ends:
    """Return the `Ends` of the members of any circuit, which begin at `x0` (size, members).

    A machine steps by its own rule; any other circuit runs for `duration` seconds on the ensemble engine that
    `automatic` chooses, with exponential steps of `step` seconds if that is given. `index` are increasing
    numbers; each member depends on (`seed`, its number, `stream`) alone. `engine`: "auto", "fused", or
    "numpy". `stop_after_solved` is for machines.
    """
    if isinstance(system, Machine):
        stepper = stepper_of(system, engine=engine)
        return run(stepper, x0, seed, index, limits, stream=stream, stop_after_solved=stop_after_solved)
    chosen = _ensemble_of(system, duration, step, seed, engine)
    found = []
    # An ensemble counts its members from a first one: numbers with gaps are several ensembles.
    for places in np.split(np.arange(len(index)), np.flatnonzero(np.diff(index) != 1) + 1):
        starts = GivenStarts(x0[:, places], first=int(index[places[0]]))
        solution = chosen.integrate_many(system, starts, (0.0, duration), limits=limits)
        found.append(_ends_of(solution, len(places), duration))
    return found[0] if len(found) == 1 else _together(found)


def ready(
    system: System,
    x0: Array,
    limits: Limits | None = None,
    *,
    duration: float,
    step: float | None = None,
    engine: str = "auto",
) -> Ran:
    """Load and compile the code of `run_members`, so that timings of runs exclude it.

    `x0` (size, 1) is any start. If code has to be compiled, the estimated seconds are reported to `limits`
    first. Returns the engine that will run.
    """
    if isinstance(system, Machine):
        stepper = stepper_of(system, engine=engine)
        if stepper.compiled:
            if limits is not None and (seconds := stepper.compiling_s):
                limits.tell(0, seconds, COMPILING)
            _first_step(stepper, x0)
        return stepper.ran
    chosen = _ensemble_of(system, duration, step, 0, engine)
    if isinstance(chosen, Fused):
        chosen.integrate_many(system, GivenStarts(x0), (0.0, 1e-9 * duration))
    return Ran(type(chosen).__name__.lower(), isinstance(chosen, Fused), chosen.dtype)


def _first_step(stepper: Stepper, x0: Array) -> None:
    """Take a step outside of `run`, so that Ctrl-C ends compilation at once: nothing has been computed
    yet."""
    members = stepper.width if stepper.padded else 1
    block = stepper.load(np.repeat(x0[:, :1], members, axis=1), 0)
    noise = stepper.noise(0, np.arange(members), 0)
    with np.errstate(all="ignore"):
        stepper.advance(block, 0, 1, noise.take(0, 1))
        stepper.outputs(block, 1)


def seconds_to_load(system: System, engine: str = "auto") -> float:
    """Return about how many seconds it takes to compile the code of `run_members`; 0 if nothing is
    compiled."""
    return stepper_of(system, engine=engine).compiling_s if isinstance(system, Machine) else 0.0


def together(system: System, engine: str = "auto") -> int:
    """Return the number of members that together cost about as much as a single one."""
    return stepper_of(system, engine=engine).together if isinstance(system, Machine) else 1


def slowdown(system: System, engine: str = "auto") -> float:
    """Return about how many times longer a step of `system` takes than in compiled code, which has 1."""
    return SLOW if isinstance(system, Machine) and not stepper_of(system, engine=engine).compiled else 1.0


def _ensemble_of(
    system: System, duration: float, step: float | None, seed: int, engine: str
) -> Ensemble | Fused:
    """Return the engine for the members of a circuit that is not a machine, independent of their number."""
    checked_name(engine)
    if step is not None:
        return Ensemble(method="exponential", dt=step, noise_seed=seed)
    if engine == "auto":
        return automatic(system, FORESEEN, duration)
    return Fused() if engine == "fused" else Ensemble()


def _together(parts: Sequence[Ends]) -> Ends:
    """Return the `Ends` of several ensembles of one circuit as one."""
    names = ["outputs", "states", "failed", "solved", "stopped", "cut", "steps"]
    names += ["trace_states", "trace_outputs"]
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in names
    }
    return replace(
        parts[0],
        **joined,
        evaluations=sum(part.evaluations for part in parts),
        duration=sum(part.duration for part in parts),
        interrupted=any(part.interrupted for part in parts),
    )


def _ends_of(solution: EnsembleSolution, count: int, duration: float) -> Ends:
    """Return the `Ends` of the `count` members, in order, of an ensemble that ran for `duration` seconds."""
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
        ran=solution.ran,
        at=np.zeros(0, np.int64),
        trace_states=np.zeros((0, system.size, count)),
        trace_outputs=np.zeros((0, system.n_outputs, count)),
        extras={},
    )
