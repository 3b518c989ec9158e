"""`transient_chaos`: how long continuous-time satisfiability wanders before it settles in a solution."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analoghop.arrays import Array, Integers, whole_number
from analoghop.ensembles.streams import check_seed, uniform
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.problems.satisfiability.encodings import clauses_of
from analoghop.problems.satisfiability.instance import Satisfiability
from analoghop.study.findings import Findings
from analoghop.systems.machines.satisfaction import Satisfaction

_REACH = 0.05  # largest change of a cell in a step
_LONGEST = 0.1  # longest step in tau
_TAIL = 0.5  # of the starts: those solved last, to whose times the escape rate is fitted
_APART = 1e-8  # distance of the neighbouring run
_KEPT = 2000  # times of the sample run


def transient_chaos(
    problem: Satisfiability | str | Path,
    *,
    starts: int = 200,
    duration: float = 200.0,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Run the circuit of Ercsey-Ravasz & Toroczkai (2011) from many starts, and tell its transient chaos.

    Each start has a neighbour at a distance of 1e-8, which is brought near again after each unit of time: the
    mean growth is the finite-time Lyapunov exponent of the transient. The share of unsolved starts falls as
    exp(-kappa t); the escape rate kappa is fitted to the later half of the solved ones. Times are in tau.
    Arrays: `time` (starts,) of solution, nan for starts that are not solved by `duration`; `exponent`
    (starts,), nan for those solved within the first unit; `curve_time`, `unsolved` (k,); `escape_rate` (1,);
    `sample_time`, `samples` (k, 4), cells of the slowest solved start.
    """
    instance = problem if isinstance(problem, Satisfiability) else Satisfiability.read(problem)
    starts = whole_number(starts, "starts", "a whole number")
    if starts < 1 or not 0 < duration < np.inf:
        raise InputError("`starts` and `duration` must be positive")
    check_seed(seed, "seed")
    machine = Satisfaction(clauses_of(instance), duration=duration)
    n = machine.cells
    s = uniform(seed, 0, starts, n)
    x = np.concatenate([s, np.ones((machine.size - n, starts))])
    ghost = x.copy()
    ghost[:n] += _APART / np.sqrt(n) * np.sign(uniform(seed, starts, starts, n))
    with limited(limits, time_limit=time_limit) as within, within.heed():
        run = _PairedRuns(machine, x, ghost)
        run.until(duration, within)
        over = within.over
    solved = np.isfinite(run.solved)
    grid = np.linspace(0.0, duration, 201)
    unsolved = np.array([1.0 - (run.solved[solved] <= t).sum() / starts for t in grid])
    rate = _escape(np.sort(run.solved[solved]))
    mean = float(np.nanmean(run.exponents)) if np.isfinite(run.exponents).any() else np.nan
    lines = (
        f"{solved.sum()} of {starts} starts solved by t = {duration:g} tau, escape rate {rate:.4g}/tau",
        f"mean finite-time Lyapunov exponent of the transients {mean:.4g}/tau",
    )
    return Findings(
        "transient",
        {
            "time": run.solved,
            "exponent": run.exponents,
            "curve_time": grid,
            "unsolved": unsolved,
            "escape_rate": np.array([rate]),
            "sample_time": run.sample[0],
            "samples": run.sample[1],
        },
        dict.fromkeys(("time", "curve_time", "sample_time"), "tau")
        | dict.fromkeys(("exponent", "escape_rate"), "1/tau"),
        lines,
        record={"starts": starts, "seed": seed, "duration": duration},
        interrupted=over,
    )


def _escape(times: Array) -> float:
    """Return the rate of the exponential tail of the times, by the mean excess over their median."""
    late = times[int(_TAIL * len(times)) :]
    excess = float((late - late[0]).mean()) if len(late) > 1 else 0.0
    return 1.0 / excess if excess > 0 else np.nan


class _PairedRuns:
    """Runs and their neighbours, each start with steps of its own, until they are solved."""

    def __init__(self, machine: Satisfaction, x: Array, ghost: Array) -> None:
        self._machine, self._x, self._ghost = machine, x, ghost
        starts = x.shape[1]
        self.solved = np.full(starts, np.nan)
        self._times, self._logs, self._units = np.zeros(starts), np.zeros(starts), np.zeros(starts)
        self._next = np.ones(starts)
        self._kept: list[tuple[Array, Array]] = []

    @property
    def exponents(self) -> Array:
        """Mean growth of each start's neighbour per tau, nan without a full unit of time."""
        return np.where(self._units > 0, self._logs / np.maximum(self._units, 1.0), np.nan)

    @property
    def sample(self) -> tuple[Array, Array]:
        """Times (k,) and up to four cells (k, 4) of the start that was solved last."""
        done = np.where(np.isfinite(self.solved), self.solved, -1.0)
        member, cells = int(np.argmax(done)), min(4, self._machine.cells)
        times = np.array([t[member] for t, _ in self._kept])
        values = np.array([s[:cells, member] for _, s in self._kept]).reshape(-1, cells)
        moving = np.append(True, np.diff(times) > 0) if len(times) else np.zeros(0, dtype=bool)
        return times[moving], values[moving]

    def until(self, duration: float, limits: Limits) -> None:
        """Run all starts to `duration`, or until they are solved or the limits are over."""
        live = np.arange(self._x.shape[1])
        steps = 0
        while len(live):
            self._step(live, duration)
            steps += 1
            if steps % 10:
                continue
            if len(self._kept) < _KEPT:
                self._kept.append((self._times.copy(), self._x[: self._machine.cells].copy()))
            found = self._machine.solved(self._x[:, live])
            self.solved[live[found]] = self._times[live[found]]
            self._brought_near(live)
            live = live[~found & (self._times[live] < duration)]
            limits.tell(float(np.isfinite(self.solved).sum()), len(self.solved), "starts")
            if limits.over:
                return

    def _step(self, live: Integers, duration: float) -> None:
        """Take a midpoint step of each start, of the same length for its neighbour."""
        x, ghost = self._x[:, live], self._ghost[:, live]
        fastest = np.abs(self._machine.rhs(0.0, x)[: self._machine.cells]).max(axis=0)
        h = np.minimum(_LONGEST, _REACH / np.maximum(fastest, 1e-30))
        h = np.minimum(h, np.maximum(duration - self._times[live], 1e-12))
        self._x[:, live], self._ghost[:, live] = self._moved(x, h), self._moved(ghost, h)
        self._times[live] += h

    def _moved(self, x: Array, h: Array) -> Array:
        half = x + 0.5 * h * self._machine.rhs(0.0, x)
        new = x + h * self._machine.rhs(0.0, half)
        new[: self._machine.cells] = np.clip(new[: self._machine.cells], -1.0, 1.0)
        return new

    def _brought_near(self, live: Integers) -> None:
        """Measure how far the neighbours have gone, and bring them near again, once in each tau."""
        due = live[self._times[live] >= self._next[live]]
        if not len(due):
            return
        apart = self._ghost[:, due] - self._x[:, due]
        size = np.linalg.norm(apart[: self._machine.cells], axis=0)
        size = np.where(size > 0, size, 1e-300)
        self._logs[due] += np.log(size / _APART)
        self._units[due] = self._times[due]
        self._ghost[:, due] = self._x[:, due] + apart * np.minimum(_APART / size, 1e6)
        self._next[due] = self._times[due] + 1.0
