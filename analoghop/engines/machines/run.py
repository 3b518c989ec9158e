"""Machines on the fastest engine that is installed."""

from __future__ import annotations

from importlib.util import find_spec

from numpy.typing import ArrayLike

from analoghop.engines.machines.assignment_tables import Precision
from analoghop.engines.machines.members import MachineEnds
from analoghop.engines.machines_numpy import run_machine as run_by_definition
from analoghop.systems.machine import Machine

__all__ = ["MachineEnds", "run_machine"]


def run_machine(
    machine: Machine,
    x0: ArrayLike,
    seed: int,
    index: ArrayLike,
    dtype: Precision = "float32",
    threads: int = 1,
    deadline: float | None = None,
    steps: int | None = None,
    enough: int | None = None,
    first: int = 0,
) -> MachineEnds:
    """Return how the members that begin at `x0` (size, members) end.

    Compiled, in precision `dtype`, where numba is installed and the machine has a kernel; else in NumPy, in
    double precision. `index` (members,) numbers the members: each is a function of (seed, its number)
    alone, whatever the batch and the threads. After `deadline` (of `time.monotonic`) members stop at their
    next look, and so do all once `enough` of them are solved. The steps are those numbered from `first` to
    below `steps`, all where it is None: what ends is continued from its states. Raises `InputError` for
    shapes that do not fit.
    """
    if find_spec("numba") is not None:
        from analoghop.engines.fused.machines.run import run_kernel
        from analoghop.engines.fused.machines.steppers import kernel_of

        kernel = kernel_of(machine, dtype)
        if kernel is not None:
            return run_kernel(kernel, x0, seed, index, threads, deadline, steps, enough, first)
    return run_by_definition(machine, x0, seed, index, threads, deadline, steps, enough, first)
