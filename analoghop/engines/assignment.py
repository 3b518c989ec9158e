"""Anneals of assignment networks on the fastest engine that is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Protocol

from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.engines.machines.assignment_tables import Ends, Precision
from analoghop.systems.assignment.assignment import Assignment

__all__ = ["Ends", "record_assignment", "run_assignment"]


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
    return _engine().run_assignment(system, x0, seed, index, dtype, threads, stream, deadline)


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
    return _engine().record_assignment(system, x0, seed, number, steps, dtype, stream)


class _Engine(Protocol):
    """What both modules have."""

    @property
    def run_assignment(self) -> Callable[..., Ends]:
        """Run anneals."""

    @property
    def record_assignment(self) -> Callable[..., Array]:
        """Record one."""


def _engine() -> _Engine:
    if find_spec("numba") is None:
        from analoghop.engines.machines import assignment as assignment_numpy

        return assignment_numpy
    from analoghop.engines.fused.machines import assignment

    return assignment
