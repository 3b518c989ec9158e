"""`CompiledSweeps`: asynchronous sweeps as machine code; importing this module needs numba."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numba import njit

from analoghop.arrays import Integers
from analoghop.memory.discrete.stepper import SweepBlock, SweepStepper
from analoghop.memory.discrete.updates import GOLDEN, UNIT, Words, draw

_32, _11 = np.uint64(32), np.uint64(11)
_draw: Any = njit(inline="always")(draw)


def _sweep(
    x: Any,
    h: Any,
    state: Any,
    columns: Any,
    rounding: Any,
    low: Any,
    heat: Any,
    shuffle: Any,
    changed: Any,
) -> None:
    """Do the same as `sweep_numpy`, member by member, so that the units stay in the cache."""
    n = x.shape[1]
    order = np.empty(n, np.int64)
    for m in range(len(x)):
        units, fields, start = x[m], h[m], state[m]
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
            if heat > 0.0:
                up = 1.0 / (1.0 + math.exp(-(1.0 - low) * field / heat))
                chance = (_draw(start + GOLDEN * np.uint64(n + k)) >> _11) * UNIT
                new = 1.0 if chance < up else low
            elif field > rounding[unit]:
                new = 1.0
            elif field < -rounding[unit]:
                new = low
            if new != old:
                step = new - old
                units[unit] = new
                column = columns[unit]
                for j in range(n):
                    fields[j] += step * column[j]
                flips += 1
        changed[m] += flips


sweep_compiled: Any = njit(cache=True, nogil=True)(_sweep)


class CompiledSweeps(SweepStepper):
    """Asynchronous sweeps of a memory of pairs, member by member."""

    compiled: ClassVar[bool] = True

    def sweep(self, block: SweepBlock, k: int, state: Words) -> Integers:
        """Take sweep number `k`."""
        changed = np.zeros(len(block.x), np.int64)
        sweep_compiled(block.x, block.h, state, *self.machine.tables, *self.machine.updates(k), changed)
        return changed
