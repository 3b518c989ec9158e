"""Start and end of trajectories in the slots of a tile."""

from __future__ import annotations

import math
from typing import Any

from analoghop.engines.fused.equations.amplify import amplify
from analoghop.engines.fused.equations.moving import argue, drive, tune
from analoghop.engines.fused.equations.products import chunk, multiply_all, multiply_rows
from analoghop.engines.fused.equations.seats import seat
from analoghop.engines.fused.registers.lanes import inlined, lanes, larger, load, same, size, store
from analoghop.engines.fused.stages import EXTRA, PARTS, RATES, TOP, V, X, Y, finish


@inlined
def prepare(tables: Any, tile: Any, queue: Any, control: Any) -> None:
    """Copy the next starts of the queue to the last block, with their rates and first steps.

    The first step is that of Hairer, Norsett & Wanner (1993), II.4; the amplifier's input scale replaces a
    state near zero.
    """
    n, w, span, work = tables.size, tile.width, tile.span, tile.work
    at, column = tile.blocks * PARTS * span, tile.blocks * w
    count = min(w, queue.count - queue.next[0])
    for i in range(n):
        for c in range(w):
            work[at + X * span + i * w + c] = queue.starts[(queue.next[0] + c) * n + i] if c < count else 0.0
    for c in range(count):
        spare, place = column + c, queue.next[0] + c
        tile.row[spare], tile.t[spare] = queue.row[place], queue.t[place]
        seat(tables, spare, queue.row[place])
        tile.since[spare], tile.again[spare] = queue.since[place], queue.again[place]
        tile.accepted[spare], tile.tried[spare] = queue.accepted[place], queue.tried[place]
    queue.next[0] += count
    for look in range(2):
        y, rate = at + (X if look == 0 else Y) * span, at + (RATES + look) * span
        if tables.moving > 0:
            tune(tables, tile, column, float(look), float(look))
            argue(tables, tile, work, y, at + V * span, w, column, 0, n)
            amplify(tables, work, at + V * span, at + V * span, w, column, 0, n)
        else:
            amplify(tables, work, y, at + V * span, w, column, 0, n)
        multiply_all(tables, work, at + V * span, at + EXTRA * span, w)
        for row in range(0, n, chunk(tables)):
            stop = min(n, row + chunk(tables))
            multiply_rows(tables, work, at + V * span, at + EXTRA * span, rate, w, column, row, stop)
        if tables.moving > 0:
            drive(tables, tile, work, rate, w, column, 0, n)
        finish(tables, work, y, rate, w, column, 0, n)
        if look == 0:
            _norms(tables, tile, control, at, column)
            _look_ahead(tables, tile, control, at, column)
    _first_steps(tables, tile, control, at, column)
    tile.ready[0], tile.ready[1] = 0, count


@inlined
def _look_ahead(tables: Any, tile: Any, control: Any, at: int, column: int) -> None:
    """Write the state after a short Euler step to Y."""
    n, w, span, work = tables.size, tile.width, tile.span, tile.work
    for c in range(column, column + w):
        step = 0.01 * math.sqrt(tile.error[c] / tile.unrest[c]) if tile.unrest[c] > 0.0 else 1.0
        tile.step[c], tile.h[c] = step, step * control.unit
    for c in range(0, w, lanes(work)):
        step = load(tile.step, column + c)
        for e in range(at + c, at + c + n * w, w):
            ahead = load(work, e + X * span) + step * load(work, e + RATES * span)
            store(work, e + Y * span, ahead)


@inlined
def _norms(tables: Any, tile: Any, control: Any, at: int, column: int) -> None:
    """Write the mean squares of states and rates in units of the tolerance to `error` and `unrest`."""
    n, w, span, work = tables.size, tile.width, tile.span, tile.work
    relative, absolute, share = same(work, control.rtol), same(work, control.atol), same(work, 1.0 / n)
    for c in range(0, w, lanes(work)):
        states = rates = same(work, 0.0)
        for e in range(at + c, at + c + n * w, w):
            x = size(load(work, e + X * span))
            store(work, e + TOP * span, larger(x, same(work, 1.0)))
            tolerance = absolute + relative * x
            state, rate = (x + same(work, 0.01)) / tolerance, load(work, e + RATES * span) / tolerance
            states, rates = states + state * state, rates + rate * rate
        store(tile.error, column + c, states * share)
        store(tile.unrest, column + c, rates * share)


