"""The stages of a step of Dormand & Prince (1980), each for some rows of a block of columns.

In all functions `at` is the offset of the block, `span` the length of its parts, `w` the number of its
columns; the rows are those from `start` to `stop`; `column` is the index of its first column in other arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types

from analoghop.engines.fused.registers.lanes import (
    KINDS,
    address,
    constant,
    entry,
    inlined,
    intrinsic,
    lanes,
    larger,
    load,
    same,
    size,
    store,
    varied,
    vector,
    where,
)
from analoghop.engines.tableaux import DORMAND_PRINCE, Row

X, TOP, Y, EXTRA, V, RATES = 0, 1, 2, 3, 4, 6
"""Indices of the parts of a block: state, running maximum of its magnitude, argument of the amplifiers, work
space of the product, outputs (of odd and of even stages), seven rates."""

PARTS = RATES + DORMAND_PRINCE.stages


def _weighted(row: Row) -> Callable[..., Any]:
    """Return `weighted(work, at, span)`: the sum of `row[j] work[at + j span]` over j."""
    terms = [(place, weight) for place, weight in enumerate(row) if weight]

    def weighted(typing: Any, work: Any, at: Any, span: Any) -> Any:
        kind = KINDS[work.dtype]

        def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            of, flags = vector(kind), ("contract",)
            total = None
            for place, weight in terms:
                index = builder.add(args[1], builder.mul(args[2], ir.Constant(args[2].type, place)))
                rate = builder.load(address(builder, args[0], index, of), align=kind.bits // 8)
                term = builder.fmul(rate, constant(of, weight), flags=flags)
                total = term if total is None else builder.fadd(total, term, flags=flags)
            return total

        return kind(work, types.intp, types.intp), code

    return intrinsic(weighted)


_ERROR = _weighted(DORMAND_PRINCE.error)


@inlined
def _rate(tables: Any, work: Any, i: int, e: int, y: int, k: int, c: int) -> Any:
    """Return dy/ds, given the product M v at `k`, for the columns from `c` on."""
    pull, push = entry(tables, work, tables.pull, i, c), entry(tables, work, tables.push, i, c)
    return pull * load(work, k + e) + push - entry(tables, work, tables.leak, i, c) * load(work, y + e)


@inlined
def finish(tables: Any, work: Any, y: int, k: int, w: int, column: int, start: int, stop: int) -> None:
    """Turn the product at `k` into the rate at the states `y`."""
    for i in range(start, stop):
        for e in range(i * w, (i + 1) * w, lanes(work)):
            store(work, k + e, _rate(tables, work, i, e, y, k, column + e - i * w))


@inlined
def begin(
    tables: Any, work: Any, at: int, span: int, w: int, h: Any, took: Any, column: int, start: int, stop: int
) -> None:
    """Copy the last step to X where `took` is 1, and write the argument of the second stage to Y."""
    k1, k7 = RATES * span, (PARTS - 1) * span
    for c in range(0, w, lanes(work)):
        passed = load(took, column + c)
        step = load(h, column + c) * same(work, DORMAND_PRINCE.rows[1][0])
        for e in range(at + start * w + c, at + stop * w, w):
            new, top = load(work, e + Y * span), load(work, e + TOP * span)
            x = where(passed, new, load(work, e + X * span))
            rate = where(passed, load(work, e + k7), load(work, e + k1))
            store(work, e + X * span, x)
            store(work, e + k1, rate)
            store(work, e + TOP * span, where(passed, larger(size(new), top), top))
            store(work, e + Y * span, x + step * rate)


def _stage(number: int) -> Callable[..., None]:
    """Return the function of stage `number`, from 0, that follows its product: rate and next argument."""
    weighted = _weighted(DORMAND_PRINCE.rows[number + 1])

    @inlined
    def stage(
        tables: Any, work: Any, at: int, span: int, w: int, h: Any, column: int, start: int, stop: int
    ) -> None:
        y, k = at + Y * span, at + (RATES + number) * span
        for i in range(start, stop):
            pull, push = (
                entry(tables, work, tables.pull, i, column),
                entry(tables, work, tables.push, i, column),
            )
            leak = entry(tables, work, tables.leak, i, column)
            for c in range(0, w, lanes(work)):
                if varied(tables):
                    pull = entry(tables, work, tables.pull, i, column + c)
                    push = entry(tables, work, tables.push, i, column + c)
                    leak = entry(tables, work, tables.leak, i, column + c)
                e = i * w + c
                store(work, k + e, pull * load(work, k + e) + push - leak * load(work, y + e))
                change = weighted(work, at + RATES * span + e, span)
                store(work, y + e, load(work, at + X * span + e) + load(h, column + c) * change)

    return stage


_SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH = (_stage(number) for number in range(1, 6))


@inlined
def proceed(
    tables: Any, work: Any, at: int, span: int, w: int, h: Any, column: int, start: int, stop: int, stage: int
) -> None:
    """Finish the rate of `stage`, 1 to 5, and write the argument of the next one to Y."""
    if stage == 1:
        _SECOND(tables, work, at, span, w, h, column, start, stop)
    elif stage == 2:
        _THIRD(tables, work, at, span, w, h, column, start, stop)
    elif stage == 3:
        _FOURTH(tables, work, at, span, w, h, column, start, stop)
    elif stage == 4:
        _FIFTH(tables, work, at, span, w, h, column, start, stop)
    else:
        _SIXTH(tables, work, at, span, w, h, column, start, stop)


@inlined
def judge(
    tables: Any, work: Any, at: int, span: int, w: int, h: Any, column: int, start: int, stop: int,
    rtol: float, atol: float, error: Any, unrest: Any,
) -> None:  # fmt: skip
    """Finish the last rate, at the new state Y; sum the squared errors, and make the settling test.

    After all rows, `error` (columns) is the mean square of the local error in units of the tolerance, and
    `unrest` is positive if a state fails the settling test.
    """
    y, k = at + Y * span, at + (PARTS - 1) * span
    relative, absolute = same(work, rtol), same(work, atol)
    share = same(work, 1.0 / tables.size)
    for c in range(0, w, lanes(work)):
        step = load(h, column + c)
        total, excess = same(work, 0.0), same(work, -1.0)
        for i in range(start, stop):
            e = i * w + c
            rate = _rate(tables, work, i, e, y, k, column + c)
            store(work, k + e, rate)
            new = size(load(work, y + e))
            scale = absolute + relative * larger(size(load(work, at + X * span + e)), new)
            local = step * _ERROR(work, at + RATES * span + e, span) / scale
            total = total + local * local
            rest = entry(tables, work, tables.rest, i, column + c) * size(rate)
            excess = larger(rest - larger(new, load(work, at + TOP * span + e)), excess)
        total = total * share
        if start > 0:
            total = total + load(error, column + c)
            excess = larger(load(unrest, column + c), excess)
        store(error, column + c, total)
        store(unrest, column + c, excess)
