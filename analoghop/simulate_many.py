"""`simulate_many`: many runs of one deck, circuit or system."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Precision, real
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.members import deck_family, member_count
from analoghop.circuit.netlist.template import DeckTemplate
from analoghop.circuit.source import source_of
from analoghop.engines import Engine, EnsembleEngine, Stop
from analoghop.engines.base import checked_stop
from analoghop.engines.choice import EngineName, engine_of, with_options
from analoghop.engines.running.serial import integrate_members
from analoghop.engines.running.spread import integrate_spread
from analoghop.ensembles import EnsembleSolution, GivenStarts, Starts, random_starts
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError, check_kind
from analoghop.limits import Limits, Progress, limited
from analoghop.simulate import end_of
from analoghop.systems.base import System
from analoghop.systems.circuits.network_members import network_family
from analoghop.workers import Sharing, sharing

_log = logging.getLogger(__name__)


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
    parameters: Mapping[str, ArrayLike | str] | None = None,
    include_dirs: Sequence[str | Path] = (),
    workers: Sharing = 1,
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
    further folders for its `.include` lines. Where some of the parameters are arrays, whose last axis is the
    members, each member is a circuit of its own: parameters and elements of a deck (`deck_family`), elements
    of a circuit; T, C, R, gain, offset, bias ... of a network (`network_family`). A member begins at its own
    start unless `starts` or `x0` say otherwise, and gives what a run with its values alone gives; energies
    are then None. `engine`: a name, "auto" (`Fused` or `Ensemble`: see `automatic`), "scipy", "ensemble" or
    "fused"; or any engine. `rtol` (`atol` equals it by default, if the
    engine counts `atol` in input scales), `atol`, `dtype` and `settle` set its options; None keeps the
    engine's values. `threads` share the trajectories; `time_limit` (s of wall clock) and Ctrl-C end the run,
    and the finished trajectories are returned. `progress`: True for a bar, or a function of a `Tally`.
    `limits` replace these three options; other entry points pass them. `workers` share the trajectories: a
    number of processes on this machine, the address of a scheduler of Dask, or `Workers` (extra `cluster`).

    Memory: see `Ensemble`; only the last states are kept. Raises `InputError` for starts that are missing,
    given twice or of the wrong shape, a missing time, an unknown engine or an option that it does not have,
    and `NetlistError` for a deck that cannot be read or reduced.
    """
    checked_stop(stop)
    system, record, end = _opened(source, parameters or {}, include_dirs, limits)
    tstop = end if tstop is None else tstop
    if system.members is not None and starts is None:
        x0 = system.starts if x0 is None else _for_all(x0, system)
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
    _log.info("%d runs of %d states by %s", begins.count, system.size, type(chosen).__name__)
    if workers != 1 and traces:
        raise InputError("`traces` are kept in one process: leave out `workers`, or them")
    with (
        limited(limits, time_limit=time_limit, threads=threads, progress=progress) as within,
        sharing(workers, within.left) as shared,
    ):
        if shared is not None and within.threads > 1:
            raise InputError("`threads` share the trajectories in one process: leave out `workers`, or them")
        if shared is not None:
            run = integrate_spread(chosen, system, begins, times, stop, within, shared)
        else:
            run = integrate_members(chosen, system, begins, times, stop, within)
    _log.info("the runs ended: %s", ", ".join(f"{n} {status.value}" for status, n in run.statuses.items()))
    return replace(run, record={**record, **run.record}) if record else run


def _opened(
    source: System | Circuit | str | Path,
    parameters: Mapping[str, ArrayLike | str],
    include_dirs: Sequence[str | Path],
    limits: Limits | None,
) -> tuple[System, Mapping[str, object], float | None]:
    """Return what is to be integrated, the entries of the record, and the end that a deck asks for."""
    check_kind(parameters, Mapping, "parameters", "names with their values")
    count = member_count(parameters)
    if count is None:
        single: dict[str, str | float] = {
            name: value if isinstance(value, str) else float(real(value, f"`{name}`"))
            for name, value in parameters.items()
        }
        opened = source_of(source, single or None, include_dirs)
        if isinstance(opened, System):
            return opened, {}, None
        tran = opened.circuit.tran
        return opened.lure, opened.record, None if tran is None else tran.stop
    if not count:
        raise InputError("`parameters` have no members")
    if isinstance(source, System):
        if source.network is not source:
            raise InputError("`parameters` with members are for decks, circuits and networks")
        values = {name: value for name, value in parameters.items() if not isinstance(value, str)}
        return network_family(source.network, values, count), {}, None
    if isinstance(source, str | Path):
        if isinstance(source, str) and "\n" in source:
            raise InputError("the text of a deck is no path: give `Circuit.parse(text)`")
        model: DeckTemplate | Circuit = DeckTemplate.read(source, include_dirs)
    else:
        check_kind(source, Circuit, "source", "a deck's path, a `Circuit` or a `System`")
        model = source
    circuit, family = deck_family(model, parameters, count, limits)
    record = {"title": circuit.title, "members": count, "set": sorted(parameters)}
    if isinstance(source, str | Path):
        record["deck"] = str(source)
    return family, record, None if circuit.tran is None else circuit.tran.stop


def _for_all(x0: ArrayLike, family: System) -> Array:
    """Return the states x0 (n,) or (n, members) for every member."""
    given = real(x0, "`x0`")
    columns = given[:, None] if given.ndim == 1 else given
    if columns.ndim != 2 or columns.shape[1] not in (1, family.members):
        raise InputError(f"`x0` has shape {given.shape}, expected one start or {family.members} of them")
    return np.array(np.broadcast_to(columns, (len(columns), family.members or 1)))


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
        if system.members not in (None, starts.count):
            raise InputError(f"`starts` are {starts.count}, but the parameters have {system.members} members")
        return starts
    assert starts is not None, "one of the two is given"
    return random_starts(system, starts, seed, scale, first=first)


def _times(system: System, tstop: float | None, settle: bool, traces: int) -> Array:
    end = end_of(system, tstop, settle, "`simulate_many` needs `tstop` where trajectories do not settle")
    if isinstance(traces, bool) or not isinstance(traces, int | np.integer) or traces in (1, 2) or traces < 0:
        raise InputError(f"`traces` is {traces!r}, expected 3 times or more")
    return np.linspace(0.0, end, traces or 2)
