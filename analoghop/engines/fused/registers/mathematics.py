"""tanh, exp and log of lanes: a few fused operations each, without branches.

tanh and exp use expm1(r) = r + r^2 q(r) for |r| <= ln(2)/2, with q interpolated at Chebyshev's points: the
relative error is 4e-17 (degree 9, float64) or 2.4e-8 (degree 4, float32). tanh is accurate to 3 units in the
last place, exp to 2, log to 2 plus 1e-16 or 1e-7, in double and single precision.
"""

from __future__ import annotations

import math
from typing import Any

from numba.extending import overload

from analoghop.engines.fused.registers.lanes import (
    Lanes,
    binary_exponent,
    constant,
    intrinsic,
    larger,
    power_of_two,
    same,
    signed,
    size,
    smaller,
    vector,
)

_TAILS = {
    64: (
        0.500000000000000102,
        0.166666666666666675,
        0.0416666666666241279,
        0.00833333333333006183,
        0.00138888889172137169,
        0.000198412698630536169,
        0.0000248015212959543751,
        2.75572684599970648e-6,
        2.76200884454097482e-7,
        2.51003854955103191e-8,
    ),
    32: (0.5, 0.1666657699, 0.04166655462, 0.008363179053, 0.001392618359),
}
_SERIES = {64: 9, 32: 4}  # terms of log((1 + s) / (1 - s)) beyond the first, |s| <= 0.172
_LOG2_E = 1.0 / math.log(2.0)
_ROUND = {64: 1.5 * 2.0**52, 32: 1.5 * 2.0**23}  # adding it rounds to integers
_SATURATED = {64: 20.0, 32: 10.0}  # above it, tanh is 1 to the last place
_UNDERFLOW = {64: -708.0, 32: -87.0}  # below it, exp is not a normal number
_LN2 = {64: (6.93147180369123816490e-01, 1.90821492927058770002e-10), 32: (0.693359375, -2.12194440e-4)}
"""ln 2 as a number of few digits, whose multiples are exact, and the remainder (Cody & Waite 1980)."""


@intrinsic
def _tail(typing: Any, r: Any) -> Any:
    """`_tail(r)`: q(r), by Horner's rule."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        of = vector(r)
        *rest, value = (constant(of, c) for c in _TAILS[r.bits])
        for c in reversed(rest):
            value = builder.fadd(builder.fmul(value, args[0], flags=("contract",)), c, flags=("contract",))
        return value

    return r(r), code


def tanh(x: Any) -> Any:
    """Return tanh of lanes; of NaN, NaN."""
    raise NotImplementedError("this function exists in compiled code only")


def exp(x: Any) -> Any:
    """Return exp of lanes that are not above 0, but at least 3e-308 (float64) or 1e-38 (float32)."""
    raise NotImplementedError("this function exists in compiled code only")


@overload(tanh)
def _tanh(x: Any) -> Any:
    """tanh |x| = -t / (2 + t) with t = expm1(-2 |x|), which is accurate near 0 as well."""
    if not isinstance(x, Lanes):
        return None
    magic, end = _ROUND[x.bits], _SATURATED[x.bits]
    ln2 = math.log(2.0)

    def code(x: Any) -> Any:
        z = same(x, -2.0) * smaller(same(x, end), size(x))
        shifted = z * same(x, _LOG2_E) + same(x, magic)
        # The digits that ln 2 lacks have no effect: 2^k makes the error vanish as k grows.
        r = z - (shifted - same(x, magic)) * same(x, ln2)
        power = power_of_two(shifted)
        t = power * (r + r * r * _tail(r)) + (power - same(x, 1.0))
        return signed(t / (same(x, -2.0) - t), x)

    return code


@overload(exp)
def _exp(x: Any) -> Any:
    if not isinstance(x, Lanes):
        return None
    magic, least = _ROUND[x.bits], _UNDERFLOW[x.bits]
    high, low = _LN2[x.bits]

    def code(x: Any) -> Any:
        z = larger(same(x, least), x)
        shifted = z * same(x, _LOG2_E) + same(x, magic)
        k = shifted - same(x, magic)
        r = z - k * same(x, high) - k * same(x, low)
        power = power_of_two(shifted)
        return power * (r + r * r * _tail(r)) + power

    return code


def log(x: Any) -> Any:
    """Return the natural logarithm of lanes that are normal numbers above 0."""
    raise NotImplementedError("this function exists in compiled code only")


@intrinsic
def _odd_series(typing: Any, z: Any) -> Any:
    """`_odd_series(z)`: 2/3 + 2 z/5 + 2 z^2/7 + ..., by Horner's rule."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        of, terms = vector(z), _SERIES[z.bits]
        value = constant(of, 2.0 / (2 * terms + 1))
        for k in range(terms - 1, 0, -1):
            product = builder.fmul(value, args[0], flags=("contract",))
            value = builder.fadd(product, constant(of, 2.0 / (2 * k + 1)), flags=("contract",))
        return value

    return z(z), code


@overload(log)
def _log(x: Any) -> Any:
    """log x = k ln 2 + log m; with f = m - 1, s = f / (2 + f): log m = 2 s + s^3 (2/3 + 2 s^2/5 + ...)."""
    if not isinstance(x, Lanes):
        return None
    magic = _ROUND[x.bits]
    high, low = _LN2[x.bits]

    def code(x: Any) -> Any:
        k = binary_exponent(x)
        f = x * power_of_two(same(x, magic) - k) - same(x, 1.0)
        s = f / (same(x, 2.0) + f)
        z = s * s
        return k * same(x, high) + (same(x, 2.0) * s + (s * z * _odd_series(z) + k * same(x, low)))

    return code
