"""`NumpySuccessor`: anneals of a successor network in NumPy, many members at a time."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.machines.noise import Words
from analoghop.engines.machines.stepper import Stepper
from analoghop.engines.machines.swept_grid import SweptGrid, scattered
from analoghop.systems.assignment.successor import LEAST, LIMIT, Successor

BATCH = 1 << 17
"""Numbers in one array of a block, which fits the cache."""


class SuccessorTables(NamedTuple):
    """The parameters of an anneal: `timed` (steps, 5) holds T, g, mu, the share of the early cost and the
    standard deviation of the noise for each step; `D` and `early` (n, n); `dt` is the step in time constants.
    """

    D: Array
    early: Array
    timed: Array
    dt: float


def successor_tables(system: Successor) -> SuccessorTables:
    """Return the tables of the anneal of `system`."""
    times = np.arange(system.steps) * system.step
    dt, T = system.step / system.tau, system.temperature.value(times)
    loud = np.zeros(len(times)) if system.sigma is None else system.sigma.value(times) * T * np.sqrt(dt)
    early = system.D if system.early is None else system.early
    blend = np.zeros(len(times)) if system.early is None else system.blend.value(times)
    signals = system.self_coupling, system.determinant
    timed = np.stack([T, *(signal.value(times) for signal in signals), blend, loud], axis=1)
    return SuccessorTables(system.D, early, timed, dt)


class NumpySuccessor(Stepper):
    """Anneals of a `Successor`: each step projects V by one sweep and inverts I - V + J/n.

    When outputs are read, and at the end, further sweeps make V doubly stochastic.
    """

    machine: Successor
    together: ClassVar[int] = 1

    def __init__(self, machine: Successor, dtype: Precision) -> None:
        self.machine, self.precision = machine, dtype
        self.width = max(1, BATCH // machine.size)
        self.tables = successor_tables(machine)

    def load(self, x: Array, first: int) -> SweptGrid:
        """Return the anneals from the inputs `x`."""
        return SweptGrid(self.machine.grid(x).astype(self.precision), hollow=True)

    def advance(self, block: SweptGrid, first: int, steps: int, noise: Words) -> None:
        """Take the steps one by one."""
        for k in range(steps):
            self._step(block, first + k, noise[k].T if len(noise) else None)

    def _step(self, block: SweptGrid, k: int, keys: Words | None) -> None:
        number, (D, early, timed, dt) = block.dtype.type, self.tables
        T, g, mu, _, loud = (number(value) for value in timed[k])
        block.sweep(T)
        cost = (D + timed[k, 3] * (early - D)).astype(block.dtype)
        force = g * block.V - cost - mu * np.swapaxes(resolvent(block.V), 1, 2)
        force.reshape(len(force), -1)[:, :: block.n + 1] = 0.0
        block.u += number(dt) * (force - block.u)
        if loud != 0 and keys is not None:
            block.u += loud * scattered(block.n, keys, block.dtype)

    def states(self, block: SweptGrid) -> Array:
        """Return u."""
        return self.machine.flat(block.u.astype(np.float64))

    def outputs(self, block: SweptGrid, k: int) -> Array:
        """Return V at the temperature of step `k`, after a close projection."""
        T = self.tables.timed[min(k, len(self.tables.timed) - 1), 0]
        return self.machine.flat(block.settled(T).astype(np.float64))


def resolvent(V: NDArray[Any]) -> NDArray[Any]:
    """Return (I - V + J/n)^-1 of each member of `V` (members, n, n), entries limited to +-50.

    A singular matrix is inverted with 1e-4 I added.
    """
    n, number = V.shape[1], V.dtype.type
    matrix = np.eye(n, dtype=V.dtype) - V + number(1.0 / n)
    Z = np.empty_like(matrix)
    for k, member in enumerate(matrix):
        try:
            Z[k] = np.linalg.inv(member)
        except np.linalg.LinAlgError:
            Z[k] = np.linalg.inv(member + number(LEAST) * np.eye(n, dtype=V.dtype))
    return np.asarray(np.clip(np.nan_to_num(Z, copy=False, nan=LIMIT), -LIMIT, LIMIT))
