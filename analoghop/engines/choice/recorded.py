"""`recorded`: the recorded trajectory of one member of any circuit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.engines.choice.steppers import stepper_of
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.machines.run import run
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.ensembles import GivenStarts
from analoghop.limits import Limits
from analoghop.systems.base import System
from analoghop.systems.machine import Machine

EARLIEST = 1e-5
"""The first recorded time, as a fraction of the duration."""
FINE, HELD = 10, 20_000_000
"""Candidate times per recorded time; largest number of stored values for them."""


class Recorded(NamedTuple):
    """The trajectory of one member: `times` (k,) in seconds, `states` (size, k), `outputs` (n_outputs, k)."""

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
    """Return the trajectory of member `number` from `x0` (size, 1), at `points` times until it ends.

    The trajectory of a machine is that of `run_members`, in the same arithmetic. Any other circuit without
    noise and without `step` is integrated by SciPy, with more points where its outputs change.
    """
    index = np.array([number])
    limits = (limits or Limits()).alone()
    if isinstance(system, Machine):
        stepper = stepper_of(system, engine=engine)
        last = max(1, int(run(stepper, x0, seed, index, limits, stream=stream).steps[0]))
        at = np.unique(np.linspace(0, last, min(points, last + 1)).astype(int))
        # Without a deadline: the second run repeats the first, which ended in time.
        again = limits.further(np.inf)
        ends = run(stepper, x0, seed, index, again, stream=stream, steps=last, at=at.tolist())
        if again.interrupted:
            raise KeyboardInterrupt
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
    assert many.trace_times is not None, "the run records a grid of times"
    assert many.traces is not None, "the run records a grid of times"
    states = many.traces[0].T
    return Recorded(many.trace_times, states, system.outputs(many.trace_times, states))


def _times(duration: float, points: int) -> Array:
    """Return `points` times from 0 to `duration`, half of them equally and half geometrically spaced.

    Saturating amplifiers reach their rails in a small part of the duration.
    """
    early = points // 2
    even = np.linspace(0.0, duration, points - early)
    return np.union1d(even, np.geomspace(EARLIEST * duration, duration, early + 1)[:-1])


def _telling(times: Array, V: Array, points: int) -> Indices:
    """Return `points` indices of `times` at equal increments of time plus change of V."""
    path = np.concatenate([[0.0], np.cumsum(np.sqrt(np.sum(np.diff(V) ** 2, axis=0)))])
    share = times / times[-1] + (path / path[-1] if path[-1] > 0 else 0.0)
    chosen = np.unique(np.searchsorted(share, np.linspace(0.0, share[-1], points)))
    spare = np.setdiff1d(np.arange(len(times)), chosen)
    return np.union1d(chosen, spare[np.linspace(0, len(spare) - 1, points - len(chosen)).astype(int)])
