"""`trace`: one anneal as it goes, for pictures."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from analoghop.arrays import Array, Indices, Integers
from analoghop.engines import ScipyIVP
from analoghop.engines.assignment import record_assignment, run_assignment
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.machines.run import run_machine
from analoghop.ensembles import GivenStarts
from analoghop.optimise.anneal import Reheats, beginning
from analoghop.problems.base import Answer, Encoding
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.machine import Machine

EARLIEST = 1e-5
"""Of the duration: the first time that is recorded."""
FINE, HELD = 10, 20_000_000
"""Times from which each recorded one is chosen; numbers that are kept for it at most."""


@dataclass(frozen=True, eq=False)
class Trace:
    """An anneal at `times` (k,) in seconds of the circuit, whose time constant is `tau`.

    `outputs` (n_outputs, k); `parts` of the energy, each (k,), empty where the system has none; `answers` (k)
    that the outputs decode to, None where they say none; `ring` (k, nodes, 2), in the instance's coordinates,
    where the circuit is a ring on the map.
    """

    times: Array
    outputs: Array
    parts: Mapping[str, Array]
    tau: float
    answers: Sequence[Answer | None] = ()
    ring: Array | None = None


@runtime_checkable
class OnTheMap(Protocol):
    """An encoding whose outputs are a ring of nodes among the cities."""

    def ring(self, outputs: Array) -> Array:
        """Return the nodes (members, nodes, 2) in the instance's coordinates."""


def trace(
    encoding: Encoding,
    seed: int = 0,
    number: int = 0,
    *,
    points: int = 200,
    near: Answer | None = None,
    seconds: float | None = None,
) -> Trace:
    """Return start `number` of `encoding`, recorded at `points` times.

    An anneal that begins again is recorded at as many times again; that of a machine ends early where it
    takes more than `seconds` of wall clock.
    """
    run = _trace(encoding, seed, number, points, near, seconds)
    ring = encoding.ring(run.outputs) if isinstance(encoding, OnTheMap) else None
    return replace(run, answers=tuple(raw.answer for raw in encoding.decode(run.outputs)), ring=ring)


def _trace(
    encoding: Encoding, seed: int, number: int, points: int, near: Answer | None, seconds: float | None
) -> Trace:
    index = np.array([number])
    system, x0 = beginning(encoding, seed, index, near)
    if isinstance(system, Machine):
        deadline = None if seconds is None else time.monotonic() + seconds
        return _stepped(encoding, system, x0, seed, index, points, deadline)
    if isinstance(system, Assignment):
        return _assigned(encoding, system, x0, seed, number, points)
    if system.noise is None and encoding.step is None:
        fine = max(points, min(FINE * points, HELD // system.size))
        run = ScipyIVP().integrate(system, x0[:, 0], _times(encoding.duration, fine))
        chosen = _telling(run.times, system.outputs(run.times, run.states), points)
        reached, states = run.times[chosen], run.states[:, chosen]
    else:
        stepping = Ensemble(method="exponential", dt=encoding.step, noise_seed=seed)
        times = np.linspace(0.0, encoding.duration, points)
        many = stepping.integrate_many(system, GivenStarts(x0, first=number), times)
        assert many.trace_times is not None, "a grid of times was asked for"
        assert many.traces is not None, "a grid of times was asked for"
        reached, states = many.trace_times, many.traces[0].T
    parts = dict(system.energy(reached, states)) if system.has_energy else {}
    return Trace(reached, system.outputs(reached, states), parts, encoding.tau)


def _times(duration: float, points: int) -> Array:
    """Return `points` times from 0 to `duration`, half of them even and half in even ratios.

    Amplifiers that saturate decide in a small part of the time that they are given.
    """
    early = points // 2
    even = np.linspace(0.0, duration, points - early)
    return np.union1d(even, np.geomspace(EARLIEST * duration, duration, early + 1)[:-1])


def _telling(times: Array, V: Array, points: int) -> Indices:
    """Return `points` indices of `times` between which time and the change of V grow by equal amounts."""
    path = np.concatenate([[0.0], np.cumsum(np.sqrt(np.sum(np.diff(V) ** 2, axis=0)))])
    share = times / times[-1] + (path / path[-1] if path[-1] > 0 else 0.0)
    chosen = np.unique(np.searchsorted(share, np.linspace(0.0, share[-1], points)))
    spare = np.setdiff1d(np.arange(len(times)), chosen)
    return np.union1d(chosen, spare[np.linspace(0, len(spare) - 1, points - len(chosen)).astype(int)])


def _stepped(
    encoding: Encoding,
    machine: Machine,
    x0: Array,
    seed: int,
    index: Integers,
    points: int,
    deadline: float | None,
) -> Trace:
    """Return the run of a machine up to the step at which it stops, or that it reaches by the `deadline`.

    The engine that `anneal` uses runs it piece by piece: the trace ends exactly where that start does, in the
    same arithmetic.
    """
    last = max(1, int(run_machine(machine, x0, seed, index, deadline=deadline).steps[0]))
    steps = np.unique(np.linspace(0, last, min(points, last + 1)).astype(int))
    states = [x0]
    for k, end in itertools.pairwise(steps.tolist()):
        states.append(run_machine(machine, states[-1], seed, index, steps=end, first=k).states)
    x, times = np.concatenate(states, axis=1), steps * machine.step
    parts = dict(machine.energy(times, x)) if machine.has_energy else {}
    return Trace(times, machine.outputs(times, x), parts, encoding.tau)


def _assigned(
    encoding: Encoding, system: Assignment, x0: Array, seed: int, number: int, points: int
) -> Trace:
    """Return the anneal of an assignment as the engine runs it, and those of an invalid end state again."""
    reheats = encoding.reheats if isinstance(encoding, Reheats) else 0
    done = [_once(system, x0, seed, number, points, 0)]
    for stream in range(1, reheats + 1):
        if encoding.decode(done[-1].outputs[:, -1:])[0].answer is not None:
            break
        x0 = run_assignment(system, x0, seed, np.array([number]), stream=stream - 1).states
        assert isinstance(encoding, Reheats), "it has a circuit for that"
        system = encoding.again
        run = _once(system, x0, seed, number, points, stream)
        done.append(replace(run, times=run.times + done[-1].times[-1] + system.step))
    parts = {name: np.concatenate([run.parts[name] for run in done]) for name in done[0].parts}
    times = np.concatenate([run.times for run in done])
    return Trace(times, np.concatenate([run.outputs for run in done], axis=1), parts, system.tau)


def _once(system: Assignment, x0: Array, seed: int, number: int, points: int, stream: int) -> Trace:
    steps = np.unique(np.linspace(0, system.steps - 1, points).astype(int))
    grids = record_assignment(system, x0, seed, number, steps.tolist(), stream=stream)
    times = steps * system.step
    return Trace(times, system.flat(grids), dict(system.parts(times, grids)), system.tau)
