"""`single`: the `Solution` of an ensemble of one trajectory."""

from __future__ import annotations

import math

import numpy as np

from analoghop.engines.base import cut_short
from analoghop.engines.running.traces import Steps, Traces
from analoghop.ensembles.solution import STATUSES, EnsembleSolution
from analoghop.limits import Limits
from analoghop.solution import Counts, Solution, Status
from analoghop.systems.base import System

_MESSAGES = {
    Status.SETTLED: "at rest since t = {since:g} s",
    Status.TIME_UP: "reached t = {t:g} s",
    Status.STOPPED: "the outputs passed the stop test at t = {t:g} s",
    Status.FAILED: "the step or the state is not finite at t = {t:g} s",
}


def single(
    system: System, run: EnsembleSolution, recorded: Traces | Steps, start: float, limits: Limits
) -> Solution:
    """Return the only trajectory of `run`, which began at `start` seconds, with its `recorded` states.

    There is no audit of its energy. If the `limits` ended it, the solution holds the states recorded so far,
    at least the start.
    """
    times, states = recorded.one()
    if not len(times):
        times, states = np.array([start]), np.array(run.starts.array())
    status, settled_at = Status.TIME_LIMIT, math.nan
    if len(run):
        status, settled_at = STATUSES[int(run.codes[0])], float(run.settled_at[0])
        early = times < run.times[0]
        times = np.append(times[early], run.times)
        states = np.concatenate([states[:, early], np.asarray(run.states, np.float64)], axis=1)
    t = float(times[-1])
    cut = status is Status.TIME_LIMIT
    message = cut_short(limits, t) if cut else _MESSAGES[status].format(t=t, since=settled_at)
    steps, evaluations = (int(work.sum()) for work in (run.steps, run.evaluations))
    return Solution(
        system=system,
        times=times,
        states=states,
        status=status,
        message=message,
        counts=Counts(system.size, system.n_outputs, steps, evaluations, 0),
        energy=None,
        joules={},
        cpu_s=run.cpu_s,
        wall_s=run.wall_s,
        settled_at=None if math.isnan(settled_at) else settled_at,
        record=run.record,
    )
