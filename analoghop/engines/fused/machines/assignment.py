"""`CompiledAssignment`: anneals of assignment networks by the compiled kernel, one member at a time."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.fused.machines.doubly_stochastic import BLOCKED, advance_many, settle
from analoghop.engines.fused.registers.compiling import seconds_to_compile
from analoghop.engines.machines.assignment_tables import assignment_tables
from analoghop.engines.machines.noise import Words
from analoghop.engines.machines.stepper import Stepper
from analoghop.systems.assignment.assignment import Assignment

LANE = 16  # rows are padded to a multiple of this: the number of float32 in the widest register


class AssignmentBlock(NamedTuple):
    """One member: inputs and outputs (n, width), the potentials of rows (n,) and of columns (width,)."""

    u: NDArray[Any]
    V: NDArray[Any]
    f: NDArray[Any]
    m: NDArray[Any]


class CompiledAssignment(Stepper):
    """The compiled anneals of an `Assignment`; rows of grids are padded with zeros."""

    machine: Assignment
    together: ClassVar[int] = 1
    compiled: ClassVar[bool] = True

    def __init__(self, machine: Assignment, dtype: Precision) -> None:
        self.machine, self.precision, self.width = machine, dtype, 1
        self.n, self.dtype = machine.rows, np.dtype(dtype)
        tables = assignment_tables(machine)
        self.dt = self.dtype.type(tables.dt)
        self.A = np.ascontiguousarray(tables.A, self.dtype)
        self.A_early = np.ascontiguousarray(tables.A_early, self.dtype)
        self.B_rows = np.ascontiguousarray(tables.B_rows, self.dtype)
        self.B = self._padded(tables.B)
        timed = np.stack([tables.T, tables.g, tables.blend, tables.amplitude], axis=1)
        self.timed = np.ascontiguousarray(timed, self.dtype)
        self.silent = np.zeros((len(timed), 2), np.uint32)

    @property
    def compiling_s(self) -> float:
        """Estimated seconds of compiling before the first step."""
        return seconds_to_compile({advance_many: 6.0, settle: 2.0})

    def load(self, x: Array, first: int) -> AssignmentBlock:
        """Return the anneal from the inputs `x` (n^2, 1)."""
        u = self._padded(self.machine.grid(x))[0]
        m = np.zeros(u.shape[1], self.dtype)
        m[self.n :] = BLOCKED
        return AssignmentBlock(u, np.zeros_like(u), u[:, : self.n].max(axis=1), m)

    def advance(self, block: AssignmentBlock, first: int, steps: int, noise: Words) -> None:
        """Take the steps."""
        part = slice(first, first + steps)
        keys = noise[:, :, 0] if len(noise) else self.silent[part]
        advance_many(*block, self.A, self.A_early, self.B_rows[part], self.B, self.timed[part], keys, self.dt)

    def states(self, block: AssignmentBlock) -> Array:
        """Return u."""
        return self._flat(block.u)

    def outputs(self, block: AssignmentBlock, k: int) -> Array:
        """Return V at the temperature of step `k`, after a close projection."""
        V, f, m = (part.copy() for part in block[1:])
        settle(block.u, V, f, m, self.timed[min(k, len(self.timed) - 1), 0])
        return self._flat(V)

    def _padded(self, grid: Array) -> NDArray[Any]:
        """Return (members, n, n) with rows padded by zeros."""
        wide = np.zeros((len(grid), self.n, -(-self.n // LANE) * LANE), self.dtype)
        wide[:, :, : self.n] = grid
        return wide

    def _flat(self, wide: NDArray[Any]) -> Array:
        """Return a padded grid as (n^2, 1) in double precision."""
        return wide[:, : self.n].reshape(-1, 1).astype(np.float64)
