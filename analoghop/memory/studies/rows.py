"""The rows of a study of memories: what is tried at each point, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

import numpy as np

from analoghop import __version__
from analoghop.formats.memories.columns import Columns
from analoghop.memory.models import Told
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.trials import Build, PatternSource, try_out

T = TypeVar("T")


@dataclass(frozen=True)
class StudyPoint:
    """One row: the columns that are `known`, and what is tried for the others.

    `build` makes the models of `count` patterns, whose cues have a share `noise` of their bits flipped.
    """

    known: dict[str, float]
    build: Build
    count: int
    noise: float
    seed: int


def tried(
    points: Sequence[StudyPoint],
    source: PatternSource,
    record: dict[str, object],
    *,
    trials: int = 30,
    told: Told | None = None,
    time_limit: float | None = None,
) -> Columns:
    """Return a row for each of `points`: what is known of it, `count`, `load`, and those of `Trials.row`."""

    def measure(point: StudyPoint) -> dict[str, float]:
        found = try_out(point.build, source, point.count, noise=point.noise, trials=trials, seed=point.seed)
        load = point.count / source.size
        return {**point.known, "count": float(point.count), "load": load, **found.row()}

    return each(points, measure, record, told, time_limit)


def by_recipe(recipe: MemoryRecipe) -> Build:
    """Return the function that makes every model by `recipe`."""
    return lambda memory, number: recipe.build(memory)


def each(
    points: Sequence[T],
    measure: Callable[[T], dict[str, float]],
    record: dict[str, object],
    told: Told | None = None,
    time_limit: float | None = None,
) -> Columns:
    """Return the rows that `measure` gives for `points`, as columns with `record`.

    After `time_limit` seconds no further row is begun; what Ctrl-C interrupts is left out. The first is
    always measured. The record also says how many `points` were asked for, and whether the study was
    `interrupted`.
    """
    began, interrupted = time.perf_counter(), False
    rows: list[dict[str, float]] = []
    for k, point in enumerate(points):
        if rows and time_limit is not None and time.perf_counter() - began > time_limit:
            break
        try:
            rows.append(measure(point))
        except KeyboardInterrupt:
            if not rows:
                raise
            interrupted = True
            break
        if told is not None:
            told((k + 1) / len(points))
    values = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return Columns(values, {**record, "points": len(points), "interrupted": interrupted})


def record_of(
    study: str, recipe: MemoryRecipe, source: PatternSource, seed: int, **settings: float | int | str
) -> dict[str, object]:
    """Return what a file says of a study: version, recipe, patterns, seeds and further `settings`."""
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
