"""`gain`: recall against the gain of the amplifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.limits import Limits
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.rows import StudyPoint, by_recipe, measured, record_of
from analoghop.memory.studies.trials import PatternSource


def gain(
    recipe: MemoryRecipe,
    source: PatternSource,
    count: int,
    gains: Sequence[float],
    *,
    noise: float = 0.0,
    trials: int = 30,
    seed: int = 0,
    limits: Limits | None = None,
) -> Columns:
    """Return how circuits whose amplifiers have each of `gains` recall `count` patterns.

    Below the critical gain (about 1 for Hebb's rule) a circuit forgets everything. Columns: `gain`, `count`,
    `load` and those of `capacity`. Raises `InputError` for another model than the continuous one.
    """
    if recipe.model != "continuous":
        raise InputError(f"the {recipe.model} model has no gain")

    points = [
        StudyPoint({"gain": value}, by_recipe(replace(recipe, gain=value)), count, noise, seed)
        for value in gains
    ]
    known = record_of("gain", recipe, source, seed, noise=noise)
    return measured(points, source, known, trials=trials, limits=limits)
