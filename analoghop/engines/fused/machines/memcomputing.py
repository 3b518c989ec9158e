"""The compiled steps of `Memcomputing`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.clauses import ClauseStepper
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import larger, load, pointer, same, smaller, store, view, where
from analoghop.systems.machines.memcomputing import LONG, Memcomputing


@kernel
def advance(
    voltages: Any, shorts: Any, longs: Any, pulls: Any, steps: int, keys: Any, literals: Any, dt: float,
    alpha: float, beta: float, gamma: float, delta: float, epsilon: float, zeta: float, longest: float,
) -> None:  # fmt: skip
    """Take `steps` steps of `voltages` (n, width), `shorts` and `longs` (clauses, width), without noise.

    `pulls` (n, width) is work space.
    """
    n, width = voltages.shape
    v, s, l, r = pointer(voltages), pointer(shorts), pointer(longs), pointer(pulls)
    clauses, move = view(literals), same(v, dt)
    one, zero, half, most = same(v, 1.0), same(v, 0.0), same(v, 0.5), same(v, longest)
    for _ in range(steps):
        for i in range(n):
            store(r, i * width, zero)
        for m in range(len(shorts)):
            begin, end = clauses.first[m], clauses.first[m + 1]
            first, second = same(v, 2.0), one
            for e in range(begin, end):
                f = half - same(v, clauses.halves[e]) * load(v, clauses.columns[e] * width)
                second = smaller(second, larger(first, f))
                first = smaller(f, first)
            at = m * width
            short, long = load(s, at), load(l, at)
            spread, push = long * short, (one + same(v, zeta) * long) * (one - short)
            for e in range(begin, end):
                place, side = clauses.columns[e] * width, same(v, 2.0 * clauses.halves[e])
                f = half - same(v, clauses.halves[e]) * load(v, place)
                pull = where(f - first, spread * first, spread * second + push * first)
                store(r, place, load(r, place) + side * pull)
            short = short + move * same(v, beta) * (short + same(v, epsilon)) * (first - same(v, gamma))
            store(s, at, larger(zero, smaller(one, short)))
            long = long + move * same(v, alpha) * (first - same(v, delta))
            store(l, at, larger(one, smaller(most, long)))
        for i in range(n):
            here = load(v, i * width) + move * load(r, i * width)
            store(v, i * width, larger(zero - one, smaller(one, here)))


class MemcomputingStepper(ClauseStepper):
    """The steps of one machine, with its tables."""

    machine: Memcomputing
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: Memcomputing, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        count = machine.clauses.count
        self.cuts, self.kernel = [machine.cells, machine.cells + count], advance
        rates = machine.alpha, machine.beta, machine.gamma, machine.delta, machine.epsilon, machine.zeta
        self.constants = self.literals, machine.step / machine.tau, *rates, LONG * count

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return voltages, short and long memories, and pulls on the voltages."""
        return *parts, np.zeros_like(parts[0])
