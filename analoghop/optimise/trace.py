"""`trace`: one anneal as it goes, for pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Array
from analoghop.engines import ScipyIVP
from analoghop.optimise.anneal import initial_states
from analoghop.problems.base import Answer, Encoding


@dataclass(frozen=True, eq=False)
class Trace:
    """An anneal at `times` (k,) in seconds of the circuit, whose time constant is `tau`.

    `outputs` (n_outputs, k); `parts` of the energy, each (k,), empty where the system has none.
    """

    times: Array
    outputs: Array
    parts: Mapping[str, Array]
    tau: float


def trace(
    encoding: Encoding, seed: int = 0, number: int = 0, *, points: int = 200, near: Answer | None = None
) -> Trace:
    """Return start `number` of `encoding`, recorded at `points` times."""
    x0 = initial_states(encoding, seed, np.array([number]), near)
    times = np.linspace(0.0, encoding.duration, points)
    system = encoding.system
    run = ScipyIVP().integrate(system, x0[:, 0], times)
    parts = dict(system.energy(run.times, run.states)) if system.has_energy else {}
    return Trace(run.times, run.outputs, parts, encoding.tau)
