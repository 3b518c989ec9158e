"""The rows of a study of memories: measurements at its points in turn, until the limits are over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

import numpy as np

from analoghop import __version__
from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.limits import Limits
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.trials import Build, PatternSource, try_out

Point = TypeVar("Point")
Row = dict[str, float]


@dataclass(frozen=True)
class StudyPoint:
    """One row: the `known` columns, and the trial that measures the others.

    `build` makes the model of `count` patterns; cues have a share `noise` of their bits flipped.
    """

    known: Row
    build: Build
    count: int
    noise: float
    seed: int


def measured(
    points: Sequence[StudyPoint],
    source: PatternSource,
    record: dict[str, object],
    *,
    trials: int = 30,
    limits: Limits | None = None,
) -> Columns:
    """Return a row for each of `points`: its known columns, `count`, `load`, and those of `Trials.row`.

    The record also names the engine.
    """

    known = dict(record)

    def measure(point: StudyPoint, limits: Limits, first: bool) -> Row | None:
        found = try_out(
            point.build,
            source,
            point.count,
            noise=point.noise,
            trials=trials,
            seed=point.seed,
            limits=limits,
            first=first,
        )
        if found is None:
            return None
        known["engine"] = found.ran.to_dict()
        load = point.count / source.size
        return {**point.known, "count": float(point.count), "load": load, **found.row()}

    return rows(points, measure, known, limits)


def by_recipe(recipe: MemoryRecipe) -> Build:
    """Return the function that builds models by `recipe`."""
    return lambda memory, number: recipe.build(memory)


def rows(
    points: Sequence[Point],
    measure: Callable[[Point, Limits, bool], Row | None],
    record: dict[str, object],
    limits: Limits | None = None,
) -> Columns:
    """Return the rows that `measure(point, limits, first)` gives for `points`, as columns with `record`.

    Once the `limits` are over, no further row is begun, and an incomplete row (None) is left out; the first
    row is always completed unless Ctrl-C ends it, which then raises `KeyboardInterrupt`. The record also has
    the number of requested `points`, and whether Ctrl-C was pressed (`interrupted`). Raises `InputError`
    without points.
    """
    if not points:
        raise InputError("a study needs one point or more")
    limits = limits or Limits()
    done: list[Row] = []
    with limits.heed():
        for point in points:
            if done and limits.over:
                break
            row = measure(point, limits.until(np.inf), not done)
            if row is None:
                break
            done.append(row)
            limits.tell(len(done), len(points), "points")
    if not done:
        raise KeyboardInterrupt
    values = {name: np.array([row[name] for row in done]) for name in done[0]}
    return Columns(values, {**record, "points": len(points), "interrupted": limits.interrupted})


def record_of(
    study: str, recipe: MemoryRecipe, source: PatternSource, seed: int, **settings: float | int | str
) -> dict[str, object]:
    """Return the metadata of a study: version, recipe, patterns, seeds and further `settings`."""
    patterns = "random" if source.memory is None else source.memory.name
    engine = recipe.engine if isinstance(recipe.engine, str) else repr(recipe.engine)
    own = {**asdict(replace(recipe, engine="auto")), "engine": engine}
    return {
        "program": "analoghop",
        "version": __version__,
        "study": study,
        "recipe": own,
        "patterns": patterns,
        "neurons": source.size,
        "seed": seed,
        "patterns_seed": source.seed,
        **settings,
    }
