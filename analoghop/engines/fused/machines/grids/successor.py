"""`CompiledSuccessor`: anneals of successor networks by a compiled kernel, one member at a time."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.grids.doubly_stochastic import loop, scatter, settle, sweep
from analoghop.engines.fused.machines.grids.inverse import PANEL, invert
from analoghop.engines.fused.machines.grids.padded import GridBlock, PaddedGrid
from analoghop.engines.fused.registers.compiling import kernel, seconds_to_compile
from analoghop.engines.machines.noise import Words
from analoghop.engines.machines.successor import successor_tables
from analoghop.systems.assignment.successor import LEAST, LIMIT, Successor


@loop
def push(u: Any, V: Any, Z: Any, D: Any, g: Any, mu: Any, limit: Any, dt: Any) -> None:
    """Take the step u + dt (-u - D - mu Z^T + g V), whose diagonal only decays."""
    n = len(u)
    for x in range(n):
        row, v, cost = u[x], V[x], D[x]
        own = row[x]
        for y in range(n):
            # What is no number, behind a matrix that is singular to rounding, counts as the limit.
            z = max(Z[y, x], -limit) if Z[y, x] < limit else limit
            row[y] += dt * (g * v[y] - cost[y] - mu * z - row[y])
        row[x] = own - dt * own


@kernel
def advance_many(
    u: Any, V: Any, f: Any, m: Any, D: Any, early: Any, timed: Any, keys: Any, dt: Any, limit: Any, least: Any
) -> None:
    """Take several steps of an anneal of `u` (n, width), in place; V are the outputs of the last step.

    `f` (n,) and `m` (width,) are the potentials of the projection. `D` and `early` (n, width). `timed` has T,
    g, mu, the share of `early` and the amplitude of the noise for each step, `keys` (steps, 2) are the keys
    of the noise; `dt` is the step in time constants; `limit` bounds the entries of Z, `least` its pivots.
    """
    n, width = u.shape
    one = u.dtype.type(1)
    r, c = np.zeros_like(f), np.zeros_like(m)
    Z, factors, now = np.zeros_like(u), np.zeros((n, PANEL), u.dtype), D.copy()
    share_of_all = one / u.dtype.type(n)
    for k in range(len(timed)):
        T, g, mu, share, amplitude = timed[k]
        if share != 0 or (k > 0 and timed[k - 1, 3] != 0):
            for x in range(n):
                for y in range(n):
                    now[x, y] = D[x, y] + share * (early[x, y] - D[x, y])
        sweep(u, V, f, m, r, c, T, n, np.int64(1))
        for x in range(n):
            row, v = Z[x], V[x]
            for y in range(n):
                row[y] = share_of_all - v[y]
            row[x] += one
        invert(Z, factors, n, least)
        push(u, V, Z, now, g, mu, limit, dt)
        if amplitude != 0:
            scatter(u, n, amplitude, keys[k, 0], keys[k, 1])


class CompiledSuccessor(PaddedGrid):
    """The compiled anneals of a `Successor`."""

    machine: Successor
    hollow: ClassVar[bool] = True

    def __init__(self, machine: Successor, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        tables = successor_tables(machine)
        self.D, self.early = (self.padded_grid(cost[None])[0] for cost in (tables.D, tables.early))
        self.timed = np.ascontiguousarray(tables.timed, self.dtype)
        self.constants = tuple(self.dtype.type(value) for value in (tables.dt, LIMIT, LEAST))

    @property
    def compiling_s(self) -> float:
        """Estimated seconds of compiling before the first step."""
        return seconds_to_compile({advance_many: 4.0, settle: 2.0})

    def advance(self, block: GridBlock, first: int, steps: int, noise: Words) -> None:
        """Take the steps."""
        part = slice(first, first + steps)
        keys = noise[:, :, 0] if len(noise) else self.silent[part]
        advance_many(*block, self.D, self.early, self.timed[part], keys, *self.constants)
