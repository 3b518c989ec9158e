"""`NumpyChains`: anneals of chains in NumPy, equal to the compiled kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Precision
from analoghop.engines.machines.chains_tables import (
    SWEEPS,
    ChainKeys,
    ChainsTables,
    chains_tables,
    noise,
    places,
    tape,
)
from analoghop.engines.machines.noise import Words
from analoghop.engines.machines.stepper import BATCH, Stepper
from analoghop.systems.assignment.chains import Chains


class ChainsAnneal:
    """Members of an anneal from the inputs `u` (members, units, slots), with the keys of their noise.

    Each step projects V by one sweep, chains and then slots, from the potentials of the last step.
    """

    def __init__(self, tables: ChainsTables, u: NDArray[Any]) -> None:
        self.tables, self.u, self.V = tables, u.copy(), np.zeros_like(u)
        self.widths = np.diff(tables.first)
        self.f = np.maximum.reduceat(u, tables.first[:-1], axis=1).max(axis=2)
        self.m = np.zeros((len(u), u.shape[2]), u.dtype)

    def step(self, k: int, where: list[Integers]) -> None:
        """Take step number `k`; `where` are the positions of each member's noise."""
        A, bias, _, levels, dt = self.tables
        one, (T, g, amplitude) = A.dtype.type(1.0), levels[k]
        self._sweep(T)
        V = self.V
        pull = -bias[None] - g * V
        pull[:, :, :-1] += A @ V[:, :, 1:]
        pull[:, :, 1:] += A.T @ V[:, :, :-1]
        self.u = (one - dt) * self.u - dt * pull
        if amplitude != 0:
            numbers = tape(str(A.dtype))
            self.u += amplitude * np.stack([noise(numbers, at, *self.u.shape[1:]) for at in where])

    def settled(self, k: int) -> NDArray[Any]:
        """Return V at the temperature of step `k` after further sweeps; the members do not change."""
        V, f, m = self.V, self.f, self.m
        for _ in range(SWEEPS):
            self._sweep(self.tables.levels[k, 0])
        close, self.V, self.f, self.m = self.V, V, f, m
        return close

    def _sweep(self, T: Any) -> None:
        first, one = self.tables.first, self.u.dtype.type(1.0)
        potentials = np.repeat(self.f, self.widths, axis=1)[:, :, None]
        V = np.exp((self.u - potentials - self.m[:, None, :]) * (one / T))
        r = one / np.add.reduceat(V.sum(axis=2), first[:-1], axis=1)
        V *= np.repeat(r, self.widths, axis=1)[:, :, None]
        c = one / V.sum(axis=1)
        V *= c[:, None, :]
        self.V, self.f, self.m = V, self.f - T * np.log(r), self.m - T * np.log(c)


def anneal(tables: ChainsTables, start: NDArray[Any], keys: Words) -> NDArray[Any]:
    """Return the outputs (members, units, slots) after the anneals from the inputs `start` of that shape.

    `keys` (members,) are those of the noise.
    """
    block, steps = ChainsAnneal(tables, start), len(tables.levels)
    read = [places(steps, start.shape[1], key) for key in keys]
    with np.errstate(all="ignore"):
        for k in range(steps):
            block.step(k, [each[k] for each in read])
        return block.settled(steps - 1)


class NumpyChains(Stepper):
    """Anneals of `Chains`, many members at a time."""

    machine: Chains

    def __init__(self, machine: Chains, dtype: Precision) -> None:
        self.machine, self.precision = machine, dtype
        self.width = max(1, BATCH // machine.size)
        self.tables = chains_tables(machine, dtype)

    def noise(self, seed: int, index: Integers, stream: int) -> ChainKeys:
        """Return a key for each member."""
        return ChainKeys(seed, index, stream)

    def load(self, x: Array, first: int) -> ChainsAnneal:
        """Return the anneals from the inputs `x`."""
        return ChainsAnneal(self.tables, self.machine.grid(x).astype(self.precision))

    def advance(self, block: ChainsAnneal, first: int, steps: int, noise: Words) -> None:
        """Take the steps one by one."""
        read = [places(first + steps, self.machine.units, key) for key in noise]
        for k in range(first, first + steps):
            block.step(k, [each[k] for each in read])

    def states(self, block: ChainsAnneal) -> Array:
        """Return u."""
        return self.machine.flat(block.u.astype(np.float64))

    def outputs(self, block: ChainsAnneal, k: int) -> Array:
        """Return V at the temperature of step `k`, after a close projection."""
        close = block.settled(min(k, len(self.tables.levels) - 1))
        return self.machine.flat(close.astype(np.float64))
