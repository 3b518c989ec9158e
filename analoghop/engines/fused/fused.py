"""`Fused`: the engine for many trajectories at once in compiled code."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.engines.base import Stop, checked_times, corners
from analoghop.engines.compiler import numba_installed
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.ensemble.stability import settled
from analoghop.engines.fused.equations.lower import lower
from analoghop.engines.fused.equations.tables import FusedTables
from analoghop.engines.running.ending import ended, settings
from analoghop.engines.running.pool import Pool
from analoghop.engines.running.tiled import TiledEngine
from analoghop.engines.running.traces import Traces, waveforms
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
class Fused(TiledEngine):
    """An engine for many trajectories of circuits that its kernels support, each with its own time and step.

    They support a `Network` without noise, with schedules and moving inputs, whose amplifiers are tanh,
    logistic, softmax, linear, clipped or rectified, and whose coupling is stored, or is a sum of Kronecker
    products on a grid as the salesman's (see `grid_form`); and families of such networks. The method is
    Dormand & Prince (1980), 5(4), as in `Ensemble`. The result of a trajectory is independent of the tile, of
    the threads and of its neighbours, bit for bit.

    The options are those of `TiledEngine`; whether a trajectory has settled is tested at every step, and
    steps end at the times of waveforms.

    The first run of a new installation compiles the kernels, 10 s for each precision; later runs load them
    from disk. Memory: as `Ensemble`, plus 13 arrays of a tile for each thread. Raises `InputError` for a
    number out of range; `integrate_many` raises `MissingProgram` without numba.
    """

    compiled: ClassVar[bool] = True

    def integrate_many(
        self,
        system: System,
        starts: Starts,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> EnsembleSolution:
        """Integrate many trajectories; the contract is that of `EnsembleEngine`.

        Raises `InputError` for a system that the kernels do not support, and for one with noise.
        """
        grid, limits = checked_times(times), limits or Limits()
        pool, threads = Pool(system, starts, self.dtype, limits), min(limits.threads, starts.count)
        if system.noise is not None:
            raise InputError("Fused integrates without noise: use Ensemble(method='exponential')")
        lowered = lower(system)
        if lowered is None:
            kind = type(system).__name__
            raise InputError(f"the kernels of Fused do not support a {kind}: use the engine Ensemble")
        traces = waveforms(grid, starts.count, system.size, self.trace_limit)
        if not numba_installed():
            raise MissingProgram("the engine Fused needs numba: install analoghop[fast], or use Ensemble")
        with limits.heed():
            from analoghop.engines.fused.worker import KernelWorker  # numba takes half a second to load

            plan = self._plan(system, lowered, grid, stop, traces, -(-starts.count // threads))
            limits.run_in_threads(lambda _: KernelWorker(plan, pool).work(), range(threads))
        return ended(pool, traces, settings(self, limits.interrupted))

    def integrate(
        self,
        system: System,
        x0: ArrayLike,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> Solution:
        """Integrate one trajectory by the engine `Ensemble`: compiled code is not faster for one."""
        ensemble = Ensemble(**{f.name: getattr(self, f.name) for f in fields(self)})
        return ensemble.integrate(system, x0, times, stop, limits)

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

        tolerance = self.tolerance
        tables = prepared(lowered.tables, self.dtype, tolerance)
        edges = np.union1d(corners(system, float(grid[0]), float(grid[-1])), grid)
        marks = np.full(len(edges), -1)
        if traces is not None:
            marks[np.searchsorted(edges, grid)] = np.arange(len(grid))
        control = TileControl(
            rtol=self.rtol,
            atol=self.absolute,
            max_step=self.max_step,
            unit=lowered.unit,
            edges=edges,
            stops=len(edges),
            marks=marks.astype(np.int64),
            start_together=stop is not None,
            settle=self.settle,
            period=PERIOD if self.settle else 0,
            quiet=float(system.quiet_after()),
            most=self.max_steps,
        )
        blocks, width = shape(lowered.tables, self.dtype, members, self.tile)
        shortest = float(system.time_constants.min())
        stable = settled(system, tolerance)
        return WorkerPlan(
            system, lowered, tables, control, blocks, width, stable, shortest, stop, self.check_every, traces,
            tolerance,
        )  # fmt: skip
