"""The compiled steps of `ClauseCircuit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask, Precision
from analoghop.engines.fused.machines.compiled_stepper import CompiledStepper
from analoghop.engines.fused.machines.deviates import deviates
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import load, pointer, same, store
from analoghop.engines.fused.registers.mathematics import tanh
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.clauses import Clauses


@kernel
def advance(
    inputs: Any, weights: Any, outputs: Any, pulls: Any, products: Any,
    first: Any, columns: Any, halves: Any,
    gain: float, keep: float, push: float, growth: float, leak: float, deviation: float, steps: int,
    keys: Any,
) -> None:  # fmt: skip
    """Take `steps` steps of `inputs` (n, width) and `weights` (clauses, width).

    `outputs` and `pulls` (n, width) and `products` (literals of the widest clause, width) are work space.
    `halves` are half the signs of the literals; `keys` (steps, 2, width) those of the noise.
    """
    n, width = inputs.shape
    u, w, v, f = pointer(inputs), pointer(weights), pointer(outputs), pointer(pulls)
    p, key = pointer(products), pointer(keys)
    one, half, zero = same(u, 1.0), same(u, 0.5), same(u, 0.0)
    for k in range(steps):
        for i in range(n):
            store(v, i * width, tanh(same(u, gain) * load(u, i * width)))
            store(f, i * width, zero)
        for m in range(len(first) - 1):
            begin, end = first[m], first[m + 1]
            product = one
            for e in range(begin, end):
                store(p, (e - begin) * width, product)
                product = product * (half - same(u, halves[e]) * load(v, columns[e] * width))
            weight = load(w, m * width)
            rest = weight + weight
            for e in range(end - 1, begin - 1, -1):
                at, side = columns[e] * width, same(u, halves[e])
                store(f, at, load(f, at) + side * rest * load(p, (e - begin) * width))
                rest = rest * (half - side * load(v, at))
            store(w, m * width, weight + same(u, growth) * product - same(u, leak) * (weight - one))
        for i in range(n):
            at = i * width
            store(u, at, same(u, keep) * load(u, at) + same(u, push) * load(f, at))
        if deviation != 0.0:
            for i in range(n):
                kick = same(u, deviation) * deviates(u, i, key, 2 * k * width, width)
                store(u, i * width, load(u, i * width) + kick)


class LiteralTables(NamedTuple):
    """The clauses as arrays for kernels: `halves` are half the signs."""

    first: Integers
    columns: NDArray[np.int32]
    halves: NDArray[Any]

    @staticmethod
    def of(clauses: Clauses, dtype: Any) -> LiteralTables:
        """Return the literals with signs of `dtype`."""
        halves = np.ascontiguousarray(0.5 * clauses.signs, dtype)
        return LiteralTables(clauses.first.copy(), clauses.columns.astype(np.int32), halves)


class ClausesBlock(NamedTuple):
    """Replicas as columns: `inputs`, `outputs`, `pulls` (n, width), `weights`, `products`."""

    inputs: NDArray[Any]
    weights: NDArray[Any]
    outputs: NDArray[Any]
    pulls: NDArray[Any]
    products: NDArray[Any]


class ClauseCircuitStepper(CompiledStepper):
    """The steps of one machine, with its tables."""

    machine: ClauseCircuit
    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: ClauseCircuit, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.clauses = machine.clauses
        self.literals = LiteralTables.of(machine.clauses, self.dtype)
        h = machine.step / machine.tau
        self.numbers = (
            machine.gain,
            float(np.exp(-h)),
            float(-np.expm1(-h)),
            h * machine.eta,
            h * machine.delta,
            machine.deviation,
        )

    def load(self, x: Array, first: int) -> ClausesBlock:
        """Return a block with the states `x`."""
        n = self.clauses.variables
        inputs, weights = (np.ascontiguousarray(part, self.dtype) for part in (x[:n], x[n:]))
        products = np.zeros((self.clauses.width, self.width), self.dtype)
        return ClausesBlock(inputs, weights, np.zeros_like(inputs), np.zeros_like(inputs), products)

    def advance(self, block: ClausesBlock, first: int, steps: int, keys: NDArray[np.uint32]) -> None:
        """Take the steps."""
        advance(*block, *self.literals, *self.numbers, steps, keys)

    def states(self, block: ClausesBlock) -> Array:
        """Return inputs, then weights."""
        return np.concatenate([block.inputs, block.weights]).astype(np.float64)

    def solved(self, block: ClausesBlock) -> Mask:
        """Return which replicas satisfy all clauses."""
        return np.asarray(self.clauses.unsatisfied(block.inputs > 0) == 0)
