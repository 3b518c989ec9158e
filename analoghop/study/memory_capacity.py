"""`capacity`: recall against load, beside the theory of random patterns."""

from __future__ import annotations

from collections.abc import Sequence

from analoghop.formats.columns import Columns
from analoghop.problems.memory.theory import order_parameters
from analoghop.study.memory_models import Recipe
from analoghop.study.memory_recall import Told
from analoghop.study.memory_trials import Source, each, mixed, record_of, try_out


def capacity(
    recipe: Recipe,
    source: Source,
    counts: Sequence[int],
    *,
    noise: float = 0.0,
    trials: int = 30,
    seed: int = 0,
    told: Told | None = None,
    time_limit: float | None = None,
) -> Columns:
    """Return how well `counts` of patterns are recalled from cues with a share `noise` of bits flipped.

    Columns: `count`, `load`; `overlap` with its standard `error`; the shares `correct`, with the Wilson
    interval `low` .. `high`, and `settled`; `trials`; `theory`, the overlap of the retrieval state of Amit,
    Gutfreund and Sompolinsky (0 without one), where the rule is Hebb's and the units are bipolar.
    """
    temperature = recipe.heat_at_end
    predicted = recipe.rule == "hebbian" and recipe.units == "bipolar" and recipe.amplifier == "tanh"

    def measure(count: int) -> dict[str, float]:
        found = try_out(
            lambda memory, _: recipe.build(memory),
            source,
            count,
            noise=noise,
            trials=trials,
            seed=mixed(seed, count),
        )
        load = count / source.size
        row = {"count": float(count), "load": load, **found.row()}
        if predicted:
            row["theory"] = order_parameters(load, temperature).m
        return row

    known = record_of("capacity", recipe, source, seed, noise=noise)
    return Columns(each(list(counts), measure, told, time_limit), known)
