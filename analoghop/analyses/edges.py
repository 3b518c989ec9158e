"""Two waveforms that jump, compared: how far apart in time their edges lie."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError

_MOST = 0.01  # of the run: edges that lie further apart are not taken for the same
_ROUNDS = 12  # of the bisection, for three digits of the shift


def edge_shift(times: Array, first: Array, second: Array, tolerance: float) -> float | None:
    """Return the smallest shift in time that makes of two waveforms one, in s; None where none does.

    `times` (k,) increase, `first` and `second` (k,) are the values there, taken to be continuous in between.
    With a shift d they agree if at every time each of them lies within `tolerance` of a value that the other
    takes at most d earlier or later: no shift makes good a pulse that one of them lacks. Shifts beyond a
    hundredth of the run are not looked for. Raises `InputError` for other shapes.
    """
    if not times.shape == first.shape == second.shape == (times.size,) or times.size < 2:
        raise InputError("`times`, `first` and `second` are three arrays of one length, at least 2")

    def agree(shift: float) -> bool:
        return max(_outside(times, a, b, shift) for a, b in ((first, second), (second, first))) <= tolerance

    low, high = 0.0, _MOST * float(times[-1] - times[0])
    if agree(low):
        return 0.0
    if not agree(high):
        return None
    for _ in range(_ROUNDS):
        middle = 0.5 * (low + high) if low else high / 8.0
        low, high = (low, middle) if agree(middle) else (middle, high)
    return high


def _outside(times: Array, values: Array, other: Array, shift: float) -> float:
    """Return how far `values` lie outside of what `other` takes within `shift` of each time."""
    if not shift:
        return float(np.abs(values - other).max())
    begin, end = times - shift, times + shift
    first = np.searchsorted(times, begin, side="left")
    last = np.searchsorted(times, end, side="right") - 1
    edges = np.stack([first, last + 1], axis=1).ravel()
    padded = np.append(other, other[-1])
    at_ends = [np.interp(begin, times, other), np.interp(end, times, other)]
    lowest = np.minimum(np.minimum.reduceat(padded, edges)[::2], np.minimum(*at_ends))
    highest = np.maximum(np.maximum.reduceat(padded, edges)[::2], np.maximum(*at_ends))
    return float(np.maximum(lowest - values, values - highest).max())
