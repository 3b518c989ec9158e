"""The compiled steps of `Inertial`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.fused.machines.compiled_stepper import CompiledStepper
from analoghop.engines.fused.machines.rows import Rows, coupled
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import (
    load,
    pointer,
    same,
    signed,
    size,
    store,
    where,
)
from analoghop.systems.machines.inertial import Inertial


@kernel
def advance(
    positions: Any, velocities: Any, elements: Any, springs: Any, bias: Any,
    begin: Any, columns: Any, weights: Any, push: float, dt: float, comparator: bool, turn: int,
) -> None:  # fmt: skip
    """Take a step for each of `springs`, dt times their stiffness.

    `positions`, `velocities` (n, width) and `elements` (2, n, width): the inputs of the couplings in the half
    `turn`, the next ones in the other, alternating. `push` is dt c0 times the scale of the entries; `bias`
    (n,) includes the factor dt c0.
    """
    n, width = positions.shape
    x, y, s = pointer(positions), pointer(velocities), pointer(elements)
    starts, neighbours, entries = pointer(begin), pointer(columns), pointer(weights)
    biases, plain = pointer(bias), len(weights) == 0
    one, zero, move = same(x, 1.0), same(x, 0.0), same(x, dt)
    gain = same(x, push)
    for k in range(len(springs)):
        old, new = ((turn + k) % 2) * n * width, ((turn + k + 1) % 2) * n * width
        spring = same(x, springs[k])
        for i in range(n):
            at = i * width
            field = coupled(s, starts, neighbours, entries, plain, i, width, old)
            here = load(x, at)
            speed = load(y, at) + (gain * field + same(x, biases[i]) - spring * here)
            here = here + move * speed
            beyond = size(here) - one
            store(y, at, where(beyond, zero, speed))
            side = signed(one, here)
            here = where(beyond, side, here)
            store(x, at, here)
            store(s, new + at, side if comparator else here)


class InertialBlock(NamedTuple):
    """Replicas as columns, (n, width) each; `elements` (2, n, width); `turn` [which half is read next]."""

    positions: NDArray[Any]
    velocities: NDArray[Any]
    elements: NDArray[Any]
    turn: list[int]


class InertialStepper(CompiledStepper):
    """The steps of one machine, with its tables."""

    machine: Inertial
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: Inertial, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.rows = Rows.of(machine.J, self.dtype)
        self.dt = machine.step / machine.tau
        push = self.dt * machine.c0
        self.push = push * self.rows.scale
        self.bias = np.ascontiguousarray(push * machine.bias[:, 0], self.dtype)
        self.springs = np.ascontiguousarray(
            self.dt * machine.spring(np.arange(machine.steps) * machine.step), self.dtype
        )
        self.comparator = machine.comparator

    def load(self, x: Array, first: int) -> InertialBlock:
        """Return a block with the states `x`."""
        positions, velocities = (np.ascontiguousarray(part, self.dtype) for part in np.split(x, 2))
        elements = np.zeros((2, *positions.shape), self.dtype)
        elements[0] = np.copysign(1.0, positions) if self.comparator else positions
        return InertialBlock(positions, velocities, elements, [0])

    def advance(self, block: InertialBlock, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take the steps; there is no noise."""
        rows = self.rows
        advance(
            block.positions, block.velocities, block.elements, self.springs[first : first + steps], self.bias,
            rows.begin, rows.columns, rows.weights, self.push, self.dt, self.comparator,
            block.turn[0],
        )  # fmt: skip
        block.turn[0] = (block.turn[0] + steps) % 2

    def states(self, block: InertialBlock) -> Array:
        """Return positions, then velocities."""
        return np.concatenate([block.positions, block.velocities]).astype(np.float64)
