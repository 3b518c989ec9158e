"""`basin`: how far a cue may lie from its pattern, against load."""

from __future__ import annotations

from collections.abc import Sequence

from analoghop.formats.memories.columns import Columns
from analoghop.limits import Limits
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.rows import StudyPoint, by_recipe, measured, record_of
from analoghop.memory.studies.trials import PatternSource, mixed


def basin(
    recipe: MemoryRecipe,
    source: PatternSource,
    counts: Sequence[int],
    noises: Sequence[float],
    *,
    trials: int = 30,
    seed: int = 0,
    limits: Limits | None = None,
) -> Columns:
    """Return the recall of `counts` of patterns from cues with each share of `noises` of their bits flipped.

    A row for each pair, the noises of one count after another. Columns: `noise`, `start` (the overlap of
    the cue, 1 - 2 noise), and those of `capacity`.
    """
    points = [
        StudyPoint(
            {"noise": noise, "start": 1.0 - 2.0 * noise}, by_recipe(recipe), count, noise, mixed(seed, count)
        )
        for count in counts
        for noise in noises
    ]
    known = record_of("basin", recipe, source, seed)
    return measured(points, source, known, trials=trials, limits=limits)
