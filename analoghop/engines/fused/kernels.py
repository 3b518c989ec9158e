"""The compiled functions that Python calls: the rates of many states, and the integration of a tile."""

from __future__ import annotations

from typing import Any

from analoghop.engines.fused.control import conclude, plan
from analoghop.engines.fused.equations.amplify import amplify
from analoghop.engines.fused.equations.moving import argue, drive, tune
from analoghop.engines.fused.equations.products import chunk, multiply_all, multiply_rows
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import inlined, view
from analoghop.engines.fused.slots import FAILED, RUNNING
from analoghop.engines.fused.stages import EXTRA, PARTS, RATES, V, Y, begin, judge, proceed
from analoghop.engines.fused.start import leave, prepare, record, take
from analoghop.engines.tableaux import DORMAND_PRINCE

NODES = DORMAND_PRINCE.nodes


@inlined
def _fill(tables: Any, tile: Any, queue: Any, control: Any) -> int:
    """Move starts to empty slots; return the number of occupied slots."""
    taken = 0
    for column in range(tile.blocks * tile.width):
        if tile.row[column] < 0:
            if tile.ready[0] == tile.ready[1]:
                if queue.next[0] == queue.count:
                    continue
                prepare(tables, tile, queue, control)
            take(tables, tile, control, column)
        taken += 1
    return taken


@inlined
def _taken(tile: Any) -> int:
    """Return the number of occupied slots."""
    taken = 0
    for column in range(tile.blocks * tile.width):
        taken += tile.row[column] >= 0
    return taken


@inlined
def _plan_all(tables: Any, tile: Any, control: Any, results: Any) -> None:
    """Choose all steps; trajectories that cannot go on fail."""
    for column in range(tile.blocks * tile.width):
        if tile.row[column] >= 0 and not plan(tile, control, column):
            leave(tables, tile, results, column, FAILED)


@inlined
def _live(tile: Any) -> int:
    """Return the number of leading blocks that hold trajectories."""
    column = tile.blocks * tile.width - 1
    while column >= 0 and tile.row[column] < 0:
        column -= 1
    return int(column // tile.width) + 1


@inlined
def _step(tables: Any, tile: Any, control: Any) -> None:
    """Try a step of every trajectory, chunk of rows by chunk, so that data are reused while in the cache.

    The blocks take turns, so that a panel of a large matrix is fetched once for all of them.
    """
    n, span, w, work = tables.size, tile.span, tile.width, tile.work
    blocks, length = _live(tile), chunk(tables)
    for stage in range(7):
        old, new = V + stage % 2, V + (stage + 1) % 2
        for block in range(blocks):
            at = block * PARTS * span
            if tables.moving > 0:
                tune(tables, tile, block * w, NODES[stage], NODES[min(stage + 1, 6)])
            if stage > 0:
                multiply_all(tables, work, at + old * span, at + EXTRA * span, w)
        for start in range(0, n, length):
            stop = min(n, start + length)
            for block in range(blocks):
                at, column = block * PARTS * span, block * w
                if stage == 0:
                    begin(tables, work, at, span, w, tile.step, tile.took, column, start, stop)
                else:
                    v, rate = at + old * span, at + (RATES + stage) * span
                    multiply_rows(tables, work, v, at + EXTRA * span, rate, w, column, start, stop)
                    if tables.moving > 0:
                        drive(tables, tile, work, rate, w, column, start, stop)
                    if stage == 6:
                        judge(
                            tables, work, at, span, w, tile.step, column, start, stop,
                            control.rtol, control.atol, tile.error, tile.unrest,
                        )  # fmt: skip
                        continue
                    proceed(tables, work, at, span, w, tile.step, column, start, stop, stage)
                y, v = at + Y * span, at + new * span
                if tables.moving > 0:
                    argue(tables, tile, work, y, v, w, column, start, stop)
                    y = v
                amplify(tables, work, y, v, w, column, start, stop)


@inlined
def _conclude_all(tables: Any, tile: Any, control: Any, results: Any) -> None:
    for column in range(tile.blocks * tile.width):
        if tile.row[column] >= 0:
            status = conclude(tile, control, column)
            if results.length > 0:
                record(tables, tile, control, results, column)
            if status != RUNNING:
                leave(tables, tile, results, column, status)


@kernel
def advance(tables: Any, tile: Any, queue: Any, control: Any, results: Any, steps: int, last: bool) -> int:
    """Make up to `steps` steps of a tile; return the number of occupied slots.

    Returns earlier if there are empty slots and no starts for them, unless the `last` starts are taken or
    trajectories `start_together`.
    """
    rows, slots, starts, rules, out = view(tables), view(tile), view(queue), view(control), view(results)
    taken, patient = 0, last or rules.start_together
    for step in range(steps + 1):
        begins = step == 0 or not rules.start_together
        taken = _fill(rows, slots, starts, rules) if begins else _taken(slots)
        if step == steps or taken == 0 or (taken < slots.blocks * slots.width and not patient):
            break
        _plan_all(rows, slots, rules, out)
        _step(rows, slots, rules)
        _conclude_all(rows, slots, rules, out)
    return taken
