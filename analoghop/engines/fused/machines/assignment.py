"""Anneals of assignment networks by the compiled kernel, one member at a time, members over threads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array
from analoghop.engines.fused.machines.doubly_stochastic import BLOCKED, advance_many, settle
from analoghop.engines.machines.assignment_tables import (
    Ends,
    Precision,
    Program,
    checked,
    ends,
    program,
    step_keys,
)
from analoghop.engines.running.limits import Halt
from analoghop.systems.assignment.assignment import Assignment

PULSE = 1_000_000_000
"""Products of numbers between two looks at the clock, about: less than a tenth of a second."""
LANE = 16  # rows are padded to a multiple: the widest register holds as many float32


def run_assignment(
    system: Assignment,
    x0: ArrayLike,
    seed: int,
    index: ArrayLike,
    dtype: Precision = "float32",
    threads: int = 1,
    stream: int = 0,
    deadline: float | None = None,
) -> Ends:
    """Return how the anneals from the states `x0` (n^2, members) end.

    `index` (members,) numbers the trajectories: the noise of each is a function of (seed, index, stream)
    alone, whatever the batch and the threads. What has not ended at the `deadline` (of `time.monotonic`) or
    at Ctrl-C is cut. Raises `InputError` for shapes that do not fit.
    """
    x, numbers = checked(system, x0, index)
    tables = _Tables(program(system), system.rows, np.dtype(dtype))
    u = tables.padded(system.grid(x))
    V = np.zeros_like(u)
    halt, finished = Halt(deadline), np.zeros(len(u), dtype=bool)

    def run(k: int) -> None:
        keys = step_keys(seed, int(numbers[k]), stream, system.steps)
        finished[k] = tables.anneal(u[k], V[k], keys, halt)

    halt.spread(run, range(len(u)), threads)
    return ends(system, tables.plain(V), tables.plain(u), finished, halt.interrupted)


def record_assignment(
    system: Assignment,
    x0: ArrayLike,
    seed: int,
    number: int,
    steps: Sequence[int],
    dtype: Precision = "float32",
    stream: int = 0,
) -> Array:
    """Return the outputs (len(steps), n, n) with which trajectory `number` from `x0` (n^2, 1) takes `steps`.

    They are steps of the anneal that `run_assignment` runs, increasing.
    """
    x, _ = checked(system, x0, [number])
    tables = _Tables(program(system), system.rows, np.dtype(dtype))
    u = tables.padded(system.grid(x))[0]
    V, kept = np.zeros_like(u), np.zeros((len(steps), *u.shape), u.dtype)
    f, m = tables.potentials(u)
    keys = step_keys(seed, number, stream, system.steps)
    for k, (first, last) in enumerate(pairwise((-1, *steps))):
        tables.advance(u, V, f, m, keys, slice(first + 1, last + 1))
        kept[k] = V
    return tables.plain(kept)


class _Tables:
    """A program in the kernel's layout and precision."""

    def __init__(self, steps: Program, n: int, dtype: np.dtype[Any]) -> None:
        self.n, self.width, self.dtype = n, -(-n // LANE) * LANE, dtype
        self.dt = dtype.type(steps.dt)
        timed = np.stack([steps.T, steps.g, steps.blend, steps.amplitude], axis=1)
        self.left = np.ascontiguousarray(steps.left, dtype)
        self.early = np.ascontiguousarray(steps.early, dtype)
        self.rows = np.ascontiguousarray(steps.rows, dtype)
        self.right = self.padded(steps.right)
        self.timed = np.ascontiguousarray(timed, dtype)

    def anneal(self, u: NDArray[Any], V: NDArray[Any], keys: NDArray[np.uint32], halt: Halt) -> bool:
        """Take all steps of one member in place, unless `halt` ends them, and return whether."""
        f, m = self.potentials(u)
        stride = max(1, PULSE // (self.n**3 + 10_000))
        for first in range(0, len(self.timed), stride):
            if halt.now:
                return False
            self.advance(u, V, f, m, keys, slice(first, first + stride))
        settle(u, V, f, m, self.timed[-1, 0])
        return True

    def potentials(self, u: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the potentials of rows and columns with which an anneal from `u` begins."""
        m = np.zeros(self.width, self.dtype)
        m[self.n :] = BLOCKED
        return u[:, : self.n].max(axis=1), m

    def advance(
        self,
        u: NDArray[Any],
        V: NDArray[Any],
        f: NDArray[Any],
        m: NDArray[Any],
        keys: NDArray[np.uint32],
        steps: slice,
    ) -> None:
        """Take some of the steps."""
        matrices = (self.left, self.early, self.rows[steps], self.right)
        advance_many(u, V, f, m, *matrices, self.timed[steps], keys[steps], self.dt)

    def padded(self, grid: Array) -> NDArray[Any]:
        """Return (members, n, n) with rows filled up by zeros: (members, n, width)."""
        wide = np.zeros((len(grid), self.n, self.width), self.dtype)
        wide[:, :, : self.n] = grid
        return wide

    def plain(self, wide: NDArray[Any]) -> Array:
        """Return the inverse of `padded`, in double precision."""
        return wide[:, :, : self.n].astype(np.float64)
