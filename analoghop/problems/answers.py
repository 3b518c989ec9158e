"""Checks of answers (one whole number for each vertex, variable or cell) and of costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.arrays import Integers, real_array
from analoghop.errors import InputError


def whole_numbers(answer: Any, count: int, noun: str) -> Integers:
    """Return `answer` as `count` whole numbers.

    Raises `InputError` for any other value; `noun` names the numbers, such as "colours, one per vertex".
    """
    try:
        values = np.asarray(answer)
    except ValueError as error:
        raise InputError(f"`answer` is no sequence of {noun}: {error}") from error
    if values.dtype.kind not in "biuf" or values.shape != (count,):
        raise InputError(f"`answer` has shape {values.shape}, expected {count} {noun}")
    if not np.isfinite(values).all() or (values != np.floor(values)).any():
        raise InputError(f"`answer` holds a number that is no whole number, expected {count} {noun}")
    return values.astype(np.int64)


def bits(answer: Any, count: int, noun: str) -> Integers:
    """Return `answer` as `count` zeros and ones; raises `InputError` for any other value."""
    values = whole_numbers(answer, count, noun)
    if not np.isin(values, (0, 1)).all():
        raise InputError(f"`answer` holds something other than 0 and 1, expected {count} {noun}")
    return values


def uses_told(answer: Any, count: int, noun: str, used: str) -> list[str]:
    """Return the violations of an answer that must hold each of the numbers 0 to `count` - 1 exactly once.

    "city 3 is missing", "city 5 is visited 2 times", "city 99 is unknown": `noun` and `used` are "city" and
    "visited".
    """
    places = whole_numbers(answer, np.size(answer), f"numbers, one for each {noun}")
    known = places[(places >= 0) & (places < count)]
    uses = np.bincount(known, minlength=count)
    found = [f"{noun} {k} is missing" for k in np.flatnonzero(uses == 0).tolist()]
    found += [f"{noun} {k} is {used} {uses[k]} times" for k in np.flatnonzero(uses > 1).tolist()]
    return found + [f"{noun} {k} is unknown" for k in places.tolist() if not 0 <= k < count]


def known_cost(value: Any) -> float | None:
    """Return the `best_known` cost, None if unknown; raises `InputError` unless it is finite or None."""
    if value is None:
        return None
    cost = real_array(value, "best_known", "a finite number, or None")
    if cost.shape != () or not np.isfinite(cost):
        raise InputError(f"`best_known` is {value!r}, expected a finite number, or None")
    return float(cost)
