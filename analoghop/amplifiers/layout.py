"""Where the units of a bank stand among its rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.activations import Activation
from analoghop.arrays import Array

Index = NDArray[np.intp]


class Block(NamedTuple):
    """Consecutive units of one kind: their rows among the inputs, the outputs and the units of the bank."""

    activation: Activation
    units: int
    inputs: slice
    outputs: slice
    rows: slice

    @property
    def width(self) -> int:
        """Number of output rows."""
        return self.units * self.activation.outputs

    def drive(self, y: Array) -> Array:
        """Return the block's part of the bank's inputs `y`; of vector amplifiers (units, inputs, members)."""
        part = y[self.inputs]
        if self.activation.scalar:
            return part
        return part.reshape(self.units, self.activation.inputs, part.shape[-1])

    def value(self, y: Array) -> Array:
        """Return f at the bank's inputs `y`, (width, members)."""
        return self.activation.value(self.drive(y)).reshape(self.width, y.shape[1])


def layout(blocks: tuple[tuple[Activation, int], ...]) -> tuple[Block, ...]:
    """Return the blocks with their rows."""
    laid, i, o, u = [], 0, 0, 0
    for activation, units in blocks:
        ends = i + units * activation.inputs, o + units * activation.outputs, u + units
        laid.append(Block(activation, units, slice(i, ends[0]), slice(o, ends[1]), slice(u, ends[2])))
        i, o, u = ends
    return tuple(laid)


def pattern(blocks: tuple[Block, ...]) -> tuple[Index, Index]:
    """Return rows and columns of the entries of the bank's Jacobian, in the order of the units."""
    rows, columns = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    for block in blocks:
        i, o = block.activation.inputs, block.activation.outputs
        unit = np.arange(block.units)[:, None, None]
        shape = (block.units, o, i)
        rows.append(np.broadcast_to(block.outputs.start + unit * o + np.arange(o)[:, None], shape).ravel())
        columns.append(np.broadcast_to(block.inputs.start + unit * i + np.arange(i), shape).ravel())
    return np.concatenate(rows), np.concatenate(columns)
