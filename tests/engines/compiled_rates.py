"""`compiled_rates`: the rates of change that the kernels compute, for comparison with the system's own."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, members
from analoghop.engines.ensemble.backend import Precision
from analoghop.engines.fused.buffers import new_tile, prepared
from analoghop.engines.fused.equations.lower import lower
from analoghop.engines.fused.kernels import advance
from analoghop.engines.fused.slots import Queue, Results, TileControl
from analoghop.engines.fused.stages import PARTS, RATES
from analoghop.errors import InputError
from analoghop.systems.base import System


def compiled_rates(system: System, x: ArrayLike, t: float = 0.0, dtype: Precision = "float64") -> Array:
    """Return dx/dt at the time `t` and the states `x` (n, members) from the compiled kernels, (n, members).

    Raises `InputError` for a system that they do not support, or states of the wrong shape.
    """
    lowered = lower(system)
    if lowered is None:
        raise InputError(f"the kernels do not support a {type(system).__name__}")
    states = members(x, system.size, "x")
    n, count = states.shape
    scale, tables = lowered.scale, prepared(lowered.tables, dtype, 1.0)
    # The kernel computes the rates of starts before it makes a step; here it makes no step.
    tile = new_tile(tables, dtype, 1, -(-count // 64) * 64)
    nothing, whole = np.zeros(0), np.zeros(count, np.int64)
    queue = Queue(
        count=count,
        starts=np.ascontiguousarray((states / scale[:, None]).T),
        row=np.arange(count),
        t=np.full(count, t),
        since=np.full(count, math.nan),
        again=np.zeros(count),
        accepted=whole,
        tried=whole,
        next=np.zeros(1, np.int64),
    )
    edges = np.array([t, math.inf])
    marks = np.full(2, -1)
    control = TileControl(1e-3, 1e-3, math.inf, lowered.unit, edges, 2, marks, True, False, 0, 0.0, 1)
    status = np.zeros(0, np.int8)
    results = Results(scale, np.zeros((0, n)), 0, np.zeros((0, 0, n)), status, nothing, nothing, whole, whole)
    advance(tables, tile, queue, control, results, 0, True)
    parts = tile.work.reshape(2, PARTS, tile.span)
    rates = parts[0, RATES, : n * tile.width].reshape(n, tile.width)[:, :count]
    return np.asarray(rates * (scale / lowered.unit)[:, None], dtype=np.float64)
