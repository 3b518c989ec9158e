"""`correction`: how the wrong bits of cues disappear, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Array
from analoghop.engines import Ensemble
from analoghop.errors import InputError
from analoghop.memory.cues import Cues
from analoghop.memory.discrete.dense import walk_dense
from analoghop.memory.discrete.pairs import walk_pairs
from analoghop.memory.models import Continuous, Model
from analoghop.memory.weights import Weights
from analoghop.simulate_many import simulate_many


@dataclass(frozen=True, eq=False)
class Correction:
    """`steps` (k,): seconds of a circuit, sweeps of a discrete model, from 0. `hamming` (k, members): bits
    that differ from the wanted pattern. `signs` (k, n): what the first cue has become.
    """

    steps: Array
    hamming: Array
    signs: Array
    continuous: bool


def correction(
    model: Model, cues: Cues, *, seed: int = 0, duration: float | None = None, points: int = 61
) -> Correction:
    """Return how `model` corrects `cues`.

    A circuit is looked at `points` times, evenly over `duration` seconds (None: 15 time constants); a
    discrete model after every sweep until all cues have come to rest, its chance decided by `seed`. Raises
    `InputError` for fewer than 3 points, and `KeyboardInterrupt` where Ctrl-C ended the run.
    """
    wanted = model.memory.patterns[cues.wanted].T
    if isinstance(model, Continuous):
        if points < 3:
            raise InputError(f"`points` is {points}, expected 3 or more")
        circuit = model.circuit
        until = 15.0 * circuit.tau if duration is None else duration
        engine = Ensemble() if model.engine == "auto" else model.engine
        run = simulate_many(
            circuit.system,
            x0=circuit.begin(cues.values),
            tstop=until,
            traces=points,
            engine=engine,
            settle=False,
        )
        if run.traces is None or run.trace_times is None or len(run) < cues.members:
            raise KeyboardInterrupt
        steps = run.trace_times
        signs = np.sign(run.traces[:, :, : model.memory.size]).transpose(1, 2, 0)
    else:
        seen: list[Array] = []

        def watch(_: int, states: Array) -> None:
            seen.append(states)

        if isinstance(model.interaction, Weights):
            walk_pairs(model.interaction, cues.values, model.plan, seed=seed, watch=watch)
        else:
            walk_dense(model.interaction, cues.values, model.plan, seed=seed, watch=watch)
        steps, signs = np.arange(len(seen), dtype=np.float64), np.stack(seen)
    hamming = (signs != wanted).sum(axis=1).astype(np.float64)
    return Correction(steps, hamming, signs[:, :, 0], isinstance(model, Continuous))
