"""`basin`: how far a cue may lie from its pattern, against load."""

from __future__ import annotations

from collections.abc import Sequence

from analoghop.formats.columns import Columns
from analoghop.study.memory_models import Recipe
from analoghop.study.memory_recall import Told
from analoghop.study.memory_trials import Source, each, mixed, record_of, try_out


def basin(
    recipe: Recipe,
    source: Source,
    counts: Sequence[int],
    noises: Sequence[float],
    *,
    trials: int = 30,
    seed: int = 0,
    told: Told | None = None,
    time_limit: float | None = None,
) -> Columns:
    """Return the recall of `counts` of patterns from cues with each share of `noises` of their bits flipped.

    A row for each pair, the noises of one count after another. Columns: `count`, `load`, `noise`, `start`
    (the overlap of the cue, 1 - 2 noise), and those of `capacity`.
    """
    points = [(count, noise) for count in counts for noise in noises]

    def measure(point: tuple[int, float]) -> dict[str, float]:
        count, noise = point
        found = try_out(
            lambda memory, _: recipe.build(memory),
            source,
            count,
            noise=noise,
            trials=trials,
            seed=mixed(seed, count),
        )
        start = 1.0 - 2.0 * noise
        known = {"count": float(count), "load": count / source.size, "noise": noise, "start": start}
        return {**known, **found.row()}

    return Columns(each(points, measure, told, time_limit), record_of("basin", recipe, source, seed))
