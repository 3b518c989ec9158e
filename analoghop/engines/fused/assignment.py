"""Anneals of assignment networks by the compiled kernel, one member at a time, members over threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array
from analoghop.engines.assignment_program import Ends, Precision, Program, checked, ends, program, step_keys
from analoghop.engines.fused.doubly_stochastic import anneal
from analoghop.systems.assignment import Assignment

LANE = 16  # rows are padded to a multiple: the widest register holds as many float32


def run_assignment(
    system: Assignment,
    x0: ArrayLike,
    seed: int,
    index: ArrayLike,
    dtype: Precision = "float32",
    threads: int = 1,
    stream: int = 0,
) -> Ends:
    """Return how the anneals from the states `x0` (n^2, members) end.

    `index` (members,) numbers the trajectories: the noise of each is a function of (seed, index, stream)
    alone, whatever the batch and the threads. Raises `InputError` for shapes that do not fit.
    """
    x, numbers = checked(system, x0, index)
    tables = _Tables(program(system), system.rows, np.dtype(dtype))
    u = tables.padded(system.grid(x))
    V = np.zeros_like(u)

    def run(k: int) -> bool:
        keys = step_keys(seed, int(numbers[k]), stream, system.steps)
        return bool(anneal(u[k], V[k], *tables.arguments, keys, tables.dt))

    if threads > 1 and len(u) > 1:
        with ThreadPoolExecutor(threads) as pool:
            finite = list(pool.map(run, range(len(u))))
    else:
        finite = [run(k) for k in range(len(u))]
    return ends(system, tables.plain(V), tables.plain(u), np.array(finite, dtype=bool))


class _Tables:
    """A program in the kernel's layout and precision."""

    def __init__(self, steps: Program, n: int, dtype: np.dtype[Any]) -> None:
        self.n, self.width, self.dtype = n, -(-n // LANE) * LANE, dtype
        self.dt = dtype.type(steps.dt)
        timed = np.stack([steps.T, steps.g, steps.blend, steps.amplitude], axis=1)
        self.arguments = (
            np.ascontiguousarray(steps.left, dtype),
            np.ascontiguousarray(steps.early, dtype),
            np.ascontiguousarray(steps.rows, dtype),
            self.padded(steps.right),
            np.ascontiguousarray(timed, dtype),
        )

    def padded(self, grid: Array) -> NDArray[Any]:
        """Return (members, n, n) with rows filled up by zeros: (members, n, width)."""
        wide = np.zeros((len(grid), self.n, self.width), self.dtype)
        wide[:, :, : self.n] = grid
        return wide

    def plain(self, wide: NDArray[Any]) -> Array:
        """Return the inverse of `padded`, in double precision."""
        return wide[:, :, : self.n].astype(np.float64)
