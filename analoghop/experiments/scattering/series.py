"""Preferred values of the E-series, and weights of a few bits."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError

_E24 = (
    1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0,
    3.3, 3.6, 3.9, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1,
)  # fmt: skip


def decade(series: int) -> Array:
    """Return the values of E-`series` in one decade, 1 included, 10 not (IEC 60063:2015).

    E3, E6 and E12 are every eighth, fourth and second value of E24, which is given by a table; E48, E96 and
    E192 are 10^(k/n) rounded to three digits, but for 9.20 in E192. Raises `InputError` for other series.
    """
    if series in (3, 6, 12, 24):
        return np.array(_E24[:: 24 // series])
    if series not in (48, 96, 192):
        raise InputError(f"there is no series E{series}, expected one of 3, 6, 12, 24, 48, 96, 192")
    values = np.array([round(10.0 ** (k / series), 2) for k in range(series)])
    return np.where(values == 9.19, 9.20, values) if series == 192 else values


def preferred(values: ArrayLike, series: int) -> Array:
    """Return the nearest value of E-`series` to each of the positive `values`, by ratio."""
    given = np.asarray(values, dtype=np.float64)
    steps = np.append(decade(series), 10.0)
    power = np.floor(np.log10(given))
    mantissa = given / 10.0**power
    nearest = steps[np.abs(np.log(mantissa[..., None]) - np.log(steps)).argmin(axis=-1)]
    return np.asarray(nearest * 10.0**power)


def quantised(values: ArrayLike, bits: int, scale: float) -> Array:
    """Return `values` rounded to the `2^bits - 1` levels of a quantiser, zero among them, up to `scale`.

    The levels are k scale / (2^(bits - 1) - 1) for k of either sign; with one bit they are - scale and scale
    by the sign. Larger values become the outermost level.
    """
    given = np.asarray(values, dtype=np.float64)
    if bits < 1 or not (scale > 0 and math.isfinite(scale)):
        raise InputError(f"a quantiser needs 1 bit or more and a positive scale, not {bits} and {scale:g}")
    if bits == 1:
        return np.sign(given) * scale
    levels = 2 ** (bits - 1) - 1
    return np.asarray(np.clip(np.rint(given / scale * levels), -levels, levels) * scale / levels)
