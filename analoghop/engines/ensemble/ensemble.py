"""`Ensemble`: the engine for many trajectories at once, each with its own step, on NumPy or PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_positive
from analoghop.engines.base import Stop, checked_times, corners, single_state
from analoghop.engines.ensemble.adaptive_tile import AdaptiveTile, StepControl
from analoghop.engines.ensemble.backend import Backend, backend
from analoghop.engines.ensemble.fixed_tile import FixedTile, Rule
from analoghop.engines.ensemble.linear_step import is_linear
from analoghop.engines.ensemble.lowered_network import lower
from analoghop.engines.ensemble.settled_slots import TileSettling
from analoghop.engines.ensemble.step_limit import fixed_steps
from analoghop.engines.ensemble.tile import Tile
from analoghop.engines.ensemble.worker import EndConditions, TileWorker
from analoghop.engines.running.ending import ended, settings
from analoghop.engines.running.pool import Pool
from analoghop.engines.running.single import single
from analoghop.engines.running.tiled import TiledEngine
from analoghop.engines.running.traces import Steps, Traces, waveforms
from analoghop.engines.tableaux import PAIRS, PERIOD
from analoghop.ensembles.solution import EnsembleSolution
from analoghop.ensembles.starts import GivenStarts, Starts
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.solution import Solution
from analoghop.systems.base import System

_ARRAY = 1 << 17  # bytes of one array of a tile: ten of them stay in a cache of 1 to 2 MB
_NARROWEST, _WIDEST = 64, 4096  # least members of a tile: matrix products of narrower tiles are slow
_ACCELERATOR = 1 << 26  # numbers in one array of a tile on an accelerator

_RECORDED = 1000  # least steps of one recorded run, where a single step would be exact

Method = Literal["DOPRI5", "BS23", "exponential", "euler"]


@dataclass(frozen=True)
class Ensemble(TiledEngine):
    """An engine for many trajectories, each with its own time and step; new ones replace those that end.

    `method`: "DOPRI5" (Dormand-Prince 5(4)) or "BS23" (Bogacki-Shampine 3(2)), adaptive, for systems without
    noise; "exponential" (exact for the decay of each state and its noise) or "euler" (Euler-Maruyama), with
    the fixed step `dt` in seconds, see `FixedTile`; None chooses a safe step for a `Network`. For a symmetric
    `Network` a step that would cause an oscillation of period two raises `InputError`, see `longest_step`;
    with `unsafe` it only warns (`UnsafeStepWarning`). `device`: None for NumPy; "torch:cpu", "cuda", "mps"
    for PyTorch (extra `gpu`). `noise_seed`: the noise of a trajectory depends on it and on the trajectory's
    number alone. The other options, by name only, are those of `TiledEngine`.

    Memory: 8 (n + 8) bytes for each of the trajectories (4 n + 64 with float32), plus 30 arrays of a tile
    (128 kB each) for each thread and ten of 1024 states: 10^6 trajectories of 100 states need 0.9 GB, or 0.5
    GB. Waveforms need further memory. Raises `InputError` for an unknown name or a number out of range.
    """

    method: Method = "DOPRI5"
    dt: float | None = None
    unsafe: bool = False
    device: str | None = None
    noise_seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        methods = (*PAIRS, "exponential", "euler")
        if self.method not in methods:
            raise InputError(f"`method` is {self.method!r}, expected {', '.join(methods)}")
        check_positive({"dt": self.dt})
        check_seed(self.noise_seed, "noise_seed")
        if self.dt is not None and self.adaptive:
            raise InputError(f"`dt` is for fixed steps; {self.method} chooses its own up to `max_step`")

    @property
    def adaptive(self) -> bool:
        """Whether every trajectory chooses its own steps."""
        return self.method in PAIRS

    def integrate_many(
        self,
        system: System,
        starts: Starts,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> EnsembleSolution:
        """Integrate many trajectories; the contract is that of `EnsembleEngine`."""
        grid = checked_times(times)
        traces = waveforms(grid, starts.count, system.size, self.trace_limit)
        return self._run(system, starts, grid, stop, traces, limits or Limits(), self.settle)

    def integrate(
        self,
        system: System,
        x0: ArrayLike,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> Solution:
        """Integrate one trajectory; the contract is that of `Engine`, and there is no audit of its energy."""
        grid, starts = checked_times(times), GivenStarts(single_state(x0, system))
        recorded: Traces | Steps
        chosen = self.dt
        if len(grid) > 2:
            recorded = Traces(grid, 1, system.size, math.inf)
        elif self.adaptive:
            recorded = Steps(float(grid[0]))
        else:
            count = fixed_steps(system, self.rule, self.dt, (float(grid[0]), float(grid[1])), self.unsafe)
            if self.dt is None and count < _RECORDED and self.rule == "exponential" and is_linear(system):
                count = _RECORDED
                chosen = float(grid[1] - grid[0]) / count
            # No more than the steps after which the run ends: a stiff circuit may ask for billions.
            kept = np.arange(min(count, self.max_steps) + 1) * ((grid[1] - grid[0]) / count) + grid[0]
            kept[count:] = grid[1]
            recorded = Traces(kept, 1, system.size, math.inf)
        engine, limits = replace(self, dt=chosen, check_every=1, tile=1), limits or Limits()
        run = engine._run(system, starts, grid, stop, recorded, limits, watched=True)
        return single(system, run, recorded, float(grid[0]), limits)

    def _run(
        self,
        system: System,
        starts: Starts,
        grid: Array,
        stop: Stop | None,
        traces: Traces | Steps | None,
        limits: Limits,
        watched: bool,
    ) -> EnsembleSolution:
        pool, threads = Pool(system, starts, self.dtype, limits), min(limits.threads, starts.count)
        where = backend(self.device, self.dtype)
        width = min(self.tile or _tile_width(where, system.size), -(-starts.count // threads))
        make = self._tiles(system, where, grid, starts.first, traces, watched)

        # The settling test is cheap compared to the six products of an adaptive step, not to a fixed step.
        every = 1 if watched and self.adaptive else self.check_every

        def work(_: int) -> None:
            tile = make()
            settling = TileSettling(system, tile, self.tolerance)
            options = EndConditions(stop, self.settle, every, self.check_every, self.max_steps, watched)
            TileWorker(system, tile, pool, settling, options).work(width)

        limits.run_in_threads(work, range(threads))
        return ended(pool, traces, settings(self, limits.interrupted))

    def _tiles(
        self,
        system: System,
        where: Backend,
        grid: Array,
        first: int,
        traces: Traces | Steps | None,
        watched: bool,
    ) -> Callable[[], Tile]:
        """Return the function that makes a tile for a thread."""
        start, end = float(grid[0]), float(grid[-1])
        lowered = lower(system, where)
        if self.adaptive:
            if system.noise is not None:
                raise InputError(
                    f"{self.method} integrates without noise: use Ensemble(method='exponential')"
                )
            control = StepControl(self.rtol, self.absolute, self.max_step, PERIOD if watched else 0)
            edges = corners(system, start, end)
            return lambda: AdaptiveTile(lowered, PAIRS[self.method], control, edges, traces)
        span, seeds, rule = (start, end), (self.noise_seed, first), self.rule
        count = fixed_steps(system, rule, self.dt, span, self.unsafe)
        return lambda: FixedTile(system, lowered, rule, span, count, seeds, traces)

    @property
    def rule(self) -> Rule:
        """The rule of the fixed steps."""
        return "euler" if self.method == "euler" else "exponential"


def _tile_width(where: Backend, n: int) -> int:
    if not where.is_numpy and not str(getattr(where, "device", "")).startswith("cpu"):
        return max(_NARROWEST, _ACCELERATOR // n)
    size = np.dtype(str(where.dtype).removeprefix("torch.")).itemsize
    return min(max(_ARRAY // (n * size) // 16 * 16, _NARROWEST), _WIDEST)
