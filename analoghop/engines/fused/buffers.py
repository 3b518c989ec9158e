"""The memory of tiles, and tables in the form that kernels read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Integers
from analoghop.engines.fused.equations.tables import DENSE, GRID, SPARSE, Tables
from analoghop.engines.fused.registers.lanes import BYTES
from analoghop.engines.fused.registers.panel import packed, padded
from analoghop.engines.fused.slots import TileSlots
from analoghop.engines.fused.stages import PARTS

_CACHE = 1 << 20  # bytes that the parts of a block should not exceed: the second cache of most machines
_SHARED = 1 << 24  # bytes of a matrix from which on several blocks share what is fetched of it
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
    """Return lowered tables for kernels: in `dtype`, matrices packed, `rest` over the `tolerance`."""
    cast = {name: getattr(tables, name).astype(dtype) for name in _ROWS}
    matrix = tables.matrix.astype(dtype)
    if tables.coupling != SPARSE:
        matrix = packed(matrix)
    own, rest = packed(tables.own.astype(dtype)), (tables.rest / tolerance).astype(dtype)
    return tables._replace(matrix=matrix, own=own, rest=rest, **cast)


def shape(tables: Tables, dtype: Any, members: int, wanted: int | None) -> tuple[int, int]:
    """Return how many blocks a tile has, and how many columns a block, for so many `members`.

    One block of the number `wanted`, rounded up to full registers; for None what is fastest. Two registers of
    columns make the best use of a matrix; one, where the parts of a block would outgrow the cache otherwise.
    A matrix that the cache does not hold is shared by several blocks.
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
    # Parts a whole number of pages apart would compete for the same places in the cache.
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
    """Return zeros that begin where a line of the cache does."""
    size = count * np.dtype(dtype).itemsize
    memory = np.zeros(size + _LINE, np.uint8)
    offset = -memory.ctypes.data % _LINE
    return memory[offset : offset + size].view(dtype)
