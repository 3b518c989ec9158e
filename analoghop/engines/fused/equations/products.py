"""The product of a coupling with the outputs of a block of columns, some rows at a time."""

from __future__ import annotations

from typing import Any

from analoghop.engines.fused.equations.tables import DENSE, GRID, SPARSE
from analoghop.engines.fused.registers.lanes import entry, inlined, lanes, load, same, store
from analoghop.engines.fused.registers.panel import ROWS, panel_product


@inlined
def chunk(tables: Any) -> int:
    """Return the number of rows that are computed at a time."""
    return tables.q if tables.coupling == GRID else ROWS


@inlined
def multiply_all(tables: Any, work: Any, v: int, extra: int, w: int) -> None:
    """Compute the parts of M v that all its rows share, in the part of the block at `extra`.

    On a grid: the product with `matrix`, and below it the sums over the rows of the grid.
    """
    if tables.coupling != GRID:
        return
    p, q = tables.p, tables.q
    if tables.ring > 0:
        for panel in range((p + ROWS - 1) // ROWS):
            place = extra + panel * ROWS * q * w
            panel_product(tables.matrix, panel, p, work, v, q * w, work, place)
    sums = extra + (p + ROWS - 1) // ROWS * ROWS * q * w
    across, everywhere = same(work, tables.across), same(work, tables.everywhere)
    if tables.across != 0.0 or tables.everywhere != 0.0:
        for c in range(0, w, lanes(work)):
            total = same(work, 0.0)
            for i in range(c, q * w, w):
                column = same(work, 0.0)
                for e in range(v + i, v + p * q * w, q * w):
                    column = column + load(work, e)
                store(work, sums + i, column)
                total = total + column
            total = everywhere * total
            for i in range(c, q * w, w):
                store(work, sums + i, across * load(work, sums + i) + total)


@inlined
def multiply_rows(
    tables: Any, work: Any, v: int, extra: int, out: int, w: int, column: int, start: int, stop: int
) -> None:
    """Write the rows `start` to `stop` of M v to `work`; `out` is the index of row 0."""
    if tables.coupling == DENSE:
        panel_product(tables.matrix, start // ROWS, tables.size, work, v, w, work, out + start * w)
    elif tables.coupling == SPARSE:
        _sparse(tables, work, v, out, w, column, start, stop)
    else:
        _grid(tables, work, v, extra, out, w, start)


@inlined
def _sparse(tables: Any, work: Any, v: int, out: int, w: int, column: int, start: int, stop: int) -> None:
    for i in range(start, stop):
        for c in range(0, w, lanes(work)):
            total = same(work, 0.0)
            for k in range(tables.indptr[i], tables.indptr[i + 1]):
                read = load(work, v + tables.indices[k] * w + c)
                total = total + entry(tables, work, tables.matrix, k, column + c) * read
            store(work, out + i * w + c, total)


@inlined
def _grid(tables: Any, work: Any, v: int, extra: int, out: int, w: int, start: int) -> None:
    """Compute one row of the grid, `tables.q` places."""
    p, q = tables.p, tables.q
    if tables.owned > 0 and start // q % ROWS == 0:
        panel_product(tables.own, start // q // ROWS, p, work, v, q * w, work, out + start * w)
    sums = extra + (p + ROWS - 1) // ROWS * ROWS * q * w
    identity = same(work, tables.same)
    first, last = start * w, (start + q - 1) * w
    for c in range(0, w, lanes(work)):
        row = same(work, 0.0)
        if tables.along != 0.0:
            for e in range(v + first + c, v + last + w, w):
                row = row + load(work, e)
            row = same(work, tables.along) * row
        before, here = load(work, extra + last + c), load(work, extra + first + c)
        for e in range(first + c, last + w, w):
            value = identity * load(work, v + e) + row
            if tables.across != 0.0 or tables.everywhere != 0.0:
                value = value + load(work, sums + e - first)
            if tables.owned > 0:
                value = value + load(work, out + e)
            if tables.ring > 0:
                after = load(work, extra + (e + w if e + w < last + w else first + c))
                value = value + (before + after)
                before, here = here, after
            store(work, out + e, value)
