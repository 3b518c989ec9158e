"""The compiled steps of `SpinNetwork`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.machines.deviates import deviates
from analoghop.engines.fused.machines.rows import CoupledStepper, coupled, half, return_to_first_half
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import load, pointer, same, store, view
from analoghop.engines.fused.registers.mathematics import tanh
from analoghop.systems.machines.spins.spin_network import SpinNetwork


@kernel
def amplify(inputs: Any, outputs: Any, gain: float) -> None:
    """Write tanh(gain u) of the inputs (n, width) to `outputs` (n, width)."""
    n, width = inputs.shape
    u, v = pointer(inputs), pointer(outputs)
    steep = same(u, gain)
    for i in range(n):
        store(v, i * width, tanh(steep * load(u, i * width)))


@kernel
def advance(
    inputs: Any, outputs: Any, steps: int, keys: Any, gains: Any, amplitudes: Any,
    rows: Any, bias: Any, push: float, keep: float,
) -> None:  # fmt: skip
    """Take `steps` steps u <- keep u + push (J v) + bias + noise.

    `inputs` u (n, width); `outputs` (2, n, width): halves of v at the gain of the step. `gains` are the gains
    after each step, `amplitudes` the standard deviations of its noise.
    """
    n, width = inputs.shape
    u, v, J, biases, words = pointer(inputs), pointer(outputs), view(rows), pointer(bias), pointer(keys)
    stay, pull, noisy = same(u, keep), same(u, push), len(keys) > 0
    for k in range(steps):
        old, new = half(k, n * width)
        steep, loud = same(u, gains[k]), same(u, amplitudes[k])
        for i in range(n):
            at = i * width
            field = coupled(v, J, i, width, old)
            next_ = stay * load(u, at) + pull * field + same(u, biases[i])
            if noisy:
                next_ = next_ + loud * deviates(u, i, words, 2 * k * width, width)
            store(u, at, next_)
            store(v, new + at, tanh(steep * next_))
    return_to_first_half(v, steps, n * width)


class SpinNetworkStepper(CoupledStepper):
    """The steps of one machine, with its tables."""

    machine: SpinNetwork
    kernels: ClassVar[Mapping[Any, float]] = {amplify: 0.3, advance: 0.7}

    def __init__(self, machine: SpinNetwork, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        h, number = machine.step / machine.tau, np.arange(machine.steps + 1)
        self.gains = self.cast(machine.gain.value(number * machine.step))
        self.kernel = advance
        self.timed = self.gains[1:], self.cast(machine.amplitudes(number[:-1]))
        self.constants = *self.couplings(-np.expm1(-h) * machine.c), float(np.exp(-h))

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return inputs and outputs."""
        outputs = self.halves(parts[0])
        amplify(parts[0], outputs[0], float(self.gains[first]))
        return *parts, outputs
