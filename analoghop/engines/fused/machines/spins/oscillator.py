"""The compiled steps of `Oscillator`."""

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
from analoghop.engines.fused.registers.trigonometry import cos, sin
from analoghop.systems.machines.spins.oscillator import Oscillator


@kernel
def swing(phases: Any, waves: Any) -> None:
    """Write cos and sin of the phases (n, width) to `waves` (n, 2, width)."""
    n, width = phases.shape
    x, w = pointer(phases), pointer(waves)
    for i in range(n):
        here = load(x, i * width)
        store(w, 2 * i * width, cos(here))
        store(w, (2 * i + 1) * width, sin(here))


@kernel
def advance(
    phases: Any, waves: Any, steps: int, keys: Any, locks: Any, amplitudes: Any,
    rows: Any, bias: Any, push: float,
) -> None:  # fmt: skip
    """Take `steps` steps phi <- phi + push (x (J y) - y (J x)) - y (bias + lock x) + noise, x = cos, y = sin.

    `phases` (n, width); `waves` (2, n, 2, width): halves of cos and sin of the phases. `locks` are 2 h K of
    each step, `amplitudes` the standard deviations of its noise, `bias` (n,) includes the factor h c0, `push`
    is h c0 times the scale of the entries.
    """
    n, width = phases.shape
    phi, w, J, biases, words = pointer(phases), pointer(waves), view(rows), pointer(bias), pointer(keys)
    pull, pair, noisy = same(phi, push), 2 * width, len(keys) > 0
    for k in range(steps):
        old, new = half(k, n * pair)
        lock, loud = same(phi, locks[k]), same(phi, amplitudes[k])
        for i in range(n):
            at = i * pair
            x, y = load(w, old + at), load(w, old + at + width)
            along = coupled(w, J, i, pair, old)
            across = coupled(w, J, i, pair, old + width)
            here = load(phi, i * width) + pull * (x * across - y * along)
            here = here - y * (same(phi, biases[i]) + lock * x)
            if noisy:
                here = here + loud * deviates(phi, i, words, 2 * k * width, width)
            store(phi, i * width, here)
            store(w, new + at, cos(here))
            store(w, new + at + width, sin(here))
    return_to_first_half(w, steps, n * pair)


class OscillatorStepper(CoupledStepper):
    """The steps of one machine, with its tables."""

    machine: Oscillator
    kernels: ClassVar[Mapping[Any, float]] = {swing: 0.5, advance: 1.3}

    def __init__(self, machine: Oscillator, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        h, number = machine.step / machine.tau, np.arange(machine.steps)
        locks = 2.0 * h * machine.locking.value(number * machine.step)
        self.kernel = advance
        self.timed = self.cast(locks), self.cast(machine.amplitudes(number))
        self.constants = self.couplings(h * machine.c0)

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return phases and waves."""
        (phases,) = parts
        waves = np.zeros((2, len(phases), 2, self.width), self.dtype)
        swing(phases, waves[0])
        return phases, waves
