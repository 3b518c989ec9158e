"""`deviates`: the noise of the replicas in a register, equal to the numbers in NumPy."""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import types

from analoghop.engines.fused.registers.lanes import KINDS, address, constant, intrinsic, vector

_SCALE = 1.0 / math.sqrt(4 * (256 * 256 - 1) / 12)


@intrinsic
def deviates(typing: Any, numbers: Any, place: Any, keys: Any, at: Any, width: Any) -> Any:
    """`deviates(numbers, place, keys, at, width)`: lanes of zero mean and unit variance.

    They have the precision of the pointer `numbers`. `keys` points to uint32; the first keys of the lanes
    begin `at` words after it, their second keys `width` words later. `place` is the row. The hash function is
    Wellons' lowbias32 with a second key between its rounds; the four bytes of its word are added.
    """
    kind = KINDS[numbers.dtype]

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        words = ir.VectorType(ir.IntType(32), kind.count)

        def number(value: int) -> ir.Constant:
            return ir.Constant(words, [value] * kind.count)

        def shifted(word: Any, bits: int) -> Any:
            return builder.lshr(word, number(bits))

        _, row, pointer, at_, width_ = args
        first = builder.load(address(builder, pointer, at_, words), align=4)
        second = builder.load(address(builder, pointer, builder.add(at_, width_), words), align=4)
        counter = builder.mul(builder.trunc(row, ir.IntType(32)), ir.Constant(ir.IntType(32), 0x9E3779B1))
        nothing = ir.Constant(words, ir.Undefined)
        one = builder.insert_element(nothing, counter, ir.Constant(ir.IntType(32), 0))
        word = builder.add(builder.shuffle_vector(one, nothing, number(0)), first)
        word = builder.xor(word, shifted(word, 16))
        word = builder.xor(builder.mul(word, number(0x7FEB352D)), second)
        word = builder.xor(word, shifted(word, 15))
        word = builder.mul(word, number(0x846CA68B))
        word = builder.xor(word, shifted(word, 16))
        pairs = builder.add(
            builder.and_(word, number(0x00FF00FF)), builder.and_(shifted(word, 8), number(0x00FF00FF))
        )
        total = builder.add(builder.and_(pairs, number(0xFFFF)), shifted(pairs, 16))
        real = builder.sitofp(builder.sub(total, number(510)), vector(kind))
        return builder.fmul(real, constant(vector(kind), _SCALE))

    return kind(numbers, types.intp, keys, types.intp, types.intp), code
