"""The compiled steps of `Lagrange`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.clauses import ClauseStepper, pull, unmet
from analoghop.engines.fused.machines.compiled_stepper import Block
from analoghop.engines.fused.machines.deviates import deviates
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import load, pointer, same, store, view
from analoghop.engines.fused.registers.trigonometry import cos, sin
from analoghop.systems.machines.lagrange import Lagrange


@kernel
def advance(
    phases: Any, multipliers: Any, pulls: Any, products: Any, outputs: Any, steps: int, keys: Any,
    literals: Any, dt: float, growth: float, deviation: float,
) -> None:  # fmt: skip
    """Take `steps` steps of `phases` (n, width) and `multipliers` (clauses, width).

    `outputs` and `pulls` (n, width) and `products` (literals of the widest clause, width) are work space.
    """
    n, width = phases.shape
    x, w, v, f = pointer(phases), pointer(multipliers), pointer(outputs), pointer(pulls)
    p, key, clauses = pointer(products), pointer(keys), view(literals)
    zero, move = same(x, 0.0), same(x, dt)
    for k in range(steps):
        for i in range(n):
            store(v, i * width, cos(load(x, i * width)))
            store(f, i * width, zero)
        for m in range(len(multipliers)):
            product = unmet(v, p, clauses, m, width)
            weight = load(w, m * width)
            pull(v, p, clauses, m, weight, f, width)
            store(w, m * width, weight + same(x, growth) * product)
        for i in range(n):
            at = i * width
            here = load(x, at)
            store(x, at, here - move * sin(here) * load(f, at))
        if deviation != 0.0:
            for i in range(n):
                kick = same(x, deviation) * deviates(x, i, key, 2 * k * width, width)
                store(x, i * width, load(x, i * width) + kick)


class LagrangeStepper(ClauseStepper):
    """The steps of one machine, with its tables."""

    machine: Lagrange
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.3}

    def __init__(self, machine: Lagrange, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        h, self.kernel = machine.step / machine.tau, advance
        self.constants = self.literals, h, h * machine.rate, machine.deviation

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return the shared arrays, and outputs."""
        return *super().block(first, *parts), np.zeros_like(parts[0])
