"""The value of a bank for one trajectory, with all constants folded."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from analoghop.amplifiers.units import Units
from analoghop.arrays import Array


class Bound(Protocol):
    """The value of a bank for one trajectory: v (outputs,) of `z` (inputs,) and a factor of all gains."""

    def __call__(self, z: Array, factor: float = 1.0) -> Array:
        """Return the outputs, a new array."""


def folded(parameter: Array) -> Array | float:
    """Return a column as a number if all its rows are equal, else as a vector."""
    first = float(parameter[0, 0])
    return first if (parameter == first).all() else parameter[:, 0]


def bind(units: Units, gains: Array, offsets: Array, scales: Array, bases: Array) -> Bound:
    """Return the fastest value of `units` for one trajectory.

    The parameters of the bank are columns; zero offsets, unit scales and zero bases are skipped.
    """
    function = units.vector()
    if not units.activations:
        return lambda z, factor=1.0: np.zeros(0)
    gain, offset, scale, base = (folded(p) for p in (gains, offsets, scales, bases))

    def centred(z: Array, factor: float = 1.0) -> Array:
        return function((gain if factor == 1.0 else gain * factor) * z)

    def shifted(z: Array, factor: float = 1.0) -> Array:
        return function((gain if factor == 1.0 else gain * factor) * (z - offset))

    inner: Bound = shifted if offsets.any() else centred
    if bases.any():
        return lambda z, factor=1.0: base + scale * inner(z, factor)
    if (scales != 1.0).any():
        return lambda z, factor=1.0: scale * inner(z, factor)
    return inner
