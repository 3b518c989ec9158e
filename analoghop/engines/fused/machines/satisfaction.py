"""The compiled steps of `Satisfaction`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Mask, Precision
from analoghop.engines.fused.machines.clauses import LiteralTables
from analoghop.engines.fused.machines.compiled_stepper import CompiledStepper
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import larger, load, pointer, same, size, smaller, store
from analoghop.systems.machines.satisfaction import Satisfaction


@kernel
def advance(
    spins: Any, weights: Any, degrees: Any, rates: Any, products: Any,
    first: Any, columns: Any, halves: Any,
    longest: float, reach: float, steps: int,
) -> None:  # fmt: skip
    """Take `steps` steps of `spins` (n, width) and `weights` (clauses, width).

    `degrees` (clauses, width), `rates` (n, width) and `products` (literals of the widest clause, width) are
    work space. `halves` are half the signs of the literals.
    """
    n, width = spins.shape
    s, a, d, r, p = pointer(spins), pointer(weights), pointer(degrees), pointer(rates), pointer(products)
    one, half, zero, least = same(s, 1.0), same(s, 0.5), same(s, 0.0), same(s, 1e-30)
    for _ in range(steps):
        for i in range(n):
            store(r, i * width, zero)
        for m in range(len(first) - 1):
            begin, end = first[m], first[m + 1]
            product = one
            for e in range(begin, end):
                store(p, (e - begin) * width, product)
                product = product * (half - same(s, halves[e]) * load(s, columns[e] * width))
            store(d, m * width, product)
            rest = load(a, m * width) * product
            rest = rest + rest
            for e in range(end - 1, begin - 1, -1):
                at, side = columns[e] * width, same(s, halves[e])
                store(r, at, load(r, at) + side * rest * load(p, (e - begin) * width))
                rest = rest * (half - side * load(s, at))
        fastest = least
        for i in range(n):
            fastest = larger(fastest, size(load(r, i * width)))
        h = smaller(same(s, longest), same(s, reach) / fastest)
        for i in range(n):
            at = i * width
            here = load(s, at) + h * load(r, at)
            store(s, at, larger(zero - one, smaller(one, here)))
        for m in range(len(first) - 1):
            weight = load(a, m * width)
            store(a, m * width, weight + h * weight * load(d, m * width))


class SatisfactionBlock(NamedTuple):
    """Replicas as columns: `spins`, `rates` (n, width), `weights`, `degrees` (clauses, width)."""

    spins: NDArray[Any]
    weights: NDArray[Any]
    degrees: NDArray[Any]
    rates: NDArray[Any]
    products: NDArray[Any]


class SatisfactionStepper(CompiledStepper):
    """The steps of one machine, with its tables."""

    machine: Satisfaction
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: Satisfaction, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.clauses = machine.clauses
        self.literals = LiteralTables.of(machine.clauses, self.dtype)
        self.longest, self.reach = machine.step / machine.tau, machine.reach

    def load(self, x: Array, first: int) -> SatisfactionBlock:
        """Return a block with the states `x`."""
        n = self.clauses.variables
        spins, weights = (np.ascontiguousarray(part, self.dtype) for part in (x[:n], x[n:]))
        products = np.zeros((self.clauses.width, self.width), self.dtype)
        return SatisfactionBlock(spins, weights, np.zeros_like(weights), np.zeros_like(spins), products)

    def advance(self, block: SatisfactionBlock, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take the steps; there is no noise."""
        advance(*block, *self.literals, self.longest, self.reach, steps)

    def states(self, block: SatisfactionBlock) -> Array:
        """Return variables, then weights."""
        return np.concatenate([block.spins, block.weights]).astype(np.float64)

    def solved(self, block: SatisfactionBlock) -> Mask:
        """Return which replicas satisfy all clauses."""
        return np.asarray(self.clauses.unsatisfied(block.spins > 0) == 0)
