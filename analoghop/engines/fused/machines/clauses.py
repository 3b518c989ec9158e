"""The compiled steps of `ClauseCircuit`, and what all machines for clauses share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Integers, Precision
from analoghop.engines.fused.machines.compiled_stepper import Block, CompiledStepper
from analoghop.engines.fused.machines.deviates import deviates
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import inlined, load, pointer, same, store, view
from analoghop.engines.fused.registers.mathematics import tanh
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.clause_machine import ClauseMachine


class LiteralTables(NamedTuple):
    """The literals of clause m are those from `first[m]` to `first[m + 1]`; `halves` are half their signs."""

    first: Integers
    columns: NDArray[np.int32]
    halves: NDArray[Any]


class ClauseStepper(CompiledStepper):
    """Steps of a machine for clauses: states of the variables, then weights."""

    machine: ClauseMachine

    def __init__(self, machine: ClauseMachine, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        clauses, self.cuts = machine.clauses, [machine.cells]
        halves = self.cast(0.5 * clauses.signs)
        self.literals = LiteralTables(clauses.first.copy(), clauses.columns.astype(np.int32), halves)

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return variables, weights, pulls on the variables, and the products of the widest clause."""
        products = np.zeros((self.machine.clauses.width, self.width), self.dtype)
        return *parts, np.zeros_like(parts[0]), products


@partial(inlined, always=True)
def unmet(v: Any, products: Any, literals: Any, m: int, width: int) -> Any:
    """Return how unmet clause `m` is, a product over its literals, and write those of its beginnings."""
    product, half = same(v, 1.0), same(v, 0.5)
    begin = literals.first[m]
    for e in range(begin, literals.first[m + 1]):
        store(products, (e - begin) * width, product)
        product = product * (half - same(v, literals.halves[e]) * load(v, literals.columns[e] * width))
    return product


@partial(inlined, always=True)
def pull(v: Any, products: Any, literals: Any, m: int, rest: Any, pulls: Any, width: int) -> None:
    """Add the derivatives of -2 `rest` times that product by the variables to `pulls`."""
    half, begin = same(v, 0.5), literals.first[m]
    for e in range(literals.first[m + 1] - 1, begin - 1, -1):
        at, side = literals.columns[e] * width, same(v, literals.halves[e])
        store(pulls, at, load(pulls, at) + side * rest * load(products, (e - begin) * width))
        rest = rest * (half - side * load(v, at))


@kernel
def advance(
    inputs: Any, weights: Any, pulls: Any, products: Any, outputs: Any, steps: int, keys: Any,
    literals: Any, gain: float, keep: float, push: float, growth: float, leak: float, deviation: float,
) -> None:  # fmt: skip
    """Take `steps` steps of `inputs` (n, width) and `weights` (clauses, width).

    `outputs` and `pulls` (n, width) and `products` (literals of the widest clause, width) are work space.
    """
    n, width = inputs.shape
    u, w, v, f = pointer(inputs), pointer(weights), pointer(outputs), pointer(pulls)
    p, key, clauses = pointer(products), pointer(keys), view(literals)
    one, zero = same(u, 1.0), same(u, 0.0)
    for k in range(steps):
        for i in range(n):
            store(v, i * width, tanh(same(u, gain) * load(u, i * width)))
            store(f, i * width, zero)
        for m in range(len(weights)):
            product = unmet(v, p, clauses, m, width)
            weight = load(w, m * width)
            pull(v, p, clauses, m, weight + weight, f, width)
            store(w, m * width, weight + same(u, growth) * product - same(u, leak) * (weight - one))
        for i in range(n):
            at = i * width
            store(u, at, same(u, keep) * load(u, at) + same(u, push) * load(f, at))
        if deviation != 0.0:
            for i in range(n):
                kick = same(u, deviation) * deviates(u, i, key, 2 * k * width, width)
                store(u, i * width, load(u, i * width) + kick)


class ClauseCircuitStepper(ClauseStepper):
    """The steps of one machine, with its tables."""

    kernels: ClassVar[Mapping[Any, float]] = {advance: 1.0}

    def __init__(self, machine: ClauseCircuit, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        h, self.kernel = machine.step / machine.tau, advance
        shares = machine.gain, float(np.exp(-h)), float(-np.expm1(-h))
        self.constants = self.literals, *shares, h * machine.eta, h * machine.delta, machine.deviation

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return the shared arrays, and outputs."""
        return *super().block(first, *parts), np.zeros_like(parts[0])
