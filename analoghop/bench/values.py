"""Checks of values that come from a page or a file: plain numbers, texts and lists."""

from __future__ import annotations

import math
from typing import Any

from analoghop.errors import InputError


def number(value: object, name: str) -> float:
    """Return a finite number; raises `InputError`, naming `name`, for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"`{name}` is {value!r}, expected a finite number")
    return float(value)


def text(value: object, name: str) -> str:
    """Return a text; raises `InputError`, naming `name`, for anything else."""
    if not isinstance(value, str):
        raise InputError(f"`{name}` is {value!r}, expected a text")
    return value


def listed(values: object, name: str) -> list[Any]:
    """Return a list that is not empty; raises `InputError`, naming `name`, for anything else."""
    if not isinstance(values, list | tuple) or not values:
        raise InputError(f"`{name}` is {values!r}, expected a list")
    return list(values)
