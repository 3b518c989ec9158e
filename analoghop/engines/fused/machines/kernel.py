"""`Kernel`: a machine in the layout of its compiled steps, the contract of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Mask
from analoghop.engines.fused.registers.lanes import BYTES
from analoghop.engines.machines.assignment_tables import Precision
from analoghop.systems.machine import Machine


def lanes_of(dtype: Precision) -> int:
    """Return how many numbers of `dtype` a vector register holds: 16 of single precision at most."""
    return BYTES // np.dtype(dtype).itemsize


class Kernel(ABC):
    """The compiled steps of one machine, for blocks of `width` replicas side by side.

    Subclasses are made with (machine, dtype). A block is whatever `load` returns; blocks run on threads of
    their own, so `advance` changes nothing but its block. All replicas of a block take the same steps.
    """

    machine: Machine
    width: int

    @abstractmethod
    def load(self, x: Array, first: int) -> Any:
        """Return a block that begins step number `first` in the states `x` (size, width)."""

    @abstractmethod
    def advance(self, block: Any, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take `steps` steps from number `first` on.

        `keys` (steps, 2, width) are those of the noise, C-contiguous; without noise they are (0, 2, width).
        """

    @abstractmethod
    def states(self, block: Any) -> Array:
        """Return the states (size, width) in double precision."""

    def solved(self, block: Any) -> Mask:
        """Return what the machine's `solved` says, (width,); a kernel may know a faster way."""
        return self.machine.solved(self.states(block))
