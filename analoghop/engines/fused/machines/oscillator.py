"""The compiled steps of `Oscillator`."""

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
from analoghop.engines.fused.registers.trigonometry import cos, sin
from analoghop.systems.machines.oscillator import Oscillator


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
    phases: Any, waves: Any, locks: Any, amplitudes: Any, keys: Any, bias: Any,
    begin: Any, columns: Any, weights: Any, push: float, turn: int,
) -> None:  # fmt: skip
    """Take a step for each of `amplitudes`, the standard deviations of the noise.

    `phases` (n, width); `waves` (2, n, 2, width): cos and sin of the phases in the half `turn`, the next ones
    in the other, alternating. With x = cos, y = sin: phi <- phi + push (x (J y) - y (J x)) - y (bias + lock
    x) + noise; `locks` are 2 h K of each step, `bias` (n,) includes the factor h c0, `push` is h c0 times the
    scale of the entries.
    """
    n, width = phases.shape
    phi, w = pointer(phases), pointer(waves)
    starts, neighbours, entries = pointer(begin), pointer(columns), pointer(weights)
    biases, words, plain, noisy = pointer(bias), pointer(keys), len(weights) == 0, len(keys) > 0
    pull, pair = same(phi, push), 2 * width
    for k in range(len(amplitudes)):
        old, new = ((turn + k) % 2) * n * pair, ((turn + k + 1) % 2) * n * pair
        lock, loud = same(phi, locks[k]), same(phi, amplitudes[k])
        for i in range(n):
            at = i * pair
            x, y = load(w, old + at), load(w, old + at + width)
            along = coupled(w, starts, neighbours, entries, plain, i, pair, old)
            across = coupled(w, starts, neighbours, entries, plain, i, pair, old + width)
            here = load(phi, i * width) + pull * (x * across - y * along)
            here = here - y * (same(phi, biases[i]) + lock * x)
            if noisy:
                here = here + loud * deviates(phi, i, words, 2 * k * width, width)
            store(phi, i * width, here)
            store(w, new + at, cos(here))
            store(w, new + at + width, sin(here))


class OscillatorBlock(NamedTuple):
    """Replicas as columns: `phases` (n, width), `waves` (2, n, 2, width), `turn` [half to be read]."""

    phases: NDArray[Any]
    waves: NDArray[Any]
    turn: list[int]


class OscillatorStepper(CompiledStepper):
    """The steps of one machine, with its tables."""

    machine: Oscillator
    kernels: ClassVar[Mapping[Any, float]] = {swing: 0.5, advance: 1.3}

    def __init__(self, machine: Oscillator, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.rows = Rows.of(machine.J, self.dtype)
        h = machine.step / machine.tau
        self.push = h * machine.c0 * self.rows.scale
        self.bias = np.ascontiguousarray(h * machine.c0 * machine.bias[:, 0], self.dtype)
        number = np.arange(machine.steps)
        locking = machine.locking.value(number * machine.step)
        self.locks = np.ascontiguousarray(2.0 * h * locking, self.dtype)
        self.amplitudes = np.ascontiguousarray(machine.amplitudes(number), self.dtype)

    def load(self, x: Array, first: int) -> OscillatorBlock:
        """Return a block with the states `x`."""
        phases = np.ascontiguousarray(x, self.dtype)
        n, width = phases.shape
        waves = np.zeros((2, n, 2, width), self.dtype)
        swing(phases, waves[0])
        return OscillatorBlock(phases, waves, [0])

    def advance(self, block: OscillatorBlock, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take the steps."""
        rows, part = self.rows, slice(first, first + steps)
        advance(
            block.phases, block.waves, self.locks[part], self.amplitudes[part], keys, self.bias,
            rows.begin, rows.columns, rows.weights, self.push, block.turn[0],
        )  # fmt: skip
        block.turn[0] = (block.turn[0] + steps) % 2

    def states(self, block: OscillatorBlock) -> Array:
        """Return phi."""
        return block.phases.astype(np.float64)
