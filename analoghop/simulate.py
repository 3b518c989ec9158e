"""`simulate`: the front door for one run of a system."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.engines import Engine, Progress, ScipyIVP, Stop
from analoghop.errors import InputError
from analoghop.solution import Solution
from analoghop.systems.base import System


def simulate(
    system: System,
    *,
    tstop: float | None = None,
    times: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    engine: Engine | None = None,
    stop: Stop | None = None,
    settle: bool = False,
    time_limit: float | None = None,
    progress: bool | Progress = False,
) -> Solution:
    """Return what `system` does from `x0` (n,), by default its own start, else zeros.

    Give `tstop` (s, from t = 0: every step is recorded) or `times` (s: start and end, or a grid to record
    on). With `settle` and neither, the run has 1000 of the slowest own time constants to come to rest.
    `engine` is a `ScipyIVP()` by default; `settle`, `time_limit` (s of wall clock) and `progress` (True or a
    function of the fraction done) set its options of the same names. `stop` ends the run, see `Engine`.
    Raises `InputError` for times that are missing, given twice or do not increase, and for a start that does
    not fit.
    """
    engine = ScipyIVP() if engine is None else engine
    if settle or time_limit is not None or progress is not False:
        if not isinstance(engine, ScipyIVP):
            name = type(engine).__name__
            raise InputError(f"`settle`, `time_limit` and `progress` are options of ScipyIVP, not of {name}")
        engine = replace(
            engine,
            settle=settle or engine.settle,
            time_limit=engine.time_limit if time_limit is None else time_limit,
            progress=engine.progress if progress is False else progress,
        )
    if x0 is None:
        start = getattr(system, "start", None)
        x0 = np.zeros(system.size) if start is None else start
    return engine.integrate(system, x0, _span(system, tstop, times, settle), stop)


def _span(system: System, tstop: float | None, times: ArrayLike | None, settle: bool) -> ArrayLike:
    if tstop is not None and times is not None:
        raise InputError("give `tstop` or `times`, not both")
    if times is not None:
        return times
    if tstop is None and settle and np.isfinite(system.quiet_after()):
        tstop = system.quiet_after() + 1000.0 * float(system.time_constants.max())
    if tstop is None:
        raise InputError("`simulate` needs `tstop`, `times`, or `settle` where no input moves for ever")
    if not tstop > 0:
        raise InputError(f"`tstop` is {tstop}, expected a positive time in seconds")
    return (0.0, tstop)
