"""Anneals of assignment networks on the fastest engine that is installed."""

from __future__ import annotations

from importlib.util import find_spec

from numpy.typing import ArrayLike

from analoghop.engines.assignment_program import Ends, Precision
from analoghop.systems.assignment import Assignment

__all__ = ["Ends", "run_assignment"]


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
    """Return how the anneals from the states `x0` (n^2, members) end: compiled where numba is installed.

    `index` (members,) numbers the trajectories: the noise of each is a function of (seed, index, stream)
    alone, whatever the batch, the threads and the engine. What has not ended at the `deadline` (of
    `time.monotonic`) or at Ctrl-C is cut. Raises `InputError` for shapes that do not fit.
    """
    if find_spec("numba") is not None:
        from analoghop.engines.fused.assignment import run_assignment as run
    else:
        from analoghop.engines.assignment_numpy import run_assignment as run
    return run(system, x0, seed, index, dtype, threads, stream, deadline)
