"""The compiled steps of `Separation`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.rows import coupled, half, return_to_first_half
from analoghop.engines.fused.machines.spins.optical import OpticalStepper
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import larger, load, pointer, same, smaller, store, view
from analoghop.engines.fused.registers.mathematics import tanh
from analoghop.systems.machines.spins.optical import WALL
from analoghop.systems.machines.spins.separation import Separation


@kernel
def advance(
    amplitudes: Any, errors: Any, steps: int, keys: Any, pumps: Any, rows: Any, bias: Any, push: float,
    dt: float, slope: float, share: float, beta: float, wall: float,
) -> None:  # fmt: skip
    """Take `steps` steps, without noise; `pumps` are dt (p - 1) in each.

    `amplitudes` (2, n, width): halves of x; `errors` (n, width). `push` is c0 times the scale of the entries,
    `bias` (n,) includes the factor c0, `beta` is dt beta.
    """
    n, width = errors.shape
    x, e, J, biases = pointer(amplitudes), pointer(errors), view(rows), pointer(bias)
    gain, short, rate = same(x, push), same(x, dt), same(x, beta)
    steep, part = same(x, slope), same(x, share)
    top, bottom = same(x, wall), same(x, -wall)
    for k in range(steps):
        old, new = half(k, n * width)
        pump = same(x, pumps[k])
        for i in range(n):
            at = i * width
            here, error = load(x, old + at), load(e, at)
            field = gain * coupled(x, J, i, width, old) + same(x, biases[i])
            drive = tanh(steep * field) + part * (field - error)
            moved = here + (pump - short * here * here) * here + short * drive
            store(x, new + at, larger(bottom, smaller(top, moved)))
            store(e, at, error - rate * (error - field))
    return_to_first_half(x, steps, n * width)


class SeparationStepper(OpticalStepper):
    """The steps of one machine, with its tables."""

    machine: Separation
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.2}

    def __init__(self, machine: Separation, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.kernel = advance
        feedback = machine.slope, machine.share, self.h * machine.beta
        self.constants = *self.couplings(machine.c0), self.h, *feedback, WALL
