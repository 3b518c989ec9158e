"""Products of a packed matrix with many columns, in blocks that stay in the registers.

Every sum runs over the matrix's columns in their order, so that a column of the result is independent of its
neighbours and of their number: results are equal for all tiles. (A BLAS chooses the order by shape.)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numpy.typing import NDArray

from analoghop.engines.fused.registers.lanes import (
    KINDS,
    REGISTERS,
    address,
    constant,
    inlined,
    intrinsic,
    lanes,
    spread,
    vector,
)

ROWS = 10 if REGISTERS == 32 else 6
"""Rows of a panel: its sums, two registers of columns and a factor fit into the vector registers."""


def packed(matrix: NDArray[Any]) -> NDArray[Any]:
    """Return `matrix` (n, m) as a flat array: panels of `ROWS` rows, column by column, the last padded."""
    n, m = matrix.shape
    panels = -(-n // ROWS)
    padded = np.zeros((panels * ROWS, m), matrix.dtype)
    padded[:n] = matrix
    return np.ascontiguousarray(padded.reshape(panels, ROWS, m).transpose(0, 2, 1)).reshape(-1)


def padded(rows: int) -> int:
    """Return the number of rows that `panel_product` writes for a matrix of `rows` rows."""
    return -(-rows // ROWS) * ROWS


def _block(registers: int) -> Any:
    def block(typing: Any, a: Any, ia: Any, depth: Any, v: Any, iv: Any, step: Any, out: Any, io: Any) -> Any:
        kind = KINDS[v.dtype]

        def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            a, ia, depth, v, iv, step, out, io = args
            of, whole = vector(kind), ia.type
            zero = constant(of, 0.0)
            # The compiler keeps this memory in registers.
            sums = [[cgutils.alloca_once_value(builder, zero) for _ in range(registers)] for _ in range(ROWS)]

            def place(numbers: Any, base: Any, offset: int) -> Any:
                return address(builder, numbers, builder.add(base, ir.Constant(whole, offset)), of)

            with cgutils.for_range(builder, depth) as loop:
                row = builder.add(iv, builder.mul(loop.index, step))
                columns = [
                    builder.load(place(v, row, j * kind.count), align=kind.bits // 8)
                    for j in range(registers)
                ]
                first = builder.add(ia, builder.mul(loop.index, ir.Constant(whole, ROWS)))
                for i in range(ROWS):
                    entry = builder.load(builder.gep(a, [builder.add(first, ir.Constant(whole, i))]))
                    factor = spread(builder, entry, kind)
                    for j in range(registers):
                        term = builder.fmul(factor, columns[j], flags=("contract",))
                        total = builder.fadd(builder.load(sums[i][j]), term, flags=("contract",))
                        builder.store(total, sums[i][j])
            for i in range(ROWS):
                row = builder.add(io, builder.mul(step, ir.Constant(whole, i)))
                for j in range(registers):
                    target = place(out, row, j * kind.count)
                    builder.store(builder.load(sums[i][j]), target, align=kind.bits // 8)
            return context.get_dummy_value()

        index = types.intp
        return types.none(a, index, index, v, index, index, out, index), code

    return block


@intrinsic
def _wide(typing: Any, a: Any, ia: Any, depth: Any, v: Any, iv: Any, step: Any, out: Any, io: Any) -> Any:
    return _block(2)(typing, a, ia, depth, v, iv, step, out, io)


@intrinsic
def _narrow(typing: Any, a: Any, ia: Any, depth: Any, v: Any, iv: Any, step: Any, out: Any, io: Any) -> Any:
    return _block(1)(typing, a, ia, depth, v, iv, step, out, io)


@inlined
def panel_product(a: Any, panel: int, depth: int, v: Any, iv: int, columns: int, out: Any, io: int) -> None:
    """Write the product rows of one `panel` of the packed matrix `a` to `out`, from the index `io`.

    `v` holds, from the index `iv`, `depth` rows of `columns` numbers, a multiple of `lanes(v)`; `ROWS` rows
    of `columns` numbers are written.
    """
    start, step = panel * ROWS * depth, lanes(v)
    done = 0
    while done + 2 * step <= columns:
        _wide(a, start, depth, v, iv + done, columns, out, io + done)
        done += 2 * step
    if done < columns:
        _narrow(a, start, depth, v, iv + done, columns, out, io + done)
