"""`Engine`: what turns a system and a start into a solution."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Mask, members
from analoghop.errors import InputError
from analoghop.solution import Solution
from analoghop.systems.base import System

Stop = Callable[[Array], Mask]
"""A test of outputs (n_outputs, members) that ends a run where it holds: a mask (members,)."""

Progress = Callable[[float], None]
"""Called now and then with the fraction of the time span that is done."""


class Engine(ABC):
    """Integrates systems; its fields are its options. Subclasses are final frozen dataclasses."""

    @abstractmethod
    def integrate(
        self, system: System, x0: ArrayLike, times: ArrayLike, stop: Stop | None = None
    ) -> Solution:
        """Return what `system` does from the state `x0` (n,) or (n, 1) at `times[0]`.

        `times` in seconds: two values record every accepted step between them; more are a grid on which the
        run is recorded, first = start, last = end. A run that ends early ends its record where it ended.
        `stop` ends the run at the first accepted step whose outputs satisfy it.
        Raises `InputError` for shapes that do not fit, values that are not finite, or times that do not
        increase. A numerical failure is a status of the solution, never an exception.
        """


def checked_times(times: ArrayLike) -> Array:
    """Return `times` as an array of two or more finite, increasing seconds; raises `InputError` otherwise."""
    grid = np.array(times, dtype=np.float64)
    if grid.ndim != 1 or len(grid) < 2:
        raise InputError(f"`times` needs a start and an end, got shape {grid.shape}")
    if not np.isfinite(grid).all():
        raise InputError("`times` contains a value that is not finite")
    if not (np.diff(grid) > 0).all():
        raise InputError("`times` must increase")
    return grid


def single_state(x0: ArrayLike, system: System) -> Array:
    """Return `x0` as a state (n,); raises `InputError` where it is not one finite state of `system`."""
    state = members(x0, system.size, "x0")
    if state.shape[1] != 1:
        raise InputError(f"`x0` has {state.shape[1]} members; this engine integrates one trajectory")
    return state[:, 0].copy()


def corners(system: System, start: float, end: float) -> list[float]:
    """Return `start`, the system's breakpoints inside (start, end), and `end`."""
    # Corners closer together than time can be told apart are one corner.
    least = 16 * np.spacing(max(abs(start), abs(end)))
    edges = [start]
    for corner in system.breakpoints(end):
        if corner - edges[-1] > least and end - corner > least:
            edges.append(corner)
    return [*edges, end]
