"""The value of a bank for one trajectory, with everything folded that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from analoghop.arrays import Array

if TYPE_CHECKING:
    from analoghop.amplifiers.bank import Amplifiers


class Bound(Protocol):
    """The bank for one trajectory: `z` (inputs,) and a factor of all gains give v (outputs,)."""

    def __call__(self, z: Array, factor: float = 1.0) -> Array:
        """Return the outputs, a new array."""


def folded(parameter: Array) -> Array | float:
    """Return a column as a number where all its rows agree, else as a vector."""
    first = float(parameter[0, 0])
    return first if (parameter == first).all() else parameter[:, 0]


def bind(bank: Amplifiers) -> Bound:
    """Return the fastest value for one trajectory; trivial offsets, scales and bases cost nothing."""
    function = bank.kinds.vector()
    if not bank.units:
        return lambda z, factor=1.0: np.zeros(0)
    gain, offset, scale, base = (folded(p) for p in (bank.gain, bank.offset, bank.scale, bank.base))

    def centred(z: Array, factor: float = 1.0) -> Array:
        return function((gain if factor == 1.0 else gain * factor) * z)

    def shifted(z: Array, factor: float = 1.0) -> Array:
        return function((gain if factor == 1.0 else gain * factor) * (z - offset))

    inner: Bound = shifted if bank.offset.any() else centred
    if bank.base.any():
        return lambda z, factor=1.0: base + scale * inner(z, factor)
    if (bank.scale != 1.0).any():
        return lambda z, factor=1.0: scale * inner(z, factor)
    return inner
