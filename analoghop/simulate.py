"""`simulate`: one run of a deck, a circuit or a system."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from analoghop import __version__
from analoghop.arrays import Array, Precision
from analoghop.circuit.audit.audit import audited
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.measure import evaluate_measures, measured_signals
from analoghop.circuit.measuring import Measuring
from analoghop.circuit.source import own_start, source_of
from analoghop.circuit.transient import Transient, transient
from analoghop.engines.base import Engine, Stop, checked_stop, checked_times
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.errors import InputError
from analoghop.limits import Limits, Progress, limited
from analoghop.solution import Solution
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure

if TYPE_CHECKING:
    from analoghop.engines.choice import EngineName
    from analoghop.engines.ensemble.ensemble import Ensemble

_log = logging.getLogger(__name__)

PATIENCE = 1000.0
"""Default time limit for settling, in units of the slowest own time constant."""


def simulate(
    source: System | Circuit | str | Path,
    *,
    tstop: float | None = None,
    times: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    seed: int | None = None,
    engine: EngineName | Engine = "auto",
    settle: bool = False,
    stop: Stop | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    dtype: Precision | None = None,
    threads: int | None = None,
    time_limit: float | None = None,
    progress: bool | Progress = False,
    limits: Limits | None = None,
    parameters: Mapping[str, str | float] | None = None,
    include_dirs: Sequence[str | Path] = (),
) -> Solution:
    """Return the transient solution of a system, a circuit, or the deck in the file `source`.

    Give `tstop` (s, from t = 0: every step is recorded) or `times` (s: start and end, or a grid to record
    on). With `settle` and neither of them, the run ends when the circuit has come to rest, at the latest
    after 1000 of the slowest own time constants. It starts from `x0` (n,), by default from the system's own
    start, else from zeros. A deck sets these values itself, in `.tran`, `.ic` and IC=; arguments given here
    replace them. `parameters` are values for its parameters, `include_dirs` further folders for its
    `.include` lines.

    `engine`: a name, "auto" (`ScipyIVP`; with noise `Ensemble("exponential")`), "scipy", "ensemble" or
    "fused", or any engine. `settle`, `rtol`, `atol` and `dtype` set its options of the same names; `seed` is
    the seed of the noise. `stop` ends the run, see `Engine`. `time_limit` (s of wall clock) and Ctrl-C end
    the run, and the solution up to there is returned. `progress`: True for a bar, or a function of a `Tally`.
    `threads` has no effect on a single run. `limits` replace these three options; other entry points pass
    them. Raises `InputError` for times that are missing, given twice or not increasing, a start of the wrong
    shape, an unknown engine or an option that it does not have, and `NetlistError` for a deck that cannot be
    read or reduced.
    """
    from analoghop.engines.choice import engine_of, with_options
    from analoghop.ensembles.streams import check_seed

    checked_stop(stop)
    opened = source_of(source, parameters, include_dirs)
    system = opened if isinstance(opened, System) else opened.lure
    chosen = with_options(engine_of(engine, system), settle=settle or None, rtol=rtol, atol=atol, dtype=dtype)
    if seed is not None:
        check_seed(seed, "seed")
        if system.noise is not None:
            chosen = with_options(chosen, noise_seed=seed)
    start = None if x0 is None else np.asarray(x0)
    with limited(limits, time_limit=time_limit, threads=threads, progress=progress) as within:
        if isinstance(opened, System):
            begin = own_start(system) if start is None else start
            return integrated(chosen, system, begin, _span(system, tstop, times, settle), stop, within)
        if times is None:
            end = None if tstop is None else checked_end(tstop)
            plan = transient(opened.circuit, opened.lure, end, settle, within)
        else:
            plan = Transient(_span(system, tstop, times, settle), own_start(system))
        if start is not None:
            plan = replace(plan, start=start)
        return run_transient(system, plan, chosen, opened.record, stop, within, opened.circuit)


def run_transient(
    system: System,
    plan: Transient,
    engine: Engine,
    record: Mapping[str, object] | None = None,
    stop: Stop | None = None,
    limits: Limits | None = None,
    circuit: Circuit | None = None,
) -> Solution:
    """Return the solution of the run that `plan` describes; `record` is added to the solution's record.

    The run is audited against the `circuit` that `system` is reduced from, where that is given and the
    engine does not say that nothing is audited.
    """
    if circuit is not None and hasattr(engine, "sampled"):
        engine = replace(engine, sampled=True)  # type: ignore[type-var]
    if hasattr(engine, "max_step"):
        engine = replace(engine, max_step=min(engine.max_step, plan.max_step))  # type: ignore[type-var]
    if hasattr(engine, "dt"):
        engine = _on_the_grid(engine, system, plan)  # type: ignore[arg-type]
    if plan.waves is not None:
        system = system.started(plan.waves)
    run = integrated(engine, system, plan.start, plan.times, stop, limits)
    if circuit is not None and getattr(engine, "audit", True):
        run = audited(circuit, run)
    shown = run.times >= plan.shown_from
    shown[-1] = True
    return replace(
        run,
        times=run.times[shown],
        states=run.states[:, shown],
        record={"program": "analoghop", "version": __version__, **(record or {}), **run.record},
    )


def integrated(
    engine: Engine, system: System, start: Array, times: Array, stop: Stop | None, limits: Limits | None
) -> Solution:
    """Return the engine's solution of one run, and report it to the log."""
    _log.info("a run of %d states to t = %g s by %s", system.size, times[-1], type(engine).__name__)
    run = engine.integrate(system, start, times, stop, limits)
    _log.info(
        "the run ended at t = %g s, %s after %d steps: %s",
        run.times[-1],
        run.status.value,
        run.counts.steps,
        run.message,
    )
    return run


