"""`CompiledAssignment`: anneals of assignment networks by the compiled kernel, one member at a time."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.grids.doubly_stochastic import advance_many, settle
from analoghop.engines.fused.machines.grids.padded import GridBlock, PaddedGrid
from analoghop.engines.fused.registers.compiling import seconds_to_compile
from analoghop.engines.machines.assignment_tables import assignment_tables
from analoghop.engines.machines.noise import Words
from analoghop.systems.assignment.assignment import Assignment


class CompiledAssignment(PaddedGrid):
    """The compiled anneals of an `Assignment`."""

    machine: Assignment

    def __init__(self, machine: Assignment, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        tables = assignment_tables(machine)
        self.dt = self.dtype.type(tables.dt)
        self.A = np.ascontiguousarray(tables.A, self.dtype)
        self.A_early = np.ascontiguousarray(tables.A_early, self.dtype)
        self.B_rows = np.ascontiguousarray(tables.B_rows, self.dtype)
        self.B = self.padded_grid(tables.B)
        timed = np.stack([tables.T, tables.g, tables.blend, tables.amplitude], axis=1)
        self.timed = np.ascontiguousarray(timed, self.dtype)

    @property
    def compiling_s(self) -> float:
        """Estimated seconds of compiling before the first step."""
        return seconds_to_compile({advance_many: 6.0, settle: 2.0})

    def advance(self, block: GridBlock, first: int, steps: int, noise: Words) -> None:
        """Take the steps."""
        part = slice(first, first + steps)
        keys = noise[:, :, 0] if len(noise) else self.silent[part]
        advance_many(*block, self.A, self.A_early, self.B_rows[part], self.B, self.timed[part], keys, self.dt)
