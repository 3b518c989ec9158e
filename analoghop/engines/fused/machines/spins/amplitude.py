"""The compiled steps of `Amplitude`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.machines.rows import coupled, half, return_to_first_half
from analoghop.engines.fused.machines.spins.optical import OpticalStepper
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import larger, load, pointer, same, smaller, store, view
from analoghop.systems.machines.spins.amplitude import LARGEST, Amplitude
from analoghop.systems.machines.spins.optical import WALL


@kernel
def advance(
    amplitudes: Any, errors: Any, factors: Any, steps: int, keys: Any, pumps: Any,
    rows: Any, bias: Any, push: float, dt: float, beta: float, wall: float, largest: float,
) -> None:  # fmt: skip
    """Take `steps` steps, without noise; `pumps` are dt (p - 1) in each.

    `amplitudes` (2, n, width): halves of x; `errors` (n, width). `push` is dt c0 times the scale of the
    entries, `bias` (n,) includes the factor dt c0, `beta` is dt beta. `factors` (width,) is work space for
    the scale of the errors, applied when they are read next.
    """
    n, width = errors.shape
    x, e, f, J, biases = pointer(amplitudes), pointer(errors), pointer(factors), view(rows), pointer(bias)
    gain, short, rate = same(x, push), same(x, dt), same(x, beta)
    one, top, bottom, most = same(x, 1.0), same(x, wall), same(x, -wall), same(x, largest * n)
    store(f, 0, one)
    for k in range(steps):
        old, new = half(k, n * width)
        pump, factor, total = same(x, pumps[k]), load(f, 0), same(x, 0.0)
        for i in range(n):
            at = i * width
            field = gain * coupled(x, J, i, width, old)
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
    return_to_first_half(x, steps, n * width)


class AmplitudeStepper(OpticalStepper):
    """The steps of one machine, with its tables."""

    machine: Amplitude
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: Amplitude, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.kernel = advance
        h = self.h
        self.constants = *self.couplings(h * machine.c0), h, h * machine.beta, WALL, LARGEST

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return amplitudes in two halves, errors, and work space."""
        return *super().block(first, *parts), np.ones(self.width, self.dtype)
