"""sin and cos of lanes: a few fused operations each, without branches.

The angle is reduced to |r| <= pi/4 by multiples of pi/2, in three parts whose multiples are exact (Cody &
Waite 1980). There sin r = r + r^3 s(r^2) and cos r = 1 - r^2/2 + r^4 c(r^2), with s and c interpolated at
Chebyshev's points: the relative error is 2e-17 (float64) or 1.6e-8 (float32). Up to 1000 rad both are
accurate to 2 units in the last place, near their zeros to 0.1 of the machine precision.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba.extending import overload

from analoghop.engines.fused.registers.lanes import Lanes, constant, intrinsic, same, vector

_SINE = {
    64: (
        -0.166666666666666641,
        0.00833333333333042701,
        -0.000198412698359855841,
        2.75573157096352918e-6,
        -2.50510515868469095e-8,
        1.59124614998394677e-10,
    ),
    32: (-0.166666644102070033, 0.00833270024970816496, -0.00019577721430072251),
}
_COSINE = {
    64: (
        0.041666666666666665,
        -0.0013888888888887071,
        0.0000248015872982821159,
        -2.75573170259234591e-7,
        2.08760960589953695e-9,
        -1.13790866347294789e-11,
    ),
    32: (0.0416666644069131105, -0.00138882549155388884, 0.0000245377507670282176),
}
_TURN = {
    64: (1.57079632673412561416626, 6.077100506303965976595549e-11, 2.0222662487959507324e-21),
    32: (1.5703125, 0.0004837512969970703125, 7.5497899548918821692e-8),
}
"""pi/2 in parts of 33 (float64) and 11 (float32) binary digits."""
_QUARTERS = 2.0 / math.pi
_ROUND = {64: 1.5 * 2.0**52, 32: 1.5 * 2.0**23}  # adding it rounds to integers


def sin(x: Any) -> Any:
    """Return sin of lanes, NaN for values that are not finite."""
    raise NotImplementedError("this function exists in compiled code only")


def cos(x: Any) -> Any:
    """Return cos of lanes, NaN for values that are not finite."""
    raise NotImplementedError("this function exists in compiled code only")


def _series(table: dict[int, tuple[float, ...]]) -> Any:
    def series(typing: Any, z: Any) -> Any:
        def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            of = vector(z)
            *rest, value = (constant(of, c) for c in table[z.bits])
            for c in reversed(rest):
                product = builder.fmul(value, args[0], flags=("contract",))
                value = builder.fadd(product, c, flags=("contract",))
            return value

        return z(z), code

    return series


_sine = intrinsic(_series(_SINE))
_cosine = intrinsic(_series(_COSINE))


@intrinsic
def _turned(typing: Any, quarters: Any, sine: Any, cosine: Any) -> Any:
    """`_turned(quarters, sine, cosine)`: the sine of the angle plus k pi/2.

    `quarters` = 1.5 2^(bits of the fraction) + k, whose low bits are those of k.
    """

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = quarters
        whole = ir.VectorType(ir.IntType(kind.bits), kind.count)
        k = builder.bitcast(args[0], whole)
        odd = builder.icmp_unsigned("!=", builder.and_(k, constant(whole, 1)), constant(whole, 0))
        value = builder.bitcast(builder.select(odd, args[2], args[1]), whole)
        sign = builder.shl(builder.and_(k, constant(whole, 2)), constant(whole, kind.bits - 2))
        return builder.bitcast(builder.xor(value, sign), vector(kind))

    return sine(quarters, sine, cosine), code


def _angle(ahead: float) -> Any:
    """Return the code of the sine of the angle plus `ahead` pi/2."""

    def typed(x: Any) -> Any:
        if not isinstance(x, Lanes):
            return None
        magic = _ROUND[x.bits]
        first, second, third = _TURN[x.bits]

        def code(x: Any) -> Any:
            shifted = x * same(x, _QUARTERS) + same(x, magic)
            k = shifted - same(x, magic)
            r = x - k * same(x, first) - k * same(x, second) - k * same(x, third)
            z = r * r
            sine = r + r * z * _sine(z)
            cosine = same(x, 1.0) - (same(x, 0.5) * z - z * z * _cosine(z))
            return _turned(shifted + same(x, ahead), sine, cosine)

        return code

    return typed


overload(sin)(_angle(0.0))
overload(cos)(_angle(1.0))
