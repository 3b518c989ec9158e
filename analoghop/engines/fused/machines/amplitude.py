"""The compiled steps of `Amplitude`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.fused.machines.compiled_stepper import CompiledStepper
from analoghop.engines.fused.machines.rows import Rows, coupled
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import larger, load, pointer, same, smaller, store
from analoghop.systems.machines.amplitude import LARGEST, WALL, Amplitude


@kernel
def advance(
    amplitudes: Any, errors: Any, factors: Any, pumps: Any, bias: Any,
    begin: Any, columns: Any, weights: Any,
    push: float, dt: float, beta: float, wall: float, largest: float, turn: int,
) -> None:  # fmt: skip
    """Take a step for each of `pumps`, dt (p - 1).

    `amplitudes` (2, n, width): x in the half `turn`, the next x in the other, alternating; `errors` (n,
    width). `push` is dt c0 times the scale of the entries, `bias` (n,) includes the factor dt c0, `beta` is
    dt beta. `factors` (width,) is work space for the scale of the errors, applied when they are read next.
    """
    n, width = errors.shape
    x, e, f = pointer(amplitudes), pointer(errors), pointer(factors)
    starts, neighbours, entries = pointer(begin), pointer(columns), pointer(weights)
    biases, plain = pointer(bias), len(weights) == 0
    gain, short, rate = same(x, push), same(x, dt), same(x, beta)
    one, top, bottom, most = same(x, 1.0), same(x, wall), same(x, -wall), same(x, largest * n)
    store(f, 0, one)
    for k in range(len(pumps)):
        old, new = ((turn + k) % 2) * n * width, ((turn + k + 1) % 2) * n * width
        pump, factor, total = same(x, pumps[k]), load(f, 0), same(x, 0.0)
        for i in range(n):
            at = i * width
            field = gain * coupled(x, starts, neighbours, entries, plain, i, width, old)
            here, error = load(x, old + at), factor * load(e, at)
            square = here * here
            moved = here + (pump - short * square) * here + error * (field + same(x, biases[i]))
            store(x, new + at, larger(bottom, smaller(top, moved)))
            error = error - rate * error * (square - one)
            store(e, at, error)
            total = total + error
        store(f, 0, smaller(one, most / total))
    factor = load(f, 0)
    for i in range(n):
        store(e, i * width, factor * load(e, i * width))


class AmplitudeBlock(NamedTuple):
    """Replicas as columns: `amplitudes` (2, n, width), `errors` (n, width), `factors` (width,), `turn`."""

    amplitudes: NDArray[Any]
    errors: NDArray[Any]
    factors: NDArray[Any]
    turn: list[int]


class AmplitudeStepper(CompiledStepper):
    """The steps of one machine, with its tables."""

    machine: Amplitude
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: Amplitude, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.rows = Rows.of(machine.J, self.dtype)
        self.dt = machine.step / machine.tau
        push = self.dt * machine.c0
        self.push, self.beta = push * self.rows.scale, self.dt * machine.beta
        self.bias = np.ascontiguousarray(push * machine.bias[:, 0], self.dtype)
        pump = machine.pump.value(np.arange(machine.steps) * machine.step)
        self.pumps = np.ascontiguousarray(self.dt * (pump - 1.0), self.dtype)

    def load(self, x: Array, first: int) -> AmplitudeBlock:
        """Return a block with the states `x`."""
        inputs, errors = (np.ascontiguousarray(part, self.dtype) for part in np.split(x, 2))
        amplitudes = np.zeros((2, *inputs.shape), self.dtype)
        amplitudes[0] = inputs
        return AmplitudeBlock(amplitudes, errors, np.ones(self.width, self.dtype), [0])

    def advance(self, block: AmplitudeBlock, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take the steps; there is no noise."""
        rows = self.rows
        advance(
            block.amplitudes, block.errors, block.factors, self.pumps[first : first + steps], self.bias,
            rows.begin, rows.columns, rows.weights,
            self.push, self.dt, self.beta, WALL, LARGEST, block.turn[0],
        )  # fmt: skip
        block.turn[0] = (block.turn[0] + steps) % 2

    def states(self, block: AmplitudeBlock) -> Array:
        """Return amplitudes, then errors."""
        return np.concatenate([block.amplitudes[block.turn[0]], block.errors]).astype(np.float64)
