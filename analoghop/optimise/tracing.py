"""`trace`: the course of one anneal in time, for plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.choice import recorded
from analoghop.limits import Limits
from analoghop.optimise.anneal import beginning
from analoghop.problems.base import Answer, Encoding
from analoghop.problems.turns import circuit_of
from analoghop.systems.base import System


@dataclass(frozen=True, eq=False)
class Trace:
    """An anneal at `times` (k,) in seconds of the circuit, whose time constant is `tau`.

    `outputs` (n_outputs, k); `parts` of the energy, each (k,), empty where the system has none; `answers` (k)
    decoded from the outputs, None if they encode none; `ring` (k, nodes, 2), in the instance's coordinates,
    if the circuit is a ring in the plane.
    """

    times: Array
    outputs: Array
    parts: Mapping[str, Array]
    tau: float
    answers: Sequence[Answer | None] = ()
    ring: Array | None = None


def trace(
    encoding: Encoding,
    seed: int = 0,
    number: int = 0,
    *,
    points: int = 200,
    near: Answer | None = None,
    limits: Limits | None = None,
) -> Trace:
    """Return start `number` of `encoding`, recorded at `points` times.

    A repeated anneal is recorded at further `points` times; an anneal ended by the limits, up to there.
    """
    if near is None:
        encoding = circuit_of(encoding, number)
    system, x0 = beginning(encoding, seed, np.array([number]), near)
    limits, policy = limits or Limits(), encoding.reheating

    def once(circuit: System, start: Array, stream: int) -> tuple[Trace, Array]:
        options: dict[str, Any] = {"duration": encoding.duration, "step": encoding.step, "stream": stream}
        run = recorded(circuit, start, seed, number, points, limits, **options)
        parts = dict(circuit.energy(run.times, run.states)) if circuit.has_energy else {}
        return Trace(run.times, run.outputs, parts, encoding.tau), run.states[:, -1:]

    one, end = once(system, x0, 0)
    done = [one]
    for stream in range(1, 1 + (0 if policy is None else policy.times)):
        if policy is None or encoding.decode(done[-1].outputs[:, -1:])[0].answer is not None or limits.over:
            break
        one, end = once(policy.circuit(stream), end, stream)
        done.append(replace(one, times=one.times + done[-1].times[-1]))
    whole = _joined(done)
    answers = tuple(raw.answer for raw in encoding.decode(whole.outputs))
    return replace(whole, answers=answers, ring=encoding.ring(whole.outputs))


def _joined(runs: Sequence[Trace]) -> Trace:
    """Return consecutive anneals as one; each begins at the end time of the previous one."""
    first, kept = runs[0], [slice(None), *[slice(1, None)] * (len(runs) - 1)]
    parts = {
        name: np.concatenate([run.parts[name][part] for run, part in zip(runs, kept, strict=True)])
        for name in first.parts
    }
    times = np.concatenate([run.times[part] for run, part in zip(runs, kept, strict=True)])
    outputs = np.concatenate([run.outputs[:, part] for run, part in zip(runs, kept, strict=True)], axis=1)
    return Trace(times, outputs, parts, first.tau)