def run_measured(
    circuit: Circuit,
    lure: Lure,
    plan: Transient,
    engine: Engine,
    record: Mapping[str, object] | None = None,
    limits: Limits | None = None,
    audited_against: bool = True,
) -> tuple[Solution, dict[str, float | None]]:
    """Return the solution of the run that `plan` describes, and the results of the circuit's `.meas` lines.

    These are taken from the dense output of the solver's steps, whatever times are recorded; for an engine
    without one, whose steps are fixed, from the recorded times. None for a measurement that fails. The run
    is audited against the circuit, unless `lure` is known to differ from it.
    """
    judge = circuit if audited_against else None
    if not (circuit.measures and isinstance(engine, ScipyIVP)):
        run = run_transient(lure, plan, engine, record, limits=limits, circuit=judge)
        waves = run.to_waveforms(measured_signals(circuit.measures))
        return run, evaluate_measures(circuit.measures, waves)
    times = plan.times
    if plan.waves is not None:
        lure, plan = lure.started(plan.waves), replace(plan, waves=None)
    lure = lure.begun(float(times[0]), float(times[-1]), engine.rtol)
    spacing = float(times[-1] - times[0]) / (len(times) - 1) if len(times) > 2 else math.inf
    measuring = Measuring(circuit.measures, lure, plan.shown_from, spacing)
    watched = replace(engine, follower=measuring)
    run = run_transient(lure, plan, watched, record, limits=limits, circuit=judge)
    return run, measuring.results()


def _on_the_grid(engine: Ensemble, system: System, plan: Transient) -> Ensemble:
    """Return the engine; if its fixed step is free, with a safe step that divides the recorded intervals.

    The times are evenly spaced.
    """
    from analoghop.engines.ensemble.step_limit import fixed_steps

    if engine.adaptive or engine.dt is not None:
        return engine
    span = (float(plan.times[0]), float(plan.times[-1]))
    longest = min((span[1] - span[0]) / fixed_steps(system, engine.rule, None, span), plan.max_step)
    spacing = float(np.diff(plan.times).min())
    return replace(engine, dt=spacing / max(1, math.ceil(spacing / longest * (1.0 - 1e-9))))


def _span(system: System, tstop: float | None, times: ArrayLike | None, settle: bool) -> Array:
    if tstop is not None and times is not None:
        raise InputError("give `tstop` or `times`, not both")
    if times is not None:
        return checked_times(times)
    needed = "`simulate` needs `tstop`, `times`, or `settle` where no input moves for ever"
    return np.array([0.0, end_of(system, tstop, settle, needed)])


def end_of(system: System, tstop: float | None, settle: bool, needed: str) -> float:
    """Return `tstop`, or if it is None and the run may `settle`, the latest time for settling.

    Raises `InputError` with the message `needed` if neither gives an end of the run.
    """
    if tstop is not None:
        return checked_end(tstop)
    if settle and np.isfinite(quiet := system.quiet_after()):
        return quiet + PATIENCE * float(np.max(system.time_constants, initial=0.0))
    raise InputError(needed)


def checked_end(tstop: object) -> float:
    """Return `tstop`; raises `InputError` unless it is a positive, finite number of seconds."""
    if not (isinstance(tstop, int | float | np.number) and 0.0 < tstop < math.inf):
        raise InputError(f"`tstop` is {tstop!r}, expected a positive time in seconds")
    return float(tstop)
