"""`simulate`: the front door for one run of a deck, a circuit or a system."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from analoghop import __version__
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist import read
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import Transient, transient
from analoghop.engines import Engine, Ensemble, Progress, ScipyIVP, Stop
from analoghop.engines.ensemble.fixed_tile import Rule
from analoghop.engines.ensemble.step_limit import fixed_steps
from analoghop.errors import InputError
from analoghop.solution import Solution
from analoghop.systems.base import System


def simulate(
    source: System | Circuit | str | Path,
    *,
    tstop: float | None = None,
    times: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    engine: Engine | None = None,
    stop: Stop | None = None,
    settle: bool = False,
    time_limit: float | None = None,
    progress: bool | Progress = False,
    parameters: Mapping[str, str | float] | None = None,
    include_dirs: Sequence[str | Path] = (),
) -> Solution:
    """Return what a system, a circuit, or the deck in the file `source` does.

    Give `tstop` (s, from t = 0: every step is recorded) or `times` (s: start and end, or a grid to record
    on). With `settle` and neither, the run has 1000 of the slowest own time constants to come to rest.
    It starts from `x0` (n,), by default from the system's own start, else from zeros.
    A deck says these things itself, in `.tran`, `.ic` and IC=: what is given here replaces what it says.
    `parameters` are values for its parameters, `include_dirs` further folders for its `.include` lines.

    `engine` is a `ScipyIVP()` by default, with noise an `Ensemble("exponential")`; `settle`, `time_limit` (s
    of wall clock) and `progress` (True or a function of the fraction done) set options of `ScipyIVP` of the
    same names. `stop` ends the run, see `Engine`.
    Raises `InputError` for times that are missing, given twice or do not increase, for a start that does not
    fit, and `NetlistError` for a deck that cannot be read or reduced.
    """
    if isinstance(source, System):
        engine = _with_options(engine or fitting(source), settle, time_limit, progress)
        start = x0 if x0 is not None else _own_start(source)
        return engine.integrate(source, start, _span(source, tstop, times, settle), stop)
    record: dict[str, object] = {}
    if not isinstance(source, Circuit):
        record = {"deck": str(source), "set": dict(parameters or {})}
        source = read(source, include_dirs, parameters or {})
    elif parameters:
        raise InputError("`parameters` are put in where a deck is read; this circuit has its values")
    lure = compile_circuit(source)
    engine = _with_options(engine or fitting(lure), settle, time_limit, progress)
    if times is None:
        plan = transient(source, lure, tstop, settle)
    else:
        plan = Transient(np.asarray(_span(lure, tstop, times, settle)), np.asarray(_own_start(lure)).ravel())
    if x0 is not None:
        plan = replace(plan, start=np.asarray(x0))
    return run_transient(lure, plan, engine, {"title": source.title, **record}, stop)


def run_transient(
    system: System,
    plan: Transient,
    engine: Engine,
    record: Mapping[str, object] | None = None,
    stop: Stop | None = None,
) -> Solution:
    """Return the run that `plan` describes; `record` is added to what the solution knows of itself."""
    if isinstance(engine, ScipyIVP):
        engine = replace(engine, max_step=min(engine.max_step, plan.max_step))
    elif isinstance(engine, Ensemble) and not engine.adaptive and engine.dt is None:
        engine = replace(engine, dt=_grid_step(system, plan, engine.rule))
    run = engine.integrate(system, plan.start, plan.times, stop)
    shown = run.times >= plan.shown_from
    shown[-1] = True
    return replace(
        run,
        times=run.times[shown],
        states=run.states[:, shown],
        record={"program": "analoghop", "version": __version__, **(record or {}), **run.record},
    )


def _grid_step(system: System, plan: Transient, rule: Rule) -> float:
    """Return a safe fixed step that ends at the recorded times, where these are evenly spaced."""
    span = (float(plan.times[0]), float(plan.times[-1]))
    longest = min((span[1] - span[0]) / fixed_steps(system, rule, None, span), plan.max_step)
    spacing = float(np.diff(plan.times).min())
    return spacing / max(1, math.ceil(spacing / longest * (1.0 - 1e-9)))


def fitting(system: System) -> Engine:
    """Return the engine for one trajectory of `system`: of fixed steps where there is noise."""
    return ScipyIVP() if system.noise is None else Ensemble("exponential")


def _with_options(
    engine: Engine, settle: bool, time_limit: float | None, progress: bool | Progress
) -> Engine:
    if not settle and time_limit is None and progress is False:
        return engine
    if not isinstance(engine, ScipyIVP):
        name = type(engine).__name__
        raise InputError(f"`settle`, `time_limit` and `progress` are options of ScipyIVP, not of {name}")
    return replace(
        engine,
        settle=settle or engine.settle,
        time_limit=engine.time_limit if time_limit is None else time_limit,
        progress=engine.progress if progress is False else progress,
    )


def _own_start(system: System) -> ArrayLike:
    start = getattr(system, "start", None)
    return np.zeros(system.size) if start is None else np.asarray(start)


def _span(system: System, tstop: float | None, times: ArrayLike | None, settle: bool) -> ArrayLike:
    if tstop is not None and times is not None:
        raise InputError("give `tstop` or `times`, not both")
    if times is not None:
        return times
    if tstop is None and settle and np.isfinite(system.quiet_after()):
        tstop = system.quiet_after() + 1000.0 * float(np.max(system.time_constants, initial=0.0))
    if tstop is None:
        raise InputError("`simulate` needs `tstop`, `times`, or `settle` where no input moves for ever")
    if not tstop > 0:
        raise InputError(f"`tstop` is {tstop}, expected a positive time in seconds")
    return (0.0, tstop)
