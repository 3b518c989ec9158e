"""`Engine` and `EnsembleEngine`: the contracts for integrating one trajectory, and many."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Mask, members, real
from analoghop.errors import InputError, check_kind
from analoghop.limits import Limits
from analoghop.solution import Solution
from analoghop.systems.base import System

if TYPE_CHECKING:
    from analoghop.ensembles.solution import EnsembleSolution
    from analoghop.ensembles.starts import Starts

Stop = Callable[[Array], Mask]
"""A stop test: maps outputs (n_outputs, members) to a mask (members,) of the runs that end."""


class StepOutput(Protocol):
    """The dense output of one accepted step, from `t_old` to `t` in s: maps times (k,) to states (n, k)."""

    @property
    def t_old(self) -> float:
        """The time at which the step began."""

    @property
    def t(self) -> float:
        """The time at which it ended."""

    def __call__(self, t: Array, /) -> Array:
        """Return the states at the times `t`."""


class Follower(Protocol):
    """Is told of every accepted step of a run while that goes on."""

    def follow(self, steps: Sequence[StepOutput], corner: float) -> None:
        """Take the next steps; they lie before `corner` (s), where inputs may jump, inf for none."""


class Engine(ABC):
    """Integrates systems; its fields are its options. Subclasses are final frozen dataclasses.

    `compiled`: whether `integrate_many` (or `integrate` of an engine without it) is compiled code.
    """

    compiled: ClassVar[bool] = False

    @abstractmethod
    def integrate(
        self,
        system: System,
        x0: ArrayLike,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> Solution:
        """Return the solution of `system` from the state `x0` (n,) or (n, 1) at `times[0]`.

        `times` in seconds: two values record every accepted step between them; more are a grid on which the
        run is recorded, first = start, last = end. The record of a run that ends early ends there, too.
        `stop` ends the run at the first accepted step whose outputs satisfy it. If the `limits` (None: none)
        are over earlier, by their deadline or by Ctrl-C, the run up to there is returned with the status
        `TIME_LIMIT`; after Ctrl-C `record["interrupted"]` is True. Progress is reported to them: the reached
        time in "s", or, by engines for many trajectories, the finished "starts". Raises `InputError` for
        wrong shapes, values that are not finite, or times that do not increase. A numerical failure is a
        status of the solution, never an exception.
        """


class EnsembleEngine(Engine):
    """Integrates many trajectories of one system; its fields are its options."""

    @abstractmethod
    def integrate_many(
        self,
        system: System,
        starts: Starts,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> EnsembleSolution:
        """Return the solution of the trajectories of `system` from `starts` at `times[0]`.

        `times` in seconds: two values are the span, and only the last states are kept; more are a grid on
        which waveforms are kept as well. `stop` ends trajectories whose outputs satisfy it. The threads of
        `limits` (None: one thread, no time limit) share the trajectories. If the limits are over earlier, by
        their deadline or by Ctrl-C, the finished trajectories are returned; after Ctrl-C
        `record["interrupted"]` is True. The numbers of finished and of settled "starts" are reported to them.
        Raises `InputError` for starts, times or options that do not fit. A numerical failure is a status.
        """


def checked_times(times: ArrayLike) -> Array:
    """Return `times` as an array of two or more finite, increasing seconds; raises `InputError` otherwise."""
    grid = np.array(real(times, "`times`"))
    if grid.ndim != 1 or len(grid) < 2:
        raise InputError(f"`times` needs a start and an end, got shape {grid.shape}")
    if not np.isfinite(grid).all():
        raise InputError("`times` contains a value that is not finite")
    if not (np.diff(grid) > 0).all():
        raise InputError("`times` must increase")
    return grid


def cut_short(limits: Limits, t: float) -> str:
    """Return the message of a run that its `limits` ended at `t` seconds."""
    reason = "Ctrl-C ended the run" if limits.interrupted else "the time limit was reached"
    return f"{reason} at t = {t:g} s"


def checked_stop(stop: Stop | None) -> None:
    """Raise `InputError` unless `stop` is a function or None."""
    given: object = stop
    if not (given is None or callable(given)):
        check_kind(given, type(None), "stop", "a function of outputs (n_outputs, members)")


def single_state(x0: ArrayLike, system: System) -> Array:
    """Return `x0` as a state (n,); raises `InputError` unless it is one finite state of `system`."""
    state = members(x0, system.size, "x0")
    if state.shape[1] != 1:
        raise InputError(f"`x0` has {state.shape[1]} members; this engine integrates one trajectory")
    return state[:, 0].copy()


_ROUNDINGS = 64
_INSIDE = 1e-3  # of a segment: so much is kept of one that is as short as a few roundings


def corners(system: System, start: float, end: float) -> list[float]:
    """Return `start`, the system's breakpoints inside (start, end), and `end`."""
    # Corners that differ by no more than the resolution of the time are one corner.
    least = 16 * np.spacing(max(abs(start), abs(end)))
    edges = [start]
    for corner in system.breakpoints(end):
        if corner - edges[-1] > least and end - corner > least:
            edges.append(corner)
    return [*edges, end]


def just_after(corner: float) -> float:
    """Return the first time behind a corner: a pulse that is cut off has its old value at the very corner."""
    return float(np.nextafter(corner, np.inf))


def just_before(corner: float, since: float, end: float) -> float:
    """Return the last time of the segment from `since` to `corner` at which no input has passed its corner.

    Signals count times a few roundings before a corner as after it: their corners are rounded numbers. `end`
    of the run (s) gives the size of these roundings.
    """
    return max(corner - _ROUNDINGS * float(np.spacing(end)), since + (1.0 - _INSIDE) * (corner - since))
