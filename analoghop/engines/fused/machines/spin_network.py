"""The compiled steps of `SpinNetwork`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.fused.machines.compiled_stepper import CompiledStepper
from analoghop.engines.fused.machines.deviates import deviates
from analoghop.engines.fused.machines.rows import Rows, coupled
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import load, pointer, same, store
from analoghop.engines.fused.registers.mathematics import tanh
from analoghop.systems.machines.spin_network import SpinNetwork


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
    inputs: Any, outputs: Any, gains: Any, amplitudes: Any, keys: Any, bias: Any,
    begin: Any, columns: Any, weights: Any, push: float, keep: float, turn: int,
) -> None:  # fmt: skip
    """Take a step for each of `amplitudes`, the standard deviations of the noise.

    `inputs` u (n, width); `outputs` (2, n, width): v at the gain of the step in the half `turn`, the next v
    in the other, alternating. `gains` are the gains after each step. u <- keep u + push (J v) + bias + noise.
    """
    n, width = inputs.shape
    u, v = pointer(inputs), pointer(outputs)
    starts, neighbours, entries = pointer(begin), pointer(columns), pointer(weights)
    biases, words, plain, noisy = pointer(bias), pointer(keys), len(weights) == 0, len(keys) > 0
    stay, pull = same(u, keep), same(u, push)
    for k in range(len(amplitudes)):
        old, new = ((turn + k) % 2) * n * width, ((turn + k + 1) % 2) * n * width
        steep, loud = same(u, gains[k]), same(u, amplitudes[k])
        for i in range(n):
            at = i * width
            field = coupled(v, starts, neighbours, entries, plain, i, width, old)
            next_ = stay * load(u, at) + pull * field + same(u, biases[i])
            if noisy:
                next_ = next_ + loud * deviates(u, i, words, 2 * k * width, width)
            store(u, at, next_)
            store(v, new + at, tanh(steep * next_))


class SpinNetworkBlock(NamedTuple):
    """Replicas as columns: `inputs` (n, width), `outputs` (2, n, width), `turn` [half to be read]."""

    inputs: NDArray[Any]
    outputs: NDArray[Any]
    turn: list[int]


class SpinNetworkStepper(CompiledStepper):
    """The steps of one machine, with its tables."""

    machine: SpinNetwork
    kernels: ClassVar[Mapping[Any, float]] = {amplify: 0.3, advance: 0.7}

    def __init__(self, machine: SpinNetwork, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.rows = Rows.of(machine.J, self.dtype)
        h = machine.step / machine.tau
        push = -np.expm1(-h) * machine.c
        self.push, self.keep = push * self.rows.scale, float(np.exp(-h))
        self.bias = np.ascontiguousarray(push * machine.bias[:, 0], self.dtype)
        number = np.arange(machine.steps + 1)
        self.gains = np.ascontiguousarray(machine.gain.value(number * machine.step), self.dtype)
        self.amplitudes = np.ascontiguousarray(machine.amplitudes(number[:-1]), self.dtype)

    def load(self, x: Array, first: int) -> SpinNetworkBlock:
        """Return a block with the states `x`."""
        inputs = np.ascontiguousarray(x, self.dtype)
        outputs = np.zeros((2, *inputs.shape), self.dtype)
        amplify(inputs, outputs[0], float(self.gains[first]))
        return SpinNetworkBlock(inputs, outputs, [0])

    def advance(self, block: SpinNetworkBlock, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take the steps."""
        rows = self.rows
        advance(
            block.inputs, block.outputs, self.gains[first + 1 : first + 1 + steps],
            self.amplitudes[first : first + steps], keys, self.bias,
            rows.begin, rows.columns, rows.weights, self.push, self.keep, block.turn[0],
        )  # fmt: skip
        block.turn[0] = (block.turn[0] + steps) % 2

    def states(self, block: SpinNetworkBlock) -> Array:
        """Return u."""
        return block.inputs.astype(np.float64)
