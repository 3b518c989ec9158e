"""`capacity`: recall against load, beside the theory of random patterns."""

from __future__ import annotations

from collections.abc import Sequence

from analoghop.formats.memories.columns import Columns
from analoghop.limits import Limits
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.rows import StudyPoint, by_recipe, measured, record_of
from analoghop.memory.studies.trials import PatternSource, mixed
from analoghop.memory.theory import retrieval_curve


def capacity(
    recipe: MemoryRecipe,
    source: PatternSource,
    counts: Sequence[int],
    *,
    noise: float = 0.0,
    trials: int = 30,
    seed: int = 0,
    limits: Limits | None = None,
) -> Columns:
    """Return how well `counts` of patterns are recalled from cues with a share `noise` of bits flipped.

    Columns: `count`, `load`; `overlap` with its standard `error`; the shares `correct`, with the Wilson
    interval `low` .. `high`, and `settled`; `trials`; `theory`, the same overlap in the retrieval state of
    Amit, Gutfreund and Sompolinsky (0 without one), where the rule is Hebb's and the units are bipolar.
    """
    points = [StudyPoint({}, by_recipe(recipe), count, noise, mixed(seed, count)) for count in counts]
    known = record_of("capacity", recipe, source, seed, noise=noise)
    columns = measured(points, source, known, trials=trials, limits=limits)
    if not (recipe.rule == "hebbian" and recipe.units == "bipolar" and recipe.amplifier == "tanh"):
        return columns
    theory = retrieval_curve(columns["load"], recipe.heat_at_end)
    return Columns({**columns.values, "theory": theory}, columns.record)
