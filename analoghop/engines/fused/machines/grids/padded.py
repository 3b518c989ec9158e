"""`PaddedGrid`: the base class of compiled anneals of one square grid at a time, its rows padded."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.fused.machines.grids.doubly_stochastic import BLOCKED, settle
from analoghop.engines.machines.stepper import Stepper
from analoghop.systems.assignment.doubly_stochastic import DoublyStochastic

LANE = 16  # rows are padded to a multiple of this: the number of float32 in the widest register


class GridBlock(NamedTuple):
    """One member: inputs and outputs (n, width), the potentials of rows (n,) and of columns (width,)."""

    u: NDArray[Any]
    V: NDArray[Any]
    f: NDArray[Any]
    m: NDArray[Any]


class PaddedGrid(Stepper):
    """Compiled anneals of a doubly stochastic network; rows of grids are padded with zeros.

    A subclass sets `timed`, whose first column is the temperature of each step. `hollow`: whether there are
    no amplifiers on the diagonal.
    """

    machine: DoublyStochastic
    together: ClassVar[int] = 1
    compiled: ClassVar[bool] = True
    hollow: ClassVar[bool] = False
    timed: NDArray[Any]

    def __init__(self, machine: DoublyStochastic, dtype: Precision) -> None:
        self.machine, self.precision, self.width = machine, dtype, 1
        self.n, self.dtype = machine.rows, np.dtype(dtype)
        self.silent = np.zeros((machine.steps, 2), np.uint32)

    def load(self, x: Array, first: int) -> GridBlock:
        """Return the anneal from the inputs `x` (n^2, 1)."""
        u = self.padded_grid(self.machine.grid(x))[0]
        m = np.zeros(u.shape[1], self.dtype)
        m[self.n :] = BLOCKED
        return GridBlock(u, np.zeros_like(u), u[:, : self.n].max(axis=1), m)

    def states(self, block: GridBlock) -> Array:
        """Return u."""
        return self._flat(block.u)

    def outputs(self, block: GridBlock, k: int) -> Array:
        """Return V at the temperature of step `k`, after a close projection."""
        V, f, m = (part.copy() for part in block[1:])
        settle(block.u, V, f, m, self.timed[min(k, len(self.timed) - 1), 0], self.hollow)
        return self._flat(V)

    def padded_grid(self, grid: Array) -> NDArray[Any]:
        """Return (members, n, n) with rows padded by zeros."""
        wide = np.zeros((len(grid), self.n, -(-self.n // LANE) * LANE), self.dtype)
        wide[:, :, : self.n] = grid
        return wide

    def _flat(self, wide: NDArray[Any]) -> Array:
        """Return a padded grid as (n^2, 1) in double precision."""
        return wide[:, : self.n].reshape(-1, 1).astype(np.float64)
