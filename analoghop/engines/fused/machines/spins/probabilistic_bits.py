"""The compiled sweeps of `ProbabilisticBits`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.machines.deviates import deviates
from analoghop.engines.fused.machines.rows import CoupledStepper, coupled
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import pointer, same, signed, store, view
from analoghop.systems.machines.spins.probabilistic_bits import ProbabilisticBits


@kernel
def advance(spins: Any, steps: int, keys: Any, amplitudes: Any, rows: Any, bias: Any, scale: float) -> None:
    """Take `steps` sweeps of `spins` (n, width), in place; `amplitudes` are those of the noise."""
    n, width = spins.shape
    s, J, biases, words = pointer(spins), view(rows), pointer(bias), pointer(keys)
    one, gain = same(s, 1.0), same(s, scale)
    for k in range(steps):
        loud = same(s, amplitudes[k])
        for i in range(n):
            pull = gain * coupled(s, J, i, width, 0) + same(s, biases[i])
            store(s, i * width, signed(one, pull + loud * deviates(s, i, words, 2 * k * width, width)))


class ProbabilisticBitsStepper(CoupledStepper):
    """The sweeps of one machine, with its tables."""

    machine: ProbabilisticBits
    kernels: ClassVar[Mapping[Any, float]] = {advance: 0.8}

    def __init__(self, machine: ProbabilisticBits, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.kernel = advance
        self.timed = (self.cast(machine.amplitudes(np.arange(machine.steps))),)
        self.constants = self.couplings(1.0)

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return the signs of the states."""
        return tuple(np.copysign(1.0, part).astype(self.dtype) for part in parts)
