"""The compiled steps of `Released`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.machines.rows import CoupledStepper, coupled, half, return_to_first_half
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import load, pointer, same, signed, size, store, view, where
from analoghop.systems.machines.spins.released import Released


@kernel
def advance(
    positions: Any, velocities: Any, springs: Any, elements: Any, steps: int, keys: Any, shares: Any,
    releases: Any, rows: Any, bias: Any, push: float, dt: float, comparator: bool,
) -> None:  # fmt: skip
    """Take `steps` steps, without noise; `shares` are their lengths in units of the time left, `releases` A.

    `positions`, `velocities`, `springs` (n, width) and `elements` (2, n, width): halves of the inputs of the
    couplings. `push` is dt c0 times the scale of the entries; `bias` (n,) includes the factor dt c0.
    """
    n, width = positions.shape
    x, y, p, s = pointer(positions), pointer(velocities), pointer(springs), pointer(elements)
    J, biases = view(rows), pointer(bias)
    one, zero, move = same(x, 1.0), same(x, 0.0), same(x, dt)
    gain = same(x, push)
    for k in range(steps):
        old, new = half(k, n * width)
        share, back = same(x, shares[k]), same(x, releases[k])
        for i in range(n):
            at = i * width
            field = coupled(s, J, i, width, old)
            here, spring = load(x, at), load(p, at)
            speed = load(y, at) + (gain * field + same(x, biases[i]) - move * spring * here)
            here = here + move * speed
            beyond = size(here) - one
            store(y, at, where(beyond, zero, speed))
            side = signed(one, here)
            here = where(beyond, side, here)
            store(x, at, here)
            store(p, at, spring - share * (one - back * here * here) * spring)
            store(s, new + at, side if comparator else here)
    return_to_first_half(s, steps, n * width)


class ReleasedStepper(CoupledStepper):
    """The steps of one machine, with its tables."""

    machine: Released
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: Released, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        h, number = machine.step / machine.tau, np.arange(machine.steps)
        self.kernel = advance
        self.timed = self.cast(machine.shares(number)), self.cast(machine.releases(number * machine.step))
        self.constants = *self.couplings(h * machine.c0), h, machine.comparator

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return positions, velocities, springs and the inputs of the couplings."""
        positions, velocities, springs = parts
        inputs = np.copysign(1.0, positions) if self.machine.comparator else positions
        return positions, velocities, springs, self.halves(inputs)
