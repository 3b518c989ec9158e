"""`KernelWorker`: the loop of one thread, which keeps a tile of the kernel full until no starts remain."""

from __future__ import annotations

import math
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Indices, Integers
from analoghop.engines.base import Stop
from analoghop.engines.ensemble.stability import Stable, settled
from analoghop.engines.fused.buffers import family_tables, new_tile
from analoghop.engines.fused.equations.tables import FusedTables, Tables
from analoghop.engines.fused.kernels import advance
from analoghop.engines.fused.slots import FAILED, RUNNING, SETTLED, TIME_UP, Queue, Results, TileControl
from analoghop.engines.fused.stages import PARTS, X, Y
from analoghop.engines.running.pool import CODES, Finished, Pool
from analoghop.engines.running.traces import Traces
from analoghop.ensembles.streams import BLOCK
from analoghop.limits import LONGEST_CALL
from analoghop.solution import Status
from analoghop.systems.base import System

_STATUSES = {SETTLED: Status.SETTLED, TIME_UP: Status.TIME_UP, FAILED: Status.FAILED}
_SPEED = 2e10  # assumed operations per second of a core, until a call has been timed
_RATE = 60.0  # operations of a rate per state, without the product


class WorkerPlan(NamedTuple):
    """The data that all workers share: tables for kernels, the shape of a tile, and end conditions.

    `stable` is the stability test to the `tolerance`, `shortest` the shortest time constant; `stop` is tested
    every `every` steps.
    """

    system: System
    lowered: FusedTables
    tables: Tables
    control: TileControl
    blocks: int
    width: int
    stable: Stable
    shortest: float
    stop: Stop | None
    every: int
    traces: Traces | None
    tolerance: float = 1.0


