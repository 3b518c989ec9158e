"""Time-dependent parameters: a factor of the gains, a factor of the coupling, and injected currents."""

from __future__ import annotations

import math
from typing import Any

from analoghop.engines.fused.registers.lanes import entry, inlined, lanes, load, store, varied


@inlined
def _value(tables: Any, signal: int, t: float) -> float:
    """Return a signal at `t`, interpolated between its knots linearly or geometrically."""
    first, last = tables.origins[signal], tables.origins[signal + 1] - 1
    if t <= tables.knots[first]:
        level = tables.levels[first]
    elif t >= tables.knots[last]:
        level = tables.levels[last]
    else:
        k = first
        while tables.knots[k + 1] < t:
            k += 1
        share = (t - tables.knots[k]) / (tables.knots[k + 1] - tables.knots[k])
        level = tables.levels[k] + share * (tables.levels[k + 1] - tables.levels[k])
    if tables.geometric[signal] > 0:
        level = math.exp(level)
    if tables.inverse[signal] > 0:
        level = 1.0 / level
    return float(level)


@inlined
def tune(tables: Any, tile: Any, column: int, drive: float, gain: float) -> None:
    """Compute the signals for the columns of a block from `column` on.

    The factor of the gains is taken at the fraction `gain` of their steps, all others at the fraction
    `drive`.
    """
    columns = (tile.blocks + 1) * tile.width
    for signal in range(tables.signals):
        node = gain if signal == 0 else drive
        for c in range(column, column + tile.width):
            tile.signals[signal * columns + c] = _value(tables, signal, tile.t[c] + node * tile.h[c])


@inlined
def argue(
    tables: Any, tile: Any, work: Any, y: int, v: int, w: int, column: int, start: int, stop: int
) -> None:
    """Write the inputs of the amplifiers at the states `y` to the place of their outputs, `v`."""
    for i in range(start, stop):
        gain = entry(tables, work, tables.gain, i, column)
        threshold = entry(tables, work, tables.threshold, i, column)
        for c in range(0, w, lanes(work)):
            if varied(tables):
                gain = entry(tables, work, tables.gain, i, column + c)
                threshold = entry(tables, work, tables.threshold, i, column + c)
            argument = gain * load(work, y + i * w + c) + threshold
            store(work, v + i * w + c, load(tile.signals, column + c) * argument)


@inlined
def drive(tables: Any, tile: Any, work: Any, k: int, w: int, column: int, start: int, stop: int) -> None:
    """Convert rows of the product at `k` to kappa (couple M v + steady) + injected w, see `Tables`."""
    columns, sources = (tile.blocks + 1) * tile.width, tables.signals - 2
    for i in range(start, stop):
        couple = entry(tables, work, tables.couple, i, column)
        steady = entry(tables, work, tables.steady, i, column)
        for c in range(0, w, lanes(work)):
            if varied(tables):
                couple = entry(tables, work, tables.couple, i, column + c)
                steady = entry(tables, work, tables.steady, i, column + c)
            e = k + i * w + c
            total = load(tile.signals, columns + column + c) * (couple * load(work, e) + steady)
            for j in range(sources):
                level = load(tile.signals, (2 + j) * columns + column + c)
                injected = entry(tables, work, tables.injected, i * sources + j, column + c)
                total = total + injected * level
            store(work, e, total)
