"""The compiled steps of `ChaoticFeedback`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.rows import coupled, half, return_to_first_half
from analoghop.engines.fused.machines.spins.optical import OpticalStepper
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import larger, load, pointer, same, smaller, store, view
from analoghop.systems.machines.spins.chaotic_feedback import LARGEST, SMALLEST, ChaoticFeedback
from analoghop.systems.machines.spins.optical import WALL


@kernel
def advance(
    amplitudes: Any, errors: Any, steps: int, keys: Any, pumps: Any, rows: Any, bias: Any, push: float,
    dt: float, alpha: float, beta: float, wall: float, smallest: float, largest: float,
) -> None:  # fmt: skip
    """Take `steps` steps, without noise; `pumps` are dt (p - 1) in each.

    `amplitudes` (2, n, width): halves of x; `errors` (n, width). `push` is c0 times the scale of the entries,
    `bias` (n,) includes the factor c0, `beta` is dt beta.
    """
    n, width = errors.shape
    x, e, J, biases = pointer(amplitudes), pointer(errors), view(rows), pointer(bias)
    gain, short, rate, wanted = same(x, push), same(x, dt), same(x, beta), same(x, alpha)
    top, bottom, least, most = same(x, wall), same(x, -wall), same(x, smallest), same(x, largest)
    for k in range(steps):
        old, new = half(k, n * width)
        pump = same(x, pumps[k])
        for i in range(n):
            at = i * width
            here, error = load(x, old + at), load(e, at)
            z = error * (gain * coupled(x, J, i, width, old) + same(x, biases[i]))
            moved = here + (pump - short * here * here) * here + short * z
            store(x, new + at, larger(bottom, smaller(top, moved)))
            error = error - rate * error * (z * z - wanted)
            store(e, at, larger(least, smaller(most, error)))
    return_to_first_half(x, steps, n * width)


class ChaoticFeedbackStepper(OpticalStepper):
    """The steps of one machine, with its tables."""

    machine: ChaoticFeedback
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: ChaoticFeedback, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.kernel = advance
        limits = WALL, SMALLEST, LARGEST
        rates = self.h, machine.alpha, self.h * machine.beta
        self.constants = *self.couplings(machine.c0), *rates, *limits
