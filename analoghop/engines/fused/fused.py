"""`Fused`: many trajectories at once in compiled code."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.engines.base import EnsembleEngine, Stop, checked_times, corners
from analoghop.engines.compiler import numba_installed
from analoghop.engines.ensemble.backend import Precision
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.ensemble.stability import stability
from analoghop.engines.fused.equations.lower import lower
from analoghop.engines.fused.equations.tables import FusedTables
from analoghop.engines.running.ending import ended, settings
from analoghop.engines.running.pool import Pool
from analoghop.engines.running.traces import Traces
from analoghop.engines.tableaux import PERIOD
from analoghop.ensembles.solution import EnsembleSolution
from analoghop.ensembles.starts import Starts
from analoghop.errors import InputError, MissingProgram
from analoghop.limits import Limits
from analoghop.solution import Solution
from analoghop.systems.base import System

if TYPE_CHECKING:
    from analoghop.engines.fused.worker import WorkerPlan


@dataclass(frozen=True)
class Fused(EnsembleEngine):
    """An engine for many trajectories of circuits that its kernels know, each with its own time and step.

    It knows a `Network` without noise, schedules and moving inputs, whose amplifiers are tanh, logistic,
    softmax, linear, clipped or rectified, with any coupling that is stored, or a sum of Kronecker products on
    a grid as the salesman's (see `grid_form`). The method is Dormand & Prince (1980), 5(4), as of `Ensemble`.
    A trajectory's result depends neither on the tile nor on the threads nor on its neighbours, to the bit.

    `rtol`; `atol` in units of the amplifiers' input scale; `max_step` in seconds; `max_steps` of one
    trajectory, tried and accepted.
    `settle`: a trajectory ends when it has settled (see `Rest`; the test is made at every step), `settle_tol`
    is the tolerance of that test, by default `rtol`. `stop` is looked at every `check_every` steps of a
    trajectory and at its end.
    `tile`: trajectories that a thread advances together; None for what the cache holds.
    `dtype`: "float64", or "float32" for final states (down to an `rtol` of 1e-5).
    `trace_limit`: bytes that waveforms may take; steps end at their times.

    The first run of a new installation compiles the kernels, 10 s for each precision; later ones find them on
    disk. Memory: as `Ensemble`, and 13 arrays of a tile for each thread.
    Raises `InputError` for a number out of range; `integrate_many` raises `MissingProgram` without numba.
    """

    compiled: ClassVar[bool] = True

    rtol: float = 1e-4
    atol: float = 1e-4
    max_step: float = math.inf
    max_steps: int = 1_000_000
    settle: bool = False
    settle_tol: float | None = None
    check_every: int = 4
    tile: int | None = None
    dtype: Precision = "float64"
    trace_limit: float = 2.0**30

    def __post_init__(self) -> None:
        self._as_ensemble()  # the options mean what they mean there, and are checked there

    def _as_ensemble(self) -> Ensemble:
        return Ensemble(**{f.name: getattr(self, f.name) for f in fields(self)})

    def integrate_many(
        self,
        system: System,
        starts: Starts,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> EnsembleSolution:
        """Integrate many trajectories; the contract is that of `EnsembleEngine`.

        Raises `InputError` for a system that the kernels do not know, and for one with noise.
        """
        wall, cpu = time.perf_counter(), time.process_time()
        grid = checked_times(times)
        if starts.size != system.size:
            raise InputError(f"`x0` has {starts.size} rows, expected {system.size} states")
        if system.noise is not None:
            raise InputError("Fused integrates without noise: use Ensemble(method='exponential')")
        lowered = lower(system)
        if lowered is None:
            kind = type(system).__name__
            raise InputError(f"the kernels of Fused do not know this {kind}: use the engine Ensemble")
        traces = None
        if len(grid) > 2:
            traces = Traces(grid, starts.count, system.size, self.trace_limit)
        if not numba_installed():
            raise MissingProgram("the engine Fused needs numba: install analoghop[fast], or use Ensemble")
        limits = limits or Limits()
        pool, threads = Pool(starts, self.dtype, limits), min(limits.threads, starts.count)
        with limits.heed():
            from analoghop.engines.fused.worker import KernelWorker  # numba takes half a second to load

            plan = self._plan(system, lowered, grid, stop, traces, -(-starts.count // threads))
            limits.spread(lambda _: KernelWorker(plan, pool).work(), range(threads))
        record = settings(self, self.dtype, limits.interrupted)
        return ended(system, starts, pool, traces, (cpu, wall), record)

    def integrate(
        self,
        system: System,
        x0: ArrayLike,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> Solution:
        """Integrate one trajectory by the engine `Ensemble`: lanes of one are no faster."""
        return self._as_ensemble().integrate(system, x0, times, stop, limits)

    def _plan(
        self,
        system: System,
        lowered: FusedTables,
        grid: Array,
        stop: Stop | None,
        traces: Traces | None,
        members: int,
    ) -> WorkerPlan:
        from analoghop.engines.fused.buffers import prepared, shape
        from analoghop.engines.fused.slots import TileControl
        from analoghop.engines.fused.worker import WorkerPlan

        tolerance = self.settle_tol or self.rtol
        tables = prepared(lowered.tables, self.dtype, tolerance)
        edges = np.union1d(corners(system, float(grid[0]), float(grid[-1])), grid)
        marks = np.full(len(edges), -1)
        if traces is not None:
            marks[np.searchsorted(edges, grid)] = np.arange(len(grid))
        control = TileControl(
            rtol=self.rtol,
            atol=self.atol,
            max_step=self.max_step,
            unit=lowered.unit,
            edges=edges,
            stops=len(edges),
            marks=marks.astype(np.int64),
            together=stop is not None,
            settle=self.settle,
            period=PERIOD if self.settle else 0,
            quiet=float(system.quiet_after()),
            most=self.max_steps,
        )
        blocks, width = shape(lowered.tables, self.dtype, members, self.tile)
        shortest = float(system.time_constants.min())
        stable = stability(system, tolerance)
        return WorkerPlan(
            system, lowered, tables, control, blocks, width, stable, shortest, stop, self.check_every, traces
        )
