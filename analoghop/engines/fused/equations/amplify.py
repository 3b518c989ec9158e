"""The outputs of the amplifiers for a block of columns."""

from __future__ import annotations

from typing import Any

from analoghop.engines.fused.equations.tables import CLIP, LINEAR, SOFTMAX, TANH
from analoghop.engines.fused.registers.lanes import (
    entry,
    inlined,
    lanes,
    larger,
    load,
    same,
    smaller,
    store,
    varied,
)
from analoghop.engines.fused.registers.mathematics import exp, tanh


@inlined
def amplify(tables: Any, work: Any, y: int, v: int, w: int, column: int, start: int, stop: int) -> None:
    """Write the outputs to `work`, from the index `v`, of the states from the index `y`; `w` columns.

    The rows from `start` to `stop` are new, earlier rows are complete: a cluster is computed with its last
    row.
    """
    for bank in range(tables.banks):
        kind, first, width = tables.kinds[bank], tables.first[bank], tables.width[bank]
        begin = max(start - first, 0)
        end = min(stop - first, tables.units[bank] * width)
        if begin >= end:
            continue
        if kind == TANH:
            _tanh(tables, work, y, v, w, column, first + begin, first + end)
        elif kind == SOFTMAX:
            for unit in range(begin // width, end // width):
                row = first + unit * width
                _cluster(tables, work, y, v, w, column, row, row + width)
        else:
            _straight(tables, work, y, v, w, column, first + begin, first + end, kind)


@inlined
def _tanh(tables: Any, work: Any, y: int, v: int, w: int, column: int, start: int, stop: int) -> None:
    for i in range(start, stop):
        slope, shift = (
            entry(tables, work, tables.slope, i, column),
            entry(tables, work, tables.shift, i, column),
        )
        rise = entry(tables, work, tables.rise, i, column)
        for e in range(i * w, (i + 1) * w, lanes(work)):
            if varied(tables):
                c = column + e - i * w
                slope, shift = (
                    entry(tables, work, tables.slope, i, c),
                    entry(tables, work, tables.shift, i, c),
                )
                rise = entry(tables, work, tables.rise, i, c)
            store(work, v + e, rise * tanh(slope * load(work, y + e) + shift))


@inlined
def _straight(
    tables: Any, work: Any, y: int, v: int, w: int, column: int, start: int, stop: int, kind: int
) -> None:
    """Compute piecewise linear amplifiers: linear, clipped or rectified."""
    for i in range(start, stop):
        slope, shift = (
            entry(tables, work, tables.slope, i, column),
            entry(tables, work, tables.shift, i, column),
        )
        rise = entry(tables, work, tables.rise, i, column)
        low = same(work, -1.0) if kind == CLIP else same(work, 0.0)
        for e in range(i * w, (i + 1) * w, lanes(work)):
            if varied(tables):
                c = column + e - i * w
                slope, shift = (
                    entry(tables, work, tables.slope, i, c),
                    entry(tables, work, tables.shift, i, c),
                )
                rise = entry(tables, work, tables.rise, i, c)
            z = slope * load(work, y + e) + shift
            if kind != LINEAR:
                z = larger(low, z)
            if kind == CLIP:
                z = smaller(same(work, 1.0), z)
            store(work, v + e, rise * z)


@inlined
def _cluster(tables: Any, work: Any, y: int, v: int, w: int, column: int, start: int, stop: int) -> None:
    """Compute a softmax relative to its largest input, so that no term overflows."""
    for c in range(0, w, lanes(work)):
        top = same(work, -1e30)
        for i in range(start, stop):
            e = i * w + c
            slope = entry(tables, work, tables.slope, i, column + c)
            z = slope * load(work, y + e) + entry(tables, work, tables.shift, i, column + c)
            top = larger(top, z)
            store(work, v + e, z)
        total = same(work, 0.0)
        for i in range(start, stop):
            e = v + i * w + c
            weight = exp(load(work, e) - top)
            total = total + weight
            store(work, e, weight)
        share = same(work, 1.0) / total
        for i in range(start, stop):
            e = v + i * w + c
            store(work, e, entry(tables, work, tables.rise, i, column + c) * share * load(work, e))
