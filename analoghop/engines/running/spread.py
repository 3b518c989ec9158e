"""An ensemble whose trajectories are shared by worker processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.base import Engine, Stop, checked_times
from analoghop.engines.running.ending import ended
from analoghop.engines.running.pool import Finished, Pool
from analoghop.engines.running.serial import integrate_members
from analoghop.ensembles.solution import EnsembleSolution
from analoghop.ensembles.starts import Starts
from analoghop.limits import Limits
from analoghop.systems.base import System
from analoghop.workers import Parts, Workers, result_of

_FIRST, _MOST = 64, 16_384  # trajectories of the first parts, and of the largest
_AHEAD = 2


@dataclass(frozen=True, eq=False)
class StartsPart(Starts):
    """The `count` starts of `whole` from the one with index `begin` on."""

    whole: Starts
    begin: int
    count: int
    size: int = field(init=False)
    first: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", self.whole.size)
        object.__setattr__(self, "first", self.whole.first + self.begin)

    def block(self, begin: int, count: int) -> Array:
        """Return the starts of `count` trajectories of the whole."""
        return self.whole.block(self.begin + begin, count)


@dataclass(frozen=True)
class _Task:
    """What a worker integrates: all trajectories of `system` from `starts`."""

    engine: Engine
    system: System
    starts: Starts
    times: Array
    stop: Stop | None


def integrated_elsewhere(task: _Task, seconds: float | None) -> tuple[Finished, Mapping[str, object], float]:
    """Return the members of a task that have ended, the record of the run, and its processor seconds."""
    run = integrate_members(task.engine, task.system, task.starts, task.times, task.stop, Limits(seconds))
    done = Finished(
        run.place, run.states, run.times, run.codes, run.settled_at, run.steps, run.rejected, run.evaluations
    )
    return done, run.record, run.cpu_s


def integrate_spread(
    engine: Engine,
    system: System,
    starts: Starts,
    times: Array,
    stop: Stop | None,
    limits: Limits,
    workers: Workers,
) -> EnsembleSolution:
    """Integrate every start with `engine`, in `workers`; without waveforms.

    A trajectory is what it is in one process, up to rounding. Raises `NumericalError` where trajectories end
    the process of each worker that tries them, and whatever the engine raises.
    """
    grid = checked_times(times)[[0, -1]]
    pool = Pool(system, starts, getattr(engine, "dtype", "float64"), limits)
    parts = Parts(starts.count, limits, workers, first=_FIRST, most=_MOST)
    record: Mapping[str, object] = {"engine": type(engine).__name__}
    cpu_s = 0.0

    def given(numbers: range) -> tuple[_Task, float | None]:
        part = StartsPart(starts, numbers.start, len(numbers))
        task = _Task(engine, system.of(np.array(numbers)), part, grid, stop)
        return task, limits.left if limits.limited else None

    with limits.heed():
        for numbers, future in workers.shared(integrated_elsewhere, parts, given, limits, ahead=_AHEAD):
            done, record, took = result_of(future, f"trajectories {numbers.start} to {numbers.stop - 1}")
            pool.hand_in(done._replace(places=done.places + numbers.start))
            parts.count(len(done.places), took)
            cpu_s += took
    run = ended(pool, None, {**record, "workers": workers.count, "interrupted": limits.interrupted})
    return replace(run, cpu_s=run.cpu_s + cpu_s)