@inlined
def _first_steps(tables: Any, tile: Any, control: Any, at: int, column: int) -> None:
    n, w, span, work = tables.size, tile.width, tile.span, tile.work
    relative, absolute, share = same(work, control.rtol), same(work, control.atol), same(work, 1.0 / n)
    for c in range(0, w, lanes(work)):
        bends = same(work, 0.0)
        for e in range(at + c, at + c + n * w, w):
            tolerance = absolute + relative * size(load(work, e + X * span))
            bend = (load(work, e + (RATES + 1) * span) - load(work, e + RATES * span)) / tolerance
            bends = bends + bend * bend
        store(tile.error, column + c, bends * share)
    for c in range(column, column + w):
        h = tile.h[c] / control.unit
        steepest = max(math.sqrt(tile.unrest[c]), math.sqrt(tile.error[c]) / h)
        longer = (0.01 / steepest) ** 0.2 if steepest > 1e-15 else h
        tile.planned[c] = min(100.0 * h, longer) * control.unit


@inlined
def take(tables: Any, tile: Any, control: Any, column: int) -> None:
    """Move the next prepared trajectory to an empty slot."""
    n, w, span, work = tables.size, tile.width, tile.span, tile.work
    spare = tile.ready[0]
    tile.ready[0] += 1
    source = tile.blocks * PARTS * span + spare
    target = column // w * PARTS * span + column % w
    for e in range(0, n * w, w):
        for part in (X, TOP, RATES):
            work[target + part * span + e] = work[source + part * span + e]
    spare += tile.blocks * w
    tile.row[column], tile.t[column] = tile.row[spare], tile.t[spare]
    seat(tables, column, tile.row[column])
    tile.since[column], tile.again[column] = tile.since[spare], tile.again[spare]
    tile.accepted[column], tile.tried[column] = tile.accepted[spare], tile.tried[spare]
    tile.planned[column] = tile.planned[spare]
    tile.took[column] = 0.0
    tile.memory[column] = 0.0
    edge = 1
    while edge < control.stops - 1 and control.edges[edge] <= tile.t[column]:
        edge += 1
    tile.edge[column] = edge


@inlined
def _copy_state(tables: Any, tile: Any, column: int, scale: Any, out: Any, place: int) -> None:
    """Write the state of a column in volts to `out`, from the index `place`."""
    w, span = tile.width, tile.span
    part = Y if tile.took[column] > 0.0 else X
    source = column // w * PARTS * span + part * span + column % w
    for i in range(tables.size):
        out[place + i] = tile.work[source + i * w] * scale[i]


@inlined
def record(tables: Any, tile: Any, control: Any, results: Any, column: int) -> None:
    """Write the state of a column to its trace, if its time is an edge that is recorded."""
    edge = tile.edge[column] - 1
    if tile.t[column] == control.edges[edge] and control.marks[edge] >= 0:
        place = (tile.row[column] * results.length + control.marks[edge]) * tables.size
        _copy_state(tables, tile, column, results.scale, results.traces, place)


@inlined
def leave(tables: Any, tile: Any, results: Any, column: int, status: int) -> None:
    """Write the end of a trajectory to the results, and empty its slot."""
    row = tile.row[column]
    _copy_state(tables, tile, column, results.scale, results.states, row * tables.size)
    results.status[row] = status
    results.t[row] = tile.t[column]
    results.since[row] = tile.since[column]
    results.accepted[row] = tile.accepted[column]
    results.tried[row] = tile.tried[column]
    tile.row[column] = -1
    tile.step[column] = 0.0
    tile.took[column] = 0.0
