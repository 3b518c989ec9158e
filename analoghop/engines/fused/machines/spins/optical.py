"""`OpticalStepper`: the tables and the state of compiled steps of coherent Ising machines."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.machines.rows import CoupledStepper
from analoghop.systems.machines.spins.optical import Optical


class OpticalStepper(CoupledStepper):
    """Steps of amplitudes with an error variable each; `timed` is h (p - 1) in every step.

    `h` is the step in time constants. A machine's own stepper adds its kernel and its constants.
    """

    machine: Optical

    def __init__(self, machine: Optical, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.h = machine.step / machine.tau
        pump = machine.pump.value(np.arange(machine.steps) * machine.step)
        self.timed = (self.cast(self.h * (pump - 1.0)),)

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return amplitudes in two halves, and errors."""
        amplitudes, errors = parts
        return self.halves(amplitudes), errors

    def states(self, block: Block) -> Array:
        """Return amplitudes, then errors."""
        return super().states((block[0][0], block[1]))
