"""`correction`: how the wrong bits of cues disappear, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.engines import Ensemble
from analoghop.engines.machines.members import Ends
from analoghop.errors import InputError, NumericalError
from analoghop.limits import Limits
from analoghop.memory.cues import Cues
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.models import Continuous, Discrete, Model, progress_of
from analoghop.simulate_many import simulate_many
from analoghop.solution import Ran

Way = tuple[Array, Array, Integers, Ran]
"""Steps (k,), signs (k, n, members) of the finished cues, their indices, and the engine."""


@dataclass(frozen=True, eq=False)
class Correction:
    """The course of recalls.

    `steps` (k,): seconds of a circuit, sweeps of a discrete model, from 0. `hamming` (k, members): number of
    bits that differ from the wanted pattern, for the finished cues. `signs` (k, n): the signs of the first
    finished cue. `ran` is the engine.
    """

    steps: Array
    hamming: Array
    signs: Array
    continuous: bool
    ran: Ran


def correction(
    model: Model,
    cues: Cues,
    *,
    seed: int = 0,
    duration: float | None = None,
    points: int = 61,
    limits: Limits | None = None,
) -> Correction:
    """Return the numbers of wrong bits step by step while `model` recalls `cues`.

    A circuit is recorded at `points` times, evenly over `duration` seconds (None: 15 time constants); a
    discrete model after every sweep until all cues have come to rest, with random numbers of `seed`. Cues
    that did not finish within the `limits` are left out. Raises `InputError` for fewer than 3 points; if no
    cue finished, `KeyboardInterrupt` after Ctrl-C, else `NumericalError`.
    """
    limits = progress_of(limits or Limits(), 0, cues.members)
    steps, signs, finished, ran = (
        _of_circuit(model, cues, duration, points, limits)
        if isinstance(model, Continuous)
        else _of_sweeps(model, cues, seed, limits)
    )
    if not len(finished):
        if limits.interrupted:
            raise KeyboardInterrupt
        raise NumericalError("no cue finished in time: raise the time limit")
    wanted = model.memory.patterns[cues.wanted[finished]].T
    hamming = (signs != wanted).sum(axis=1).astype(np.float64)
    return Correction(steps, hamming, signs[:, :, 0], isinstance(model, Continuous), ran)


def _of_circuit(model: Continuous, cues: Cues, duration: float | None, points: int, limits: Limits) -> Way:
    if points < 3:
        raise InputError(f"`points` is {points}, expected 3 or more")
    circuit = model.circuit
    run = simulate_many(
        circuit.system,
        x0=circuit.begin(cues.values),
        tstop=15.0 * circuit.tau if duration is None else duration,
        traces=points,
        engine=Ensemble() if model.engine == "auto" else model.engine,
        settle=False,
        limits=limits,
    )
    assert run.traces is not None, "the run records traces"
    assert run.trace_times is not None, "traces have their times"
    signs = np.sign(run.traces[:, :, : model.memory.size]).transpose(1, 2, 0)
    return run.trace_times, signs, run.place, run.ran


def _of_sweeps(model: Discrete, cues: Cues, seed: int, limits: Limits) -> Way:
    def swept(limits: Limits, at: range) -> Ends:
        inner, plan = model.interaction, model.plan
        return discrete_run(inner, cues.values, plan, seed=seed, limits=limits, engine=model.engine, at=at)

    last = model.plan.longest
    if not model.plan.stochastic:  # first the number of sweeps, so that few states are stored
        last = int(swept(limits.until(np.inf), range(0)).steps.max())
    run = swept(limits, range(last + 1))
    places = np.flatnonzero(run.finished)
    return np.arange(last + 1, dtype=np.float64), run.trace[:, :, places], places, run.ran
