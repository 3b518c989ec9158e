"""`CompiledStepper`: a machine in the layout of its compiled steps, what all of them have in common."""

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
    """Compiled steps for replicas side by side, as many as a vector register holds numbers of `dtype`.

    All replicas of a block take the same steps, with the keys (steps, 2, width) of their noise, C-contiguous;
    without noise they are (0, 2, width).
    """

    padded: ClassVar[bool] = True
    compiled: ClassVar[bool] = True
    kernels: ClassVar[Mapping[Any, float]]
    """What is compiled for it, and the seconds that each of them takes."""

    def __init__(self, machine: Machine, dtype: Precision) -> None:
        self.machine, self.dtype, self.precision = machine, np.dtype(dtype), dtype
        self.width = BYTES // self.dtype.itemsize

    @property
    def compiling_s(self) -> float:
        """Seconds that compiling takes before the first step, about."""
        return seconds_to_compile(self.kernels)
