"""Conversion of the finished members of a pool into an `EnsembleSolution`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from analoghop import __version__
from analoghop.arrays import Array
from analoghop.engines.running.pool import Pool
from analoghop.engines.running.tiled import TiledEngine
from analoghop.engines.running.traces import Steps, Traces
from analoghop.ensembles.solution import EnsembleSolution
from analoghop.systems.base import System

_CHUNK = 1024  # members whose energies are computed at once


def ended(pool: Pool, traces: Traces | Steps | None, record: Mapping[str, object]) -> EnsembleSolution:
    """Return the finished members of the run in `pool`, with their recorded waveforms."""
    system, starts = pool.system, pool.starts
    place = np.flatnonzero(pool.done)
    # Slices, unlike lists of indices, copy nothing.
    kept = slice(None) if len(place) == starts.count else place
    states, t = pool.states[kept].T, pool.t[kept]
    waveforms = traces if isinstance(traces, Traces) else None
    return EnsembleSolution(
        system=system,
        starts=starts,
        place=place,
        states=states,
        times=t,
        codes=pool.codes[kept],
        settled_at=pool.settled_at[kept],
        steps=pool.steps[kept],
        rejected=pool.rejected[kept],
        evaluations=pool.evaluations[kept],
        energies=final_energies(system, t, states),
        cpu_s=time.process_time() - pool.cpu,
        wall_s=time.perf_counter() - pool.wall,
        trace_times=None if waveforms is None else waveforms.times,
        traces=None if waveforms is None else waveforms.states[kept],
        record={**record, "seed": getattr(starts, "seed", None)},
    )


def final_energies(system: System, t: Array, x: Array) -> Array | None:
    """Return the energies (k,) of the states `x` (n, k) for the parameters at `t` (k,), None if undefined."""
    if not system.has_energy:
        return None
    energies = np.empty(len(t))
    with np.errstate(all="ignore"):
        for begin in range(0, len(t), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            energy = system.energy(t[part], np.asarray(x[:, part], np.float64))
            energies[part] = sum(energy.values())
    return energies


def settings(engine: TiledEngine, interrupted: bool) -> dict[str, object]:
    """Return the record of a run: the program, the engine and its options, and whether Ctrl-C ended it."""
    return {
        "program": "analoghop",
        "version": __version__,
        "engine": type(engine).__name__,
        "compiled": engine.compiled,
        "precision": engine.dtype,
        **{f.name: getattr(engine, f.name) for f in fields(engine)},
        "atol": engine.absolute,
        "interrupted": interrupted,
    }
