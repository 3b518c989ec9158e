"""The value of a bank for one trajectory, with everything folded that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from analoghop.amplifiers.layout import Block
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
    function = _function(bank.layout)
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


class _Function(Protocol):
    def __call__(self, y: Array, /) -> Array: ...


def _function(blocks: tuple[Block, ...]) -> _Function:
    """Return f of all blocks on a vector."""
    if len(blocks) == 1 and blocks[0].activation.scalar:
        return blocks[0].activation.value
    if all(block.activation.scalar for block in blocks):
        parts = [(block.activation.value, block.inputs) for block in blocks]
        return lambda y: np.concatenate([value(y[rows]) for value, rows in parts])
    return lambda y: np.concatenate([block.value(y[:, None])[:, 0] for block in blocks])