class KernelWorker:
    """Takes starts from a pool, integrates them by the kernel, and returns checked results to the pool.

    Every trajectory has its own row in the results until it is returned to the pool.
    """

    def __init__(self, plan: WorkerPlan, pool: Pool) -> None:
        self._plan, self._pool = plan, pool
        n, columns = plan.tables.size, plan.blocks * plan.width
        self._chunk = max(BLOCK, columns)
        self._tile = new_tile(plan.tables, plan.tables.slope.dtype, plan.blocks, plan.width)
        rows = columns + plan.width + 2 * self._chunk
        length = 0 if plan.traces is None else len(plan.traces.times)
        self._results = Results(
            scale=plan.lowered.scale if plan.lowered.every is None else np.ones(n),
            states=np.zeros((rows, n)),
            length=length,
            traces=np.zeros((rows, length, n)),
            status=np.zeros(rows, np.int8),
            t=np.zeros(rows),
            since=np.zeros(rows),
            accepted=np.zeros(rows, np.int64),
            tried=np.zeros(rows, np.int64),
        )
        self._place = np.full(rows, -1, np.int64)
        self._tables: Any = plan.tables
        if plan.lowered.every is not None:
            all_columns = columns + plan.width
            every = plan.lowered.every
            self._tables = family_tables(plan.tables, every, plan.tolerance, all_columns, self._place)
        self._extra = np.zeros(rows, np.int64)
        self._resumed: list[tuple[Integers, Array]] = []
        self._queue = self._queued(np.zeros(0, np.int64), np.zeros((0, n)))
        self._steps = plan.every if plan.stop is not None else self._first_turn(columns)

    def _first_turn(self, columns: int) -> int:
        """Return the number of steps of the first call of the kernel."""
        tables = self._plan.tables
        step = 6 * columns * (2.0 * tables.matrix.size + _RATE * tables.size)
        return max(1, int(0.1 * LONGEST_CALL * _SPEED / step))

    def work(self) -> None:
        """Work until no starts remain, or the pool is over."""
        plan, pool, clock = self._plan, self._pool, time.perf_counter
        with np.errstate(all="ignore"):
            while not pool.over:
                if self._queue.next[0] == self._queue.count:
                    self._refill()
                starting = self._queue.next[0] < self._queue.count
                last = not pool.left and not self._resumed
                began = clock()
                taken = advance(
                    self._tables, self._tile, self._queue, plan.control, self._results, self._steps, last
                )
                if plan.stop is None and taken and (last or taken == plan.blocks * plan.width):
                    # All steps were made. The target is a quarter: calls with new starts take longer.
                    change = min(max(0.25 * LONGEST_CALL / max(clock() - began, 1e-9), 0.1), 2.0)
                    self._steps = max(1, int(self._steps * change))
                self._look()
                if not (taken or starting or pool.left or self._resumed):
                    return

    def _refill(self) -> None:
        """Queue trajectories to resume, or if there are none, new ones from the pool."""
        if self._resumed:
            rows, x = self._resumed.pop()
            self._queue = self._queued(rows, x)
            return
        places, x0 = self._pool.take(self._chunk)
        rows = np.flatnonzero(self._place < 0)[: len(places)]
        self._place[rows] = places
        self._extra[rows] = 2
        for name, value in (("t", self._plan.control.edges[0]), ("since", math.nan)):
            getattr(self._results, name)[rows] = value
        self._results.accepted[rows] = self._results.tried[rows] = 0
        if self._plan.traces is not None:
            self._results.traces[rows] = math.nan
            self._results.traces[rows, 0] = x0.T / self._outside(rows)
        self._queue = self._queued(rows, x0.T)

    def _queued(self, rows: Integers, x: Array) -> Queue:
        """Return the queue of the trajectories `rows`, which continue from the states `x` (len(rows), n)."""
        r = self._results
        t, since = r.t[rows], r.since[rows]
        # After a verdict "unstable", stability is tested again only when the rest has lasted twice as long.
        again = np.where(np.isnan(since), -math.inf, t + np.maximum(t - since, self._plan.shortest))
        return Queue(
            count=len(rows),
            starts=np.ascontiguousarray(x / r.scale / self._outside(rows)),
            row=rows.astype(np.int64),
            t=t,
            since=since,
            again=again,
            accepted=r.accepted[rows],
            tried=r.tried[rows],
            next=np.zeros(1, np.int64),
        )

    def _look(self) -> None:
        """Check the trajectories that have ended, and apply the stop test to the running ones."""
        r, plan = self._results, self._plan
        rows = np.flatnonzero(r.status != RUNNING)
        if len(rows):
            self._judge(rows)
        if plan.stop is None:
            return
        columns = np.flatnonzero(self._tile.row[: plan.blocks * plan.width] >= 0)
        x, t = self._running(columns), self._tile.t[columns]
        system = plan.system.of(self._place[self._tile.row[columns]])
        hits = columns[np.asarray(plan.stop(system.outputs(t, x)), dtype=bool)]
        if len(hits):
            rows = self._tile.row[hits]
            r.states[rows] = self._running(hits).T / self._outside(rows)
            r.t[rows], r.since[rows] = self._tile.t[hits], math.nan
            r.accepted[rows], r.tried[rows] = self._tile.accepted[hits], self._tile.tried[hits]
            self._tile.row[hits], self._tile.step[hits], self._tile.took[hits] = -1, 0.0, 0.0
            self._hand_in(rows, np.full(len(rows), CODES[Status.STOPPED]))

    def _running(self, columns: Indices) -> Array:
        """Return the states of `columns` in volts, (n, len(columns))."""
        tile, n, w = self._tile, self._plan.tables.size, self._plan.width
        block, column = columns // w, columns % w
        part = np.where(tile.took[columns] > 0.0, Y, X)
        places = (block * PARTS + part) * tile.span + column
        y = tile.work[places + w * np.arange(n)[:, None]]
        volts = y * self._results.scale[:, None] * self._outside(tile.row[columns]).T
        return np.asarray(volts, dtype=np.float64)

    def _outside(self, rows: Integers) -> Array:
        """Return the volts of a number in the results' states: of a family, each member's own, else 1."""
        lowered = self._plan.lowered
        if lowered.every is None:
            return np.ones((1, 1))
        return lowered.scale[:, self._place[rows]].T

    def _volts(self, rows: Integers) -> Array:
        """Return the states in `rows` of the results, (n, len(rows))."""
        return np.ascontiguousarray((self._results.states[rows] * self._outside(rows)).T)

    def _judge(self, rows: Indices) -> None:
        """Return the ended trajectories in `rows` to the pool; those at an unstable equilibrium go on."""
        plan, r = self._plan, self._results
        codes = np.array([CODES[_STATUSES[int(status)]] for status in r.status[rows]])
        if plan.stop is not None:
            outputs = plan.system.of(self._place[rows]).outputs(r.t[rows], self._volts(rows))
            hits = np.asarray(plan.stop(outputs), dtype=bool) & (r.status[rows] != FAILED)
            codes[hits] = CODES[Status.STOPPED]
        resting = np.flatnonzero(
            ~np.isnan(r.since[rows]) & (codes != CODES[Status.STOPPED]) & (r.status[rows] != FAILED)
        )
        ended = np.ones(len(rows), dtype=bool)
        if len(resting):
            at = rows[resting]
            test = plan.stable if plan.lowered.every is None else self._test(at)
            stable = test(r.t[at], self._volts(at))
            codes[resting[stable]] = CODES[Status.SETTLED]
            ended[resting[~stable & (r.status[at] == SETTLED)]] = False
            going = rows[~ended]
            if len(going):
                self._extra[going] += 2
                self._resumed.append((going, self._volts(going).T))
        r.status[rows] = RUNNING
        self._hand_in(rows[ended], codes[ended])

    def _test(self, rows: Indices) -> Stable:
        """Return the stability test of the members in `rows`."""
        return settled(self._plan.system.of(self._place[rows]), self._plan.tolerance)

    def _hand_in(self, rows: Indices, codes: NDArray[np.uint8]) -> None:
        r, places = self._results, self._place[rows]
        if self._plan.traces is not None:
            self._fill_traces(rows, places)
        settled = codes == CODES[Status.SETTLED]
        self._pool.hand_in(
            Finished(
                places,
                self._volts(rows),
                r.t[rows],
                codes,
                np.where(settled, r.since[rows], np.nan),
                r.accepted[rows],
                r.tried[rows] - r.accepted[rows],
                self._extra[rows] + 6 * r.tried[rows],
            )
        )
        self._place[rows] = -1

    def _fill_traces(self, rows: Indices, places: Integers) -> None:
        """Copy traces to the trajectories `places`, filled with the last state after the end."""
        r, traces = self._results, self._plan.traces
        assert traces is not None, "called only for runs with traces"
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            reached = int(np.searchsorted(traces.times, r.t[row], side="right"))
            outside = self._outside(np.array([row]))
            traces.states[place, :reached] = r.traces[row, :reached] * outside
            traces.states[place, reached:] = r.states[row] * outside[0]
