"""The compiled steps of `Satisfaction`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.clauses import ClauseStepper, pull, unmet
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import larger, load, pointer, same, size, smaller, store, view
from analoghop.systems.machines.satisfaction import Satisfaction


@kernel
def advance(
    spins: Any, weights: Any, rates: Any, products: Any, degrees: Any, steps: int, keys: Any,
    literals: Any, longest: float, reach: float,
) -> None:  # fmt: skip
    """Take `steps` steps of `spins` (n, width) and `weights` (clauses, width), without noise.

    `degrees` (clauses, width), `rates` (n, width) and `products` (literals of the widest clause, width) are
    work space.
    """
    n, width = spins.shape
    s, a, d, r, p = pointer(spins), pointer(weights), pointer(degrees), pointer(rates), pointer(products)
    one, zero, least, clauses = same(s, 1.0), same(s, 0.0), same(s, 1e-30), view(literals)
    for _ in range(steps):
        for i in range(n):
            store(r, i * width, zero)
        for m in range(len(weights)):
            product = unmet(s, p, clauses, m, width)
            store(d, m * width, product)
            rest = load(a, m * width) * product
            pull(s, p, clauses, m, rest + rest, r, width)
        fastest = least
        for i in range(n):
            fastest = larger(fastest, size(load(r, i * width)))
        h = smaller(same(s, longest), same(s, reach) / fastest)
        for i in range(n):
            at = i * width
            here = load(s, at) + h * load(r, at)
            store(s, at, larger(zero - one, smaller(one, here)))
        for m in range(len(weights)):
            weight = load(a, m * width)
            store(a, m * width, weight + h * weight * load(d, m * width))


class SatisfactionStepper(ClauseStepper):
    """The steps of one machine, with its tables."""

    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: Satisfaction, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.kernel = advance
        self.constants = self.literals, machine.step / machine.tau, machine.reach

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return the shared arrays, and the degrees to which the clauses are unmet."""
        return *super().block(first, *parts), np.zeros_like(parts[1])
