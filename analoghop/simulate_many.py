"""`simulate_many`: the front door for many runs of one system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.engines import Engine, Stop
from analoghop.engines.choice import automatic
from analoghop.engines.ensemble.backend import Precision
from analoghop.engines.many import EnsembleEngine
from analoghop.engines.running.serial import one_by_one
from analoghop.engines.tally import EnsembleProgress
from analoghop.ensembles import EnsembleSolution, GivenStarts, Starts, random_starts
from analoghop.errors import InputError
from analoghop.systems.base import System

_PATIENCE = 1000.0  # slowest own time constants for which settling is waited for


def simulate_many(
    system: System,
    starts: int | Starts | None = None,
    *,
    x0: ArrayLike | None = None,
    tstop: float | None = None,
    seed: int = 0,
    scale: ArrayLike = 1.0,
    first: int = 0,
    noise_seed: int | None = None,
    engine: Engine | Literal["auto"] = "auto",
    settle: bool = True,
    stop: Stop | None = None,
    traces: int = 0,
    rtol: float | None = None,
    dtype: Precision | None = None,
    threads: int | None = None,
    time_limit: float | None = None,
    progress: bool | EnsembleProgress = False,
) -> EnsembleSolution:
    """Return where many trajectories of `system` end.

    `starts` of them begin at random voltages, uniform within +- `scale` of the amplifiers' input scales
    around their thresholds (`random_starts`); or they begin at `x0` (n, members), or at any `Starts`.
    The start of trajectory k depends on `seed`, k and n alone, its noise on `noise_seed` (by default that of
    the engine) and k: with `first`, the number of the first trajectory, an ensemble can be run in parts.

    They run until `tstop` (s); with `settle` (which noise makes meaningless) each ends when it has settled,
    and `tstop` is by default 1000 of the slowest own time constants. `stop` ends those whose outputs
    satisfy it. With `traces`, waveforms at so many times are kept; they may take 1 GiB unless the engine says
    otherwise.
    `engine`: "auto" for the one that fits (`Fused`, or `Ensemble`: see `automatic`), or any engine. `rtol`
    (with `atol` the same in input scales), `dtype`, `threads`, `settle`, `time_limit` (s of wall clock) and
    `progress` (True for a bar, or a function of a `Tally`) are its options, by default as it has them.
    Ctrl-C returns what has finished.

    Memory: see `Ensemble`; only the last states are kept.
    Raises `InputError` for starts that are missing, given twice or do not fit, a time that is missing, or an
    option that the engine does not have.
    """
    begins = _starts(system, starts, x0, seed, scale, first)
    settle = settle and system.noise is None
    times = _times(system, tstop, settle, traces)
    chosen = automatic(system, begins.count, float(times[-1])) if isinstance(engine, str) else engine
    # The engine says itself that it does not know noise.
    seeded = system.noise is not None and hasattr(chosen, "noise_seed")
    options = {
        "rtol": rtol,
        "atol": rtol if isinstance(chosen, EnsembleEngine) else None,
        "dtype": dtype,
        "threads": threads,
        "noise_seed": noise_seed if seeded else None,
    }
    chosen = _with_options(chosen, settle, {k: v for k, v in options.items() if v is not None})
    if not isinstance(chosen, EnsembleEngine):
        return one_by_one(chosen, system, begins, times, stop, time_limit=time_limit, progress=progress)
    if time_limit is not None:
        chosen = replace(chosen, time_limit=time_limit)  # type: ignore[type-var]
    if progress is not False:
        chosen = replace(chosen, progress=progress)  # type: ignore[type-var]
    return chosen.integrate_many(system, begins, times, stop)


def _with_options(engine: Engine, settle: bool, options: Mapping[str, object]) -> Engine:
    """Return `engine` with `settle`, where it knows of settling, and all of `options`."""
    known = {f.name for f in fields(engine)}  # type: ignore[arg-type]
    for name in options.keys() - known:
        raise InputError(f"`{name}` is no option of the engine {type(engine).__name__}")
    if "settle" in known:
        options = {**options, "settle": settle}
    return replace(engine, **options)  # type: ignore[type-var]


def _starts(
    system: System,
    starts: int | Starts | None,
    x0: ArrayLike | None,
    seed: int,
    scale: ArrayLike,
    first: int,
) -> Starts:
    if (starts is None) == (x0 is None):
        raise InputError("give the number of `starts` or the states `x0`, one of them")
    if x0 is not None:
        return GivenStarts(np.asarray(x0, dtype=np.float64), first)
    if isinstance(starts, Starts):
        return starts
    assert starts is not None, "one of the two is given"
    return random_starts(system, starts, seed, scale, first=first)


def _times(system: System, tstop: float | None, settle: bool, traces: int) -> Array:
    if tstop is None:
        quiet = system.quiet_after()
        if not (settle and np.isfinite(quiet)):
            raise InputError("`simulate_many` needs `tstop` where trajectories do not settle")
        tstop = quiet + _PATIENCE * float(system.time_constants.max())
    if not tstop > 0:
        raise InputError(f"`tstop` is {tstop}, expected a positive time in seconds")
    if traces and traces < 3:
        raise InputError(f"`traces` is {traces}, expected 3 times or more")
    return np.linspace(0.0, tstop, traces or 2)
