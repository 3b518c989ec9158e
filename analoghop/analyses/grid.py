"""The frequencies of `.ac` and `.noise`, those of ngspice 39."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, real
from analoghop.circuit.requests import Frequencies
from analoghop.errors import InputError

MAX_POINTS = 100_000
_ROUNDING = 1e-9  # of a step, by which the last one may miss the end


def frequencies_of(asked: Frequencies, *, ending: bool = True) -> Array:
    """Return the frequencies (k,) in Hz that a line asks for.

    With `ending`, as for `.ac`, the steps of "dec" are stretched so that the last one ends at the stop.
    """
    kind, points, start, stop = asked
    if start == stop or (kind == "lin" and points == 1):
        return frozen([start])
    if kind == "lin":
        return frozen(np.linspace(start, stop, points))
    per = 10.0 if kind == "dec" else 2.0
    steps = math.floor(math.log(stop / start) / math.log(per) * points + _ROUNDING)
    if kind == "dec" and ending:
        return frozen(np.geomspace(start, stop, max(steps, 1) + 1))
    return frozen(start * per ** (np.arange(steps + 1) / points))


def given_frequencies(given: ArrayLike | None, asked: Frequencies | None, line: str, **how: bool) -> Array:
    """Return the `given` frequencies (k,) in Hz, by default those of the deck; `InputError` for none."""
    if given is None:
        if asked is None:
            raise InputError(f"the deck has no {line} line: give `frequencies` in Hz")
        return frequencies_of(asked, **how)
    values = real(given, "`frequencies`").ravel()
    if not 1 <= len(values) <= MAX_POINTS or not (np.isfinite(values).all() and (values >= 0).all()):
        raise InputError(f"`frequencies` are 1 to {MAX_POINTS} finite numbers from 0 on, in Hz")
    return frozen(values)
