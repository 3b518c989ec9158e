"""Conversion of the kernels' records: pointers instead of arrays."""

from __future__ import annotations

from typing import Any

from analoghop.engines.fused.equations.tables import Tables
from analoghop.engines.fused.registers.lanes import inlined, pointer
from analoghop.engines.fused.slots import Queue, Results, TileControl, TileSlots


@inlined
def view_tables(a: Any) -> Any:
    """Return the tables as pointers."""
    return Tables(
        a.size, a.coupling, pointer(a.matrix), pointer(a.own), pointer(a.indices), pointer(a.indptr),
        a.p, a.q, a.ring, a.owned, a.same, a.along, a.across, a.everywhere,
        a.banks, pointer(a.kinds), pointer(a.first), pointer(a.units), pointer(a.width),
        pointer(a.slope), pointer(a.shift), pointer(a.rise),
        pointer(a.pull), pointer(a.push), pointer(a.leak), pointer(a.rest),
        a.moving, pointer(a.gain), pointer(a.threshold), pointer(a.couple), pointer(a.steady),
        pointer(a.injected), a.signals, pointer(a.origins), pointer(a.knots), pointer(a.levels),
        pointer(a.geometric), pointer(a.inverse),
    )  # fmt: skip


@inlined
def view_tile(a: Any) -> Any:
    """Return the tile as pointers."""
    return TileSlots(
        a.blocks, a.width, a.span, pointer(a.work), pointer(a.row),
        pointer(a.t), pointer(a.planned), pointer(a.h), pointer(a.step), pointer(a.took),
        pointer(a.error), pointer(a.unrest), pointer(a.memory), pointer(a.since), pointer(a.again),
        pointer(a.edge), pointer(a.accepted), pointer(a.tried), pointer(a.ready), pointer(a.signals),
    )  # fmt: skip


@inlined
def view_queue(a: Any) -> Any:
    """Return the queue as pointers."""
    return Queue(
        a.count, pointer(a.starts), pointer(a.row), pointer(a.t), pointer(a.since), pointer(a.again),
        pointer(a.accepted), pointer(a.tried), pointer(a.next),
    )  # fmt: skip


@inlined
def view_control(a: Any) -> Any:
    """Return the control as numbers and pointers."""
    return TileControl(
        a.rtol, a.atol, a.max_step, a.unit, pointer(a.edges), a.stops, pointer(a.marks),
        a.together, a.settle, a.period, a.quiet, a.most,
    )  # fmt: skip


@inlined
def view_results(a: Any) -> Any:
    """Return the results as pointers."""
    return Results(
        pointer(a.scale), pointer(a.states), a.length, pointer(a.traces), pointer(a.status), pointer(a.t),
        pointer(a.since), pointer(a.accepted), pointer(a.tried),
    )  # fmt: skip
