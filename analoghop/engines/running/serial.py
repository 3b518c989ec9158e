"""An ensemble integrated one trajectory after the other, for engines of single trajectories."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers
from analoghop.engines.base import Engine, EnsembleEngine, Stop, checked_times
from analoghop.engines.running.ending import ended
from analoghop.engines.running.pool import CODES, Finished, Pool
from analoghop.engines.running.traces import Traces, waveforms
from analoghop.ensembles.solution import EnsembleSolution
from analoghop.ensembles.starts import Starts
from analoghop.limits import Limits
from analoghop.solution import Solution, Status
from analoghop.systems.base import System


def integrate_members(
    engine: Engine, system: System, starts: Starts, times: ArrayLike, stop: Stop | None, limits: Limits
) -> EnsembleSolution:
    """Integrate every start with `engine`: together where it can, else one after the other."""
    if isinstance(engine, EnsembleEngine):
        return engine.integrate_many(system, starts, times, stop, limits)
    return integrate_serially(engine, system, starts, times, stop, limits)


def integrate_serially(
    engine: Engine,
    system: System,
    starts: Starts,
    times: ArrayLike,
    stop: Stop | None,
    limits: Limits,
    trace_limit: float = 2.0**30,
) -> EnsembleSolution:
    """Integrate every start with `engine`; the contract is that of `EnsembleEngine.integrate_many`."""
    grid = checked_times(times)
    pool, record = Pool(system, starts, "float64", limits), dict[str, object](engine=type(engine).__name__)
    traces = waveforms(grid, starts.count, system.size, trace_limit)
    with limits.heed():
        while pool.left and not pool.over:
            places, x0 = pool.take(1)
            run = engine.integrate(system.alone(int(places[0])), x0, grid, stop, limits.alone())
            record = dict(run.record)
            if run.status is Status.TIME_LIMIT:
                break
            if traces is not None:
                _store(traces, places, run)
            pool.hand_in(_finished(places, run))
    return ended(pool, traces, {**record, "interrupted": limits.interrupted})


def _finished(places: Integers, run: Solution) -> Finished:
    since = np.nan if run.settled_at is None else run.settled_at
    return Finished(
        places,
        run.states[:, -1:],
        run.times[-1:],
        np.array([CODES[run.status]]),
        np.array([since]),
        np.array([run.counts.steps]),
        np.array([0]),
        np.array([run.counts.evaluations]),
    )


def _store(traces: Traces, places: Integers, run: Solution) -> None:
    kept: Array = run.times[np.isin(run.times, traces.times)]
    for column in np.flatnonzero(np.isin(run.times, kept)):
        traces.store(places, run.states[:, [column]])
    traces.finish(places, run.states[:, -1:])
