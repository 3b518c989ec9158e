"""The asynchronous sweep as machine code; importing this module needs numba."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from analoghop.memory.discrete.sweeps import GOLDEN, UNIT, draw

_32, _11 = np.uint64(32), np.uint64(11)
_draw: Any = njit(inline="always")(draw)


def _sweep(
    x: Any,
    h: Any,
    rows: Any,
    state: Any,
    columns: Any,
    rounding: Any,
    low: Any,
    high: Any,
    temperature: Any,
    shuffle: Any,
    changed: Any,
) -> None:
    """Member by member: its state stays in the cache while the couplings stream by."""
    n = x.shape[1]
    order = np.empty(n, np.int64)
    for m in range(len(rows)):
        units, fields, start = x[rows[m]], h[rows[m]], state[m]
        for k in range(n):
            order[k] = k
        if shuffle:
            for k in range(n - 1, 0, -1):
                word = _draw(start + GOLDEN * np.uint64(k)) >> _32
                other = np.int64((word * np.uint64(k + 1)) >> _32)
                order[k], order[other] = order[other], order[k]
        flips = 0
        for k in range(n):
            unit = order[k]
            field, old = fields[unit], units[unit]
            new = old
            if temperature > 0.0:
                up = 1.0 / (1.0 + math.exp(-(high - low) * field / temperature))
                chance = (_draw(start + GOLDEN * np.uint64(n + k)) >> _11) * UNIT
                new = high if chance < up else low
            elif field > rounding[unit]:
                new = high
            elif field < -rounding[unit]:
                new = low
            if new != old:
                step = new - old
                units[unit] = new
                column = columns[unit]
                for j in range(n):
                    fields[j] += step * column[j]
                flips += 1
        changed[m] = flips


sweep_compiled: Any = njit(cache=True, nogil=True)(_sweep)
