"""`NumpyAssignment`: the anneals of the compiled kernel in NumPy, many members at a time."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Precision
from analoghop.engines.machines.assignment_tables import AssignmentTables, assignment_tables
from analoghop.engines.machines.noise import Words
from analoghop.engines.machines.projection import FEW
from analoghop.engines.machines.stepper import Stepper
from analoghop.engines.machines.swept_grid import SweptGrid, scattered
from analoghop.systems.assignment.assignment import Assignment

BATCH = 1 << 17
"""Numbers in one array of a block, which fits the cache."""


class NumpyAssignment(Stepper):
    """Anneals of an `Assignment`: each step projects V by one sweep, from the multipliers of the last step.

    When outputs are read, and at the end, further sweeps make V doubly stochastic.
    """

    machine: Assignment
    together: ClassVar[int] = 1

    def __init__(self, machine: Assignment, dtype: Precision) -> None:
        self.machine, self.precision = machine, dtype
        self.width = max(1, BATCH // machine.size)
        self.tables = assignment_tables(machine)

    def load(self, x: Array, first: int) -> _Anneal:
        """Return the anneals from the inputs `x`."""
        return _Anneal(self.tables, self.machine.grid(x).astype(self.precision))

    def advance(self, block: _Anneal, first: int, steps: int, noise: Words) -> None:
        """Take the steps one by one."""
        for k in range(steps):
            block.step(first + k, noise[k].T if len(noise) else None)

    def states(self, block: _Anneal) -> Array:
        """Return u."""
        return self.machine.flat(block.u.astype(np.float64))

    def outputs(self, block: _Anneal, k: int) -> Array:
        """Return V at the temperature of step `k`, after a close projection."""
        T = self.tables.T[min(k, len(self.tables.T) - 1)]
        return self.machine.flat(block.settled(T).astype(np.float64))


class _Anneal(SweptGrid):
    """One block. Products are computed member by member, so that members are independent, bit for bit."""

    def __init__(self, tables: AssignmentTables, u: NDArray[Any]) -> None:
        super().__init__(u)
        self.tables = tables
        self.force, self.turned = np.empty_like(u), np.empty_like(u)
        # With the step as a factor of the matrices, their products are the change of u.
        scale = u.dtype.type(-tables.dt)
        self.A, self.A_early = scale * tables.A.astype(u.dtype), scale * tables.A_early.astype(u.dtype)
        self.B = tables.B.astype(u.dtype)
        self.B_rows = np.concatenate([tables.B_rows, tables.B_rows], axis=2).astype(u.dtype)
        self.now = self.A

    def step(self, k: int, keys: Words | None) -> None:
        """Take step `k`, with noise from `keys` (members, 2); V are the outputs at its beginning."""
        tables, number = self.tables, self.dtype.type
        self.blend(k)
        self.sweep(number(tables.T[k]))
        self.push(k)
        self.u *= number(1.0 - tables.dt)
        self.u += self.force
        if tables.g[k] != 0:
            self.u += np.multiply(self.V, number(tables.g[k] * tables.dt), out=self.turned)
        if tables.amplitude[k] != 0 and keys is not None:
            self.u += number(tables.amplitude[k]) * scattered(self.n, keys, self.dtype)

    def blend(self, k: int) -> None:
        """Set A to the mixture of the final and the early matrix at step `k`."""
        share = self.tables.blend[k]
        if len(self.A_early) and (share != 0 or (k > 0 and self.tables.blend[k - 1] != 0)):
            self.now = self.A + self.dtype.type(share) * (self.A_early - self.A)

    def push(self, k: int) -> None:
        """Write -dt sum_k A_k (V B_k) to `force`."""
        for term, A in enumerate(self.now):
            self._turn(k, term)
            if term == 0:
                np.matmul(A, self.turned, out=self.force)
            else:
                self.force += A @ self.turned

    def _turn(self, k: int, term: int) -> None:
        if len(self.B):
            np.matmul(self.V, self.B[term], out=self.turned)
            return
        row = self.B_rows[k, term]
        shifts = np.flatnonzero(row[: self.n])
        if len(shifts) > FEW:
            stride = row.strides[0]
            # Entry (j, i) is row[i - j].
            matrix = np.lib.stride_tricks.as_strided(row[self.n :], (self.n, self.n), (-stride, stride))
            np.matmul(self.V, np.ascontiguousarray(matrix), out=self.turned)
            return
        np.multiply(self.V, row[0], out=self.turned)
        for shift in shifts[shifts > 0]:
            self.turned[:, :, shift:] += row[shift] * self.V[:, :, : self.n - shift]
            self.turned[:, :, :shift] += row[shift] * self.V[:, :, self.n - shift :]
