"""`sensitivities`: which parts of a circuit a result depends on, from the draws that are stored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.experiments.plan.scatter import Scatter
from analoghop.experiments.scattering.draws import deviations
from analoghop.experiments.store.point_result import PointResult
from analoghop.intervals import NORMAL_95


class Sensitivity(NamedTuple):
    """How a result follows the deviation of one part.

    `correlation` in -1..1 with its 95 % `interval` (Fisher 1921: atanh r is normal with variance 1/(n - 3));
    `slope`, the change of the result for a change of the part by its whole tolerance; `draws`, how many.
    """

    part: str
    correlation: float
    interval: tuple[float, float]
    slope: float
    draws: int


def sensitivities(
    rows: Iterable[PointResult],
    metric: str,
    names: Sequence[str],
    scatter: Scatter,
    seed: int,
    stream: str = "value",
) -> list[Sensitivity]:
    """Return the sensitivities of a metric to the parts called `names`, the largest correlation first.

    Means of each combination of values are taken off first, so that axes do not count as scatter. `stream`
    is "value" for elements, "offset", "gain" or "rails" for amplifiers: the deviations are drawn again, for
    they depend on seed, part and name alone. Raises `InputError` for fewer than four rows with parts and a
    number.
    """
    found: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        value = row.metrics.get(metric)
        if row.point.part is not None and isinstance(value, int | float):
            found.setdefault(str(sorted(row.point.values.items())), []).append((row.point.part, float(value)))
    groups = [group for group in found.values() if len(group) > 1]
    count = sum(map(len, groups))
    if count < 4:
        raise InputError(f"there are {count} parts with a number `{metric}`: a correlation needs 4 or more")
    result = np.concatenate([_centred([value for _, value in group]) for group in groups])
    parts = sorted({part for group in groups for part, _ in group})
    drawn = {part: deviations(seed, stream, part, names, scatter.law) for part in parts}
    moves = np.concatenate([_centred([drawn[part] for part, _ in group]) for group in groups])
    ranked = [_one(name, moves[:, k], result) for k, name in enumerate(names)]
    return sorted(ranked, key=lambda one: -abs(one.correlation))


def _centred(values: Sequence[float] | Sequence[Array]) -> Array:
    array = np.array(values, dtype=np.float64)
    return np.asarray(array - array.mean(axis=0))


def _one(name: str, moves: Array, result: Array) -> Sensitivity:
    count, spread, size = len(result), float(moves @ moves), float(result @ result)
    together = float(moves @ result)
    r = together / math.sqrt(spread * size) if spread > 0 and size > 0 else 0.0
    r = min(max(r, -1.0), 1.0)
    reach = NORMAL_95 / math.sqrt(max(count - 3, 1))
    middle = math.atanh(min(max(r, -1 + 1e-15), 1 - 1e-15))
    ends = (math.tanh(middle - reach), math.tanh(middle + reach))
    return Sensitivity(name, r, ends, together / spread if spread > 0 else 0.0, count)
