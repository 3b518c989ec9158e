"""Anneals of chains on the fastest engine that is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array
from analoghop.engines.machines.chains_tables import Program, grids, program
from analoghop.systems.assignment.chains import Chains


class Anneal(Protocol):
    """What both engines are."""

    def __call__(self, program: Program, start: NDArray[Any], keys: NDArray[np.uint32]) -> NDArray[Any]:
        """Return the outputs (members, units, slots) after the anneals from the inputs `start`."""


def chains_engine() -> Anneal:
    """Return the compiled engine where numba is installed, else the one in NumPy."""
    if find_spec("numba") is not None:
        from analoghop.engines.fused.machines.chains import anneal
    else:
        from analoghop.engines.machines.chains import anneal
    return anneal


def run_chains(system: Chains, x0: ArrayLike, keys: ArrayLike, dtype: str = "float32") -> Array:
    """Return the outputs (units slots, members) after the anneals from the states `x0`, as large.

    `keys` (members,) are whole numbers below 2^32: the noise of each is a function of its key alone.
    Raises `InputError` for shapes that do not fit.
    """
    start, numbers = grids(system, x0, keys, dtype)
    V = chains_engine()(program(system, dtype), start, numbers)
    return system.flat(V.astype(np.float64))
