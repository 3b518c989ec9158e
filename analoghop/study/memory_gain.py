"""`gain` and `heat`: recall against the gain of the amplifiers, and against temperature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analoghop.errors import InputError
from analoghop.formats.columns import Columns
from analoghop.problems.memory.cues import make_cues
from analoghop.problems.memory.discrete import walk_pairs
from analoghop.problems.memory.theory import order_parameters
from analoghop.problems.memory.walk import Sweeps
from analoghop.study.memory_models import Recipe
from analoghop.study.memory_recall import Told
from analoghop.study.memory_trials import Source, each, mixed, record_of, try_out


def gain(
    recipe: Recipe,
    source: Source,
    count: int,
    gains: Sequence[float],
    *,
    noise: float = 0.0,
    trials: int = 30,
    seed: int = 0,
    told: Told | None = None,
    time_limit: float | None = None,
) -> Columns:
    """Return how circuits whose amplifiers have each of `gains` recall `count` patterns.

    Below the critical gain (about 1 for Hebb's rule) a circuit forgets everything. Columns: `gain`, `count`,
    `load` and those of `capacity`. Raises `InputError` for another model than the continuous one.
    """
    if recipe.model != "continuous":
        raise InputError(f"the {recipe.model} model has no gain")

    def measure(value: float) -> dict[str, float]:
        tried = replace(recipe, gain=value)
        found = try_out(
            lambda memory, _: tried.build(memory), source, count, noise=noise, trials=trials, seed=seed
        )
        return {"gain": value, "count": float(count), "load": count / source.size, **found.row()}

    known = record_of("gain", recipe, source, seed, noise=noise)
    return Columns(each(list(gains), measure, told, time_limit), known)


def heat(
    source: Source,
    count: int,
    temperatures: Sequence[float],
    *,
    sweeps: int = 400,
    warm_up: int = 100,
    sets: int = 10,
    per_set: int = 4,
    seed: int = 0,
    told: Told | None = None,
    time_limit: float | None = None,
) -> Columns:
    """Return the order parameters of Hebb's stochastic memory at each of `temperatures`, beside the theory.

    `sets` sets of `count` patterns, `per_set` members each, begin in a pattern; averages are over the sweeps
    after the `warm_up`. Columns: `temperature`, `load`; `overlap` of the average, `q` (the mean product of a
    unit's averages over the two halves, which has no bias), each with its standard error over the sets
    (`error`, `q_error`); `m_theory`, `q_theory` of the replica-symmetric equations, in which the other
    patterns are the noise.
    """
    recipe = Recipe(model="stochastic")

    def measure(temperature: float) -> dict[str, float]:
        plan = Sweeps(temperature=temperature, longest=sweeps, warm_up=warm_up)
        overlaps, squares = np.empty(sets), np.empty(sets)
        for number in range(sets):
            memory = source.draw(count, number)
            cues = make_cues(memory, np.arange(per_set) % count, noise=0.0)
            walked = walk_pairs(recipe.weights(memory), cues.values, plan, seed=mixed(seed, number))
            overlaps[number] = (walked.average * cues.values).mean()
            squares[number] = (walked.halves[0] * walked.halves[1]).mean()
        expected = order_parameters((count - 1) / source.size, temperature)
        root = np.sqrt(sets)
        return {
            "temperature": temperature,
            "load": count / source.size,
            "overlap": float(overlaps.mean()),
            "error": float(overlaps.std(ddof=1) / root) if sets > 1 else np.nan,
            "q": float(squares.mean()),
            "q_error": float(squares.std(ddof=1) / root) if sets > 1 else np.nan,
            "m_theory": expected.m,
            "q_theory": expected.q if temperature > 0 else 1.0,
        }

    known = record_of("heat", recipe, source, seed, sweeps=sweeps, warm_up=warm_up, sets=sets)
    return Columns(each(list(temperatures), measure, told, time_limit), known)
