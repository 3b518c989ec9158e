"""Readings of a circuit's end: bits and codes of its amplifiers, numbers as JSON has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.errors import InputError


def rails_of(bank: Amplifiers) -> Array:
    """Return the ends between which each output of a bank lies as designed, (outputs, 2), low and high.

    An output without an end on one side, as of a linear amplifier, has its base on both.
    """
    ends = np.array([unit.range for unit in bank.activations], dtype=np.float64).reshape(-1, 2)
    ends = ends[bank.unit_of_output]
    ends = np.where(np.isfinite(ends).all(axis=1, keepdims=True), ends, 0.0)
    return np.asarray(bank.base + bank.scale * ends)


def bits(rails: Array, outputs: Array) -> list[int]:
    """Return outputs (n,) of amplifiers as bits: 1 above the middle of their `rails` (n, 2)."""
    return [int(bit) for bit in outputs > rails.mean(axis=1)]


def code_of(found: Sequence[int]) -> int:
    """Return the number whose lowest bit is the first of `found`."""
    return sum(bit << place for place, bit in enumerate(found))


def plain(value: Any) -> Any:
    """Return a metric in a type of JSON: None for numbers that are not finite.

    Raises `InputError` for what is no number, truth value or text.
    """
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float):
        return value if abs(value) < float("inf") else None
    raise InputError(f"a metric is of the type {type(value).__name__}, expected a number, a word or None")
