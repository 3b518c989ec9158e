"""`Point`: one combination of the values of all axes with one draw, and the key under which it is stored."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analoghop.experiments.plan.study import SCHEMA, Study

EPOCH = 1
"""Raised when the numbers that a model gives change on purpose: stored points are then computed again."""


@dataclass(frozen=True, slots=True)
class Point:
    """`values` by axis; numbers of the draws: `part` (0 is the first), `start`, `noise`, None where none."""

    values: Mapping[str, Any]
    part: int | None = None
    start: int | None = None
    noise: int | None = None


def points(study: Study) -> Iterator[Point]:
    """Yield the points of a study: the axes' outer product in their order, then parts, starts and noise."""
    drawn = study.drawn
    draws = [
        (part, start, noise)
        for part in _numbers(drawn.parts)
        for start in _numbers(drawn.starts)
        for noise in _numbers(drawn.noise)
    ]
    for row in itertools.product(*(one.values for one in study.axes)):
        values = dict(zip(study.axis_names, (v for part in row for v in part), strict=True))
        for draw in draws:
            yield Point(values, *draw)


def _numbers(count: int) -> range | tuple[None]:
    return range(count) if count else (None,)


def keys(study: Study, identity: Mapping[str, Any]) -> Iterator[tuple[str, Point]]:
    """Yield every point with its key, 32 hexadecimal digits.

    The key is a hash of all that decides the numbers of the point: the model's `identity`, the values of the
    axes, the draws and their seed, engine options, scatter and metrics. Neither the name of the study, nor
    paths, nor the version of the program belong to it.
    """
    common = {
        "schema": SCHEMA,
        "epoch": EPOCH,
        "model": identity,
        "engine": {**study.engine},
        "metrics": sorted(study.metrics),
        "tolerance": None if study.scatter is None else study.scatter.to_dict(),
        "seed": study.drawn.seed,
        "scale": study.drawn.scale,
        "wall": study.wall,
    }
    head = hashlib.sha256(canonical(common).encode())
    text = ""
    seen: Mapping[str, Any] | None = None
    for point in points(study):
        if point.values is not seen:
            seen, text = point.values, canonical(point.values)
        digest = head.copy()
        digest.update(f"{text}|{point.part}|{point.start}|{point.noise}".encode())
        yield digest.hexdigest()[:32], point


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, shortest digits."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str)
