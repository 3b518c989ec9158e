"""`CompiledStepper`: the base class of the compiled steppers of machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.fused.registers.compiling import seconds_to_compile
from analoghop.engines.fused.registers.lanes import BYTES
from analoghop.engines.machines.stepper import Stepper
from analoghop.systems.machine import Machine

Block = tuple[NDArray[Any], ...]


class CompiledStepper(Stepper):
    """Compiled steps for blocks of replicas, one in each lane of a vector register of `dtype`.

    A block is a tuple of arrays with the replicas as the last axis: the parts of the state, which `cuts`
    divide, then the work space of the kernel. `kernel(*block, steps, keys, *timed, *constants)` takes `steps`
    steps of all replicas in place: `keys` (steps, 2, width), C-contiguous, are those of their noise, (0, 2,
    width) without noise; the arrays of `timed` have one row for each step. A subclass sets these four when it
    is made.
    """

    padded: ClassVar[bool] = True
    compiled: ClassVar[bool] = True
    kernels: ClassVar[Mapping[Any, float]]
    """The kernels of the stepper, and the seconds of compiling each."""
    kernel: Callable[..., None]
    cuts: Sequence[int] = ()
    timed: tuple[NDArray[Any], ...] = ()
    constants: tuple[Any, ...] = ()

    def __init__(self, machine: Machine, dtype: Precision) -> None:
        self.machine, self.dtype, self.precision = machine, np.dtype(dtype), dtype
        self.width = BYTES // self.dtype.itemsize

    @property
    def compiling_s(self) -> float:
        """Estimated seconds of compiling before the first step."""
        return seconds_to_compile(self.kernels)

    def cast(self, values: Any) -> NDArray[Any]:
        """Return `values` as a C-contiguous array of the precision of the run."""
        return np.ascontiguousarray(values, self.dtype)

    def load(self, x: Array, first: int) -> Block:
        """Return a block with the states `x`."""
        return self.block(first, *(self.cast(part) for part in np.split(x, self.cuts)))

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return the block that begins step `first` with the parts of the state: by default these alone."""
        return parts

    def advance(self, block: Block, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take the steps."""
        timed = (values[first : first + steps] for values in self.timed)
        self.kernel(*block, steps, keys, *timed, *self.constants)

    def states(self, block: Block) -> Array:
        """Return the parts of the state, one after the other."""
        return np.concatenate(block[: len(self.cuts) + 1]).astype(np.float64)
