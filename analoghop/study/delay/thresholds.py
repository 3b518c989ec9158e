"""Delays beyond which a symmetric network swings (Marcus & Westervelt 1989, Phys. Rev. A 39:347)."""

from __future__ import annotations

import math

from analoghop.arrays import check_number
from analoghop.errors import InputError


def hopf_delay(loop_gain: float) -> float:
    """Return the delay, in own time constants, at which the middle state begins to swing.

    `loop_gain` k = gain |lambda_min|, lambda_min the most negative eigenvalue of T/G: the roots of
    s + 1 + k exp(-s delay) reach the imaginary axis at omega = sqrt(k^2 - 1), delay = (pi - arctan omega) /
    omega. inf for k up to 1: no delay makes it swing.
    """
    k = check_number(loop_gain, "loop_gain", "a number from 0")
    if k < 0:
        raise InputError(f"`loop_gain` is {k:g}, expected a number from 0")
    if k <= 1.0:
        return math.inf
    omega = math.sqrt(k * k - 1.0)
    return (math.pi - math.atan(omega)) / omega


def high_gain_delay(smallest: float, largest: float) -> float:
    """Return the delay, in own time constants, beyond which swinging goes on for ever at high gain.

    -ln(1 + lambda_max / lambda_min) of the eigenvalues `smallest` = lambda_min < 0 and `largest` of T/G,
    where lambda_max < |lambda_min|; else inf.
    """
    low = check_number(smallest, "smallest", "a number")
    high = check_number(largest, "largest", "a number")
    if low >= 0 or high >= -low:
        return math.inf
    return max(0.0, -math.log1p(high / low))
