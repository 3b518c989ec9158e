"""`simulate_many`: many runs of one deck, circuit or system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Precision, real
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.source import source_of
from analoghop.engines import Engine, EnsembleEngine, Stop
from analoghop.engines.base import checked_stop
from analoghop.engines.choice import EngineName, engine_of, with_options
from analoghop.engines.running.serial import integrate_serially
from analoghop.ensembles import EnsembleSolution, GivenStarts, Starts, random_starts
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits, Progress, limited
from analoghop.simulate import end_of
from analoghop.systems.base import System


def simulate_many(
    source: System | Circuit | str | Path,
    starts: int | Starts | None = None,
    *,
    tstop: float | None = None,
    x0: ArrayLike | None = None,
    seed: int = 0,
    scale: ArrayLike = 1.0,
    first: int = 0,
    noise_seed: int | None = None,
    engine: EngineName | Engine = "auto",
    settle: bool = True,
    stop: Stop | None = None,
    traces: int = 0,
    rtol: float | None = None,
    atol: float | None = None,
    dtype: Precision | None = None,
    threads: int | None = None,
    time_limit: float | None = None,
    progress: bool | Progress = False,
    limits: Limits | None = None,
    parameters: Mapping[str, str | float] | None = None,
    include_dirs: Sequence[str | Path] = (),
) -> EnsembleSolution:
    """Return the end states of many trajectories of a system, a circuit, or the deck in the file `source`.

    An integer `starts` is their number: they begin at random voltages, uniform within +- `scale` input scales
    of the amplifiers around their thresholds (`random_starts`). Else they begin at `x0` (n, members), or at
    any `Starts`. The start of trajectory k depends on `seed`, k and n alone, its noise on `noise_seed` and k;
    so `first`, the number of the first trajectory, allows an ensemble to be run in parts. `noise_seed` is by
    default that of an engine object, and `seed` if the engine is given by name.

    They run until `tstop` (s); with `settle` (meaningless with noise) each ends when it has settled. `tstop`
    is by default the end of a deck's `.tran`, else 1000 of the slowest own time constants. `stop` ends those
    whose outputs satisfy it. `traces` is the number of times at which waveforms are kept; they may take 1 GiB
    unless the engine sets another limit. `parameters` are values for a deck's parameters, `include_dirs`
    further folders for its `.include` lines. `engine`: a name, "auto" (`Fused` or `Ensemble`: see
    `automatic`), "scipy", "ensemble" or "fused"; or any engine. `rtol` (`atol` equals it by default, if the
    engine counts `atol` in input scales), `atol`, `dtype` and `settle` set its options; None keeps the
    engine's values. `threads` share the trajectories; `time_limit` (s of wall clock) and Ctrl-C end the run,
    and the finished trajectories are returned. `progress`: True for a bar, or a function of a `Tally`.
    `limits` replace these three options; other entry points pass them.

    Memory: see `Ensemble`; only the last states are kept. Raises `InputError` for starts that are missing,
    given twice or of the wrong shape, a missing time, an unknown engine or an option that it does not have,
    and `NetlistError` for a deck that cannot be read or reduced.
    """
    checked_stop(stop)
    opened = source_of(source, parameters, include_dirs)
    record: Mapping[str, object] = {}
    if isinstance(opened, System):
        system = opened
    else:
        system, record = opened.lure, opened.record
        if tstop is None and opened.circuit.tran is not None:
            tstop = opened.circuit.tran.stop
    begins = _starts(system, starts, x0, seed, scale, first)
    settle = settle and system.noise is None
    times = _times(system, tstop, settle, traces)
    chosen = engine_of(engine, system, begins.count, float(times[-1]))
    if noise_seed is None and isinstance(engine, str):
        noise_seed = seed
    # An engine without noise raises the error itself.
    seeded = system.noise is not None and hasattr(chosen, "noise_seed")
    chosen = with_options(
        chosen, rtol=rtol, atol=atol, dtype=dtype, noise_seed=noise_seed if seeded else None
    )
    if hasattr(chosen, "settle"):
        chosen = with_options(chosen, settle=settle)
    if threads is not None and not isinstance(chosen, EnsembleEngine):
        raise InputError(f"`threads` is not an option of the engine {type(chosen).__name__}")
    with limited(limits, time_limit=time_limit, threads=threads, progress=progress) as within:
        if isinstance(chosen, EnsembleEngine):
            run = chosen.integrate_many(system, begins, times, stop, within)
        else:
            run = integrate_serially(chosen, system, begins, times, stop, within)
    return replace(run, record={**record, **run.record}) if record else run


def _starts(
    system: System,
    starts: int | Starts | None,
    x0: ArrayLike | None,
    seed: int,
    scale: ArrayLike,
    first: int,
) -> Starts:
    if (starts is None) == (x0 is None):
        raise InputError("give the number of `starts` or the states `x0`, not both")
    check_seed(seed, "seed")
    if x0 is not None:
        return GivenStarts(real(x0, "`x0`"), first)
    if isinstance(starts, Starts):
        return starts
    assert starts is not None, "one of the two is given"
    return random_starts(system, starts, seed, scale, first=first)


def _times(system: System, tstop: float | None, settle: bool, traces: int) -> Array:
    end = end_of(system, tstop, settle, "`simulate_many` needs `tstop` where trajectories do not settle")
    if isinstance(traces, bool) or not isinstance(traces, int | np.integer) or traces in (1, 2) or traces < 0:
        raise InputError(f"`traces` is {traces!r}, expected 3 times or more")
    return np.linspace(0.0, end, traces or 2)
