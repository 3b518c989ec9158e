"""Allocation of the memory of tiles, and conversion of tables to the form that kernels read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.engines.fused.equations.tables import DENSE, GRID, SPARSE, VARIED, FamilyTables, Tables
from analoghop.engines.fused.registers.lanes import BYTES
from analoghop.engines.fused.registers.panel import packed, padded
from analoghop.engines.fused.slots import TileSlots
from analoghop.engines.fused.stages import PARTS

_CACHE = 1 << 20  # largest size of a block in bytes: the level-2 cache of most machines
_SHARED = 1 << 24  # size of a matrix in bytes above which several blocks share each fetched panel
_LINE = 64

_ROWS = (
    "slope",
    "shift",
    "rise",
    "pull",
    "push",
    "leak",
    "gain",
    "threshold",
    "couple",
    "steady",
    "injected",
)


def prepared(tables: Tables, dtype: Any, tolerance: float) -> Tables:
    """Return lowered tables for kernels: in `dtype`, matrices packed, `rest` divided by `tolerance`."""
    cast = {name: getattr(tables, name).astype(dtype) for name in _ROWS}
    matrix = tables.matrix.astype(dtype)
    if tables.coupling != SPARSE:
        matrix = packed(matrix)
    own, rest = packed(tables.own.astype(dtype)), (tables.rest / tolerance).astype(dtype)
    return tables._replace(matrix=matrix, own=own, rest=rest, **cast)


def family_tables(
    tables: Tables, every: Mapping[str, Array], tolerance: float, columns: int, place: Integers
) -> Any:
    """Return prepared `tables` with values `every` (entries, members) for the columns of one tile.

    `place` are the members of the rows of the results, which the worker keeps up to date.
    """
    dtype = tables.slope.dtype
    values = {name: every[name] / tolerance if name == "rest" else every[name] for name in VARIED}
    flat = np.ascontiguousarray(np.concatenate(list(values.values())).T.astype(dtype)).reshape(-1)
    sizes = [len(part) for part in values.values()]
    held = _aligned(sum(sizes) * columns, dtype)
    ends = np.cumsum([0, *sizes]) * columns
    parts = {name: held[ends[k] : ends[k + 1]] for k, name in enumerate(VARIED)}
    more = {"held": held, "every": flat, "place": place, "entries": sum(sizes), "columns": columns}
    fields: dict[str, Any] = {**tables._asdict(), **parts, **more}
    return FamilyTables(**fields)


def shape(tables: Tables, dtype: Any, members: int, wanted: int | None) -> tuple[int, int]:
    """Return the number of blocks of a tile and of columns per block, for a given number of `members`.

    If `wanted` is given, one block of this number of columns, rounded up to full registers; None chooses the
    fastest shape. Two registers of columns make the best use of a matrix; a single one is used if the block
    would exceed the cache otherwise. A matrix larger than the cache is shared by several blocks.
    """
    lanes = BYTES // np.dtype(dtype).itemsize
    bytes_of = PARTS * tables.size * 2 * BYTES
    if wanted is not None:
        return 1, -(-wanted // lanes) * lanes
    narrow = tables.coupling != DENSE and bytes_of > _CACHE
    width = lanes if narrow or members <= lanes else 2 * lanes
    large = tables.coupling == DENSE and tables.size**2 * np.dtype(dtype).itemsize > _SHARED
    return (max(1, min(4, members // width)) if large else 1), width


def new_tile(tables: Tables, dtype: Any, blocks: int, width: int) -> TileSlots:
    """Return an empty tile."""
    p, q = tables.p, tables.q
    rows = {DENSE: padded(tables.size), SPARSE: tables.size, GRID: (padded(p) + 1) * q}[tables.coupling]
    # Parts at distances of whole pages would compete for the same cache lines.
    lines = -(-rows * width * np.dtype(dtype).itemsize // _LINE) + 2
    span = lines * _LINE // np.dtype(dtype).itemsize
    columns = (blocks + 1) * width

    def reals() -> NDArray[Any]:
        return _aligned(columns, dtype)

    def whole() -> Integers:
        return np.zeros(columns, np.int64)

    return TileSlots(
        blocks=blocks,
        width=width,
        span=span,
        work=_aligned((blocks + 1) * PARTS * span, dtype),
        row=np.full(columns, -1, np.int64),
        t=np.zeros(columns),
        planned=np.zeros(columns),
        h=np.zeros(columns),
        step=reals(),
        took=reals(),
        error=reals(),
        unrest=reals(),
        memory=np.zeros(columns),
        since=np.zeros(columns),
        again=np.zeros(columns),
        edge=whole(),
        accepted=whole(),
        tried=whole(),
        ready=np.zeros(2, np.int64),
        signals=_aligned(columns * tables.signals, dtype),
    )


def _aligned(count: int, dtype: Any) -> NDArray[Any]:
    """Return zeros aligned to a cache line."""
    size = count * np.dtype(dtype).itemsize
    memory = np.zeros(size + _LINE, np.uint8)
    offset = -memory.ctypes.data % _LINE
    return memory[offset : offset + size].view(dtype)
