"""`CompiledStepper`: the base class of the compiled steppers of machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Precision
from analoghop.engines.fused.registers.compiling import seconds_to_compile
from analoghop.engines.fused.registers.lanes import BYTES
from analoghop.engines.machines.stepper import Stepper
from analoghop.systems.machine import Machine


class CompiledStepper(Stepper):
    """Compiled steps for blocks of replicas, one in each lane of a vector register of `dtype`.

    All replicas of a block take the same steps, with the keys (steps, 2, width) of their noise, C-contiguous;
    without noise they are (0, 2, width).
    """

    padded: ClassVar[bool] = True
    compiled: ClassVar[bool] = True
    kernels: ClassVar[Mapping[Any, float]]
    """The kernels of the stepper, and the seconds of compiling each."""

    def __init__(self, machine: Machine, dtype: Precision) -> None:
        self.machine, self.dtype, self.precision = machine, np.dtype(dtype), dtype
        self.width = BYTES // self.dtype.itemsize

    @property
    def compiling_s(self) -> float:
        """Estimated seconds of compiling before the first step."""
        return seconds_to_compile(self.kernels)
