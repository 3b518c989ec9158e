"""What is kept of an answer, and where two answers differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

LEFT_OUT = {"cpu_s", "wall_s", "s", "deck", "command", "message", "reason", "notes"}
"""Keys that are not kept: seconds of computing, paths, wordings."""
LEFT_OUT |= {"largest_rise", "balance_error", "residual", "audit"}
"""And numbers that are nothing but rounding."""
SIGNALS = 24
"""Most signals that are kept of one state."""
CLOSE = 1e-6
"""Relative difference below which two numbers count as the same."""
LOOSE = {"t_settle": 0.2}
"""The same for numbers by name: in float32 rounding decides when a memory is seen to be at rest."""
NOTHING = 1e-9
"""Share of the largest number beside it below which a number is not told from 0."""


def kept(value: Any) -> Any:
    """Return `value` as JSON gives it back, numbers to ten digits, without what is left out."""
    if isinstance(value, Mapping):
        return {str(key): kept(part) for key, part in _chosen(value).items() if key not in LEFT_OUT}
    if isinstance(value, list | tuple | np.ndarray):
        return [kept(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return float(f"{value:.10g}") if isinstance(value, float) else value


def _chosen(values: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return `values`, or where they are very many signals, some of them evenly spaced."""
    if len(values) <= SIGNALS or not all(str(key).startswith(("v(", "i(")) for key in values):
        return values
    every = -(-len(values) // SIGNALS)
    return dict(list(values.items())[::every])


def differences(
    stored: Any, found: Any, where: str = "answer", close: float = CLOSE, largest: float = 0.0
) -> Iterator[str]:
    """Yield where `found` differs from what is stored; keys that are not stored do not count.

    Numbers with a point are the same if they are `close`, all else exactly. `largest` is the largest number
    beside `stored`.
    """
    if isinstance(stored, dict) and isinstance(found, dict):
        for key, value in stored.items():
            if key in found:
                tolerance, top = LOOSE.get(key, CLOSE), _largest(stored.values())
                yield from differences(value, found[key], f"{where}.{key}", tolerance, top)
            else:
                yield f"{where}.{key} is missing"
    elif isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        for k, (value, other) in enumerate(zip(stored, found, strict=True)):
            yield from differences(value, other, f"{where}[{k}]", close, _largest(stored))
    elif isinstance(stored, float) and isinstance(found, float):
        if not math.isclose(stored, found, rel_tol=close, abs_tol=NOTHING * largest):
            yield f"{where} is {found!r}, was {stored!r}"
    elif type(stored) is not type(found) or stored != found:
        yield f"{where} is {found!r}, was {stored!r}"


def _largest(values: Iterable[Any]) -> float:
    return max((abs(value) for value in values if isinstance(value, float)), default=0.0)
