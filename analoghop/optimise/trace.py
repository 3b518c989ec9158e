"""`trace`: one anneal as it goes, for pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.engines import ScipyIVP
from analoghop.engines.assignment import record_assignment
from analoghop.engines.ensemble import Ensemble
from analoghop.engines.machines import run_machine
from analoghop.ensembles import GivenStarts
from analoghop.optimise.anneal import beginning
from analoghop.problems.base import Answer, Encoding
from analoghop.systems.assignment import Assignment
from analoghop.systems.machine import Machine

FEWEST, WORK = 20, 1_000_000_000
"""Times at which a machine is recorded at least; states times steps, of all runs together, for more."""

EARLIEST = 1e-4
"""Of the duration: the first time that is recorded."""


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
    encoding: Encoding, seed: int = 0, number: int = 0, *, points: int = 200, near: Answer | None = None
) -> Trace:
    """Return start `number` of `encoding`, recorded at `points` times, fewer where a machine is large."""
    run = _trace(encoding, seed, number, points, near)
    ring = encoding.ring(run.outputs) if isinstance(encoding, OnTheMap) else None
    return replace(run, answers=tuple(raw.answer for raw in encoding.decode(run.outputs)), ring=ring)


def _trace(encoding: Encoding, seed: int, number: int, points: int, near: Answer | None) -> Trace:
    index = np.array([number])
    system, x0 = beginning(encoding, seed, index, near)
    if isinstance(system, Machine):
        return _stepped(encoding, system, x0, seed, index, points)
    if isinstance(system, Assignment):
        return _assigned(system, x0, seed, number, points)
    if system.noise is None and encoding.step is None:
        run = ScipyIVP().integrate(system, x0[:, 0], _times(encoding.duration, points))
        reached, states = run.times, run.states
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


def _stepped(
    encoding: Encoding, machine: Machine, x0: Array, seed: int, index: NDArray[np.int64], points: int
) -> Trace:
    """Return the run of a machine up to the step at which it stops.

    The engine that `anneal` uses runs it again and again, each time a little longer: the trace ends exactly
    where that start does, in the same arithmetic.
    """
    last = max(1, int(run_machine(machine, x0, seed, index).steps[0]))
    count = min(points, max(FEWEST, WORK // (machine.size * last)), last + 1)
    steps = np.unique(np.linspace(0, last, count).astype(int))
    states = [x0] + [run_machine(machine, x0, seed, index, steps=k).states for k in steps[1:].tolist()]
    x, times = np.concatenate(states, axis=1), steps * machine.step
    parts = dict(machine.energy(times, x)) if machine.has_energy else {}
    return Trace(times, machine.outputs(times, x), parts, encoding.tau)


def _assigned(system: Assignment, x0: Array, seed: int, number: int, points: int) -> Trace:
    """Return the anneal of an assignment as the engine runs it."""
    steps = np.unique(np.linspace(0, system.steps - 1, points).astype(int))
    grids = record_assignment(system, x0, seed, number, steps.tolist())
    times = steps * system.step
    return Trace(times, system.flat(grids), dict(system.parts(times, grids)), system.tau)
