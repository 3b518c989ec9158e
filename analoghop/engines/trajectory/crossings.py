"""`Crossings`: where a step of a solver passes a corner of the amplifiers; `Stops` ends the step there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.systems.base import System

_GRID = np.linspace(0.0, 1.0, 17)[1:]
_ROUNDS = 3  # of 16 pieces each: the secant through the last one has an error of 1e-7 of the step
_DEPTH = 0.1  # of rtol: what passes a corner by less of its scale has not passed it
_NEAR = 1e-4  # of the scale: so close to a corner is at the corner, the error being the square
_TRIES = 6  # of ending a step at a corner, which a polynomial through the corner does not locate well
_SHORT = 1e-6  # of a step: what is left of it before or behind a corner is not a step of its own
_RECENT = 4  # steps within which a second crossing of one corner is chattering
_LONGEST = 1024  # steps for which a corner that chatters is not looked for


class Crossings:
    """The signs of a system's switches along a run, for the solver to end its steps where they change.

    A switch has changed when it is beyond its corner by more than a fraction of `rtol`: a state that hovers
    at a corner does not cross it. Corners that are crossed again within a few steps, as by a comparator that
    slides along its threshold, are left alone for a while that doubles each time.
    """

    def __init__(self, system: System, rtol: float, t: float, x: Array) -> None:
        self._system, self._rtol = system, rtol
        found = self._at(t, x)
        self._scale, self._tries = np.minimum(np.abs(found), 1.0), 0
        self._side = np.sign(found)
        self._step = 0
        self._cut_at = np.full(len(found), -_LONGEST)
        self._rest = np.zeros(len(found), dtype=np.intp)
        self._due = np.zeros(len(found), dtype=bool)

    def _at(self, t: float, x: Array) -> Array:
        return self._system.switches(t, x[:, None])[:, 0]

    def first(self, solver: Any, begin: float) -> float | None:
        """Return the time inside the solver's last step, since `begin`, of its first crossing; None without.

        The step may then be accepted. Otherwise the solver is to be started anew at `begin`, up to that time,
        and `passed` tells that it has got there.
        """
        self._step += 1
        found = self._at(solver.t, solver.y)
        self._scale = np.minimum(np.maximum(self._scale, np.abs(found)), 1.0)
        beyond = self._side * found < -_DEPTH * self._rtol * self._scale
        self._due = beyond & (self._step - self._cut_at > self._rest)
        at = self._earliest(solver, begin) if self._due.any() else None
        if at is None:
            self._settle(found, beyond)
        return at

    def _settle(self, found: Array, changed: Mask) -> None:
        signs = np.sign(found)
        self._side = np.where(changed | (self._side == 0.0), signs, self._side)

    def _earliest(self, solver: Any, begin: float) -> float | None:
        length = solver.t - begin
        dense, side = solver.dense_output(), self._side[self._due, None]
        low, high = begin, solver.t
        for _ in range(_ROUNDS):
            times = low + (high - low) * _GRID
            ahead = side * self._system.switches(times, dense(times))[self._due]
            k = int(np.argmax((ahead < 0.0).any(axis=0)))
            low, high = times[k - 1] if k else low, times[k]
        ends = np.array([low, high])
        before, after = (side * self._system.switches(ends, dense(ends))[self._due]).T
        changing = (before > 0.0) & (after < 0.0)
        if changing.any():
            share = float((before[changing] / (before[changing] - after[changing])).min())
            high = low + share * (high - low)
        if high - begin < _SHORT * length or solver.t - high < _SHORT * length:
            return None
        return float(high)

    def passed(self, t: float, x: Array) -> None:
        """Take the state at the end of the steps that were to end at a crossing as being on its far side."""
        found = self._at(t, x)
        near = self._due & (np.abs(found) <= _NEAR * self._scale)
        self._tries += 1
        if self._tries >= _TRIES:
            near = self._due
        if near.any():
            self._tries = 0
        recent = near & (self._step - self._cut_at <= self._rest + _RECENT)
        self._rest[near & ~recent] = 0
        self._rest[recent] = np.minimum(np.maximum(2 * self._rest[recent], _RECENT), _LONGEST)
        self._cut_at[near] = self._step
        self._settle(np.where(near, -self._side, found), near | (self._side * found < 0.0))


class Stops:
    """Ends a solver's steps at crossings: starts it anew with the function `start` where one is found.

    `start(a, b, x, step)` returns the solver from `a` to `b`, `count` is called with every one that is left.
    `beside`: the last step has begun or ended at a corner. Without `crossings` nothing is done.
    """

    def __init__(
        self, crossings: Crossings | None, start: Callable[..., Any], count: Callable[[Any], None]
    ) -> None:
        self._crossings, self._start, self._count = crossings, start, count
        self._goal: float | None = None
        self._from_corner = False
        self._t, self._x = 0.0, np.empty(0)

    @property
    def beside(self) -> bool:
        """Whether the last step has begun at a corner, or is to end at one."""
        return self._from_corner or self._goal is not None

    def begin(self, solver: Any) -> None:
        """Remember where a step begins."""
        if self._crossings is not None:
            self._t, self._x = solver.t, solver.y.copy()

    def shorter(self, solver: Any) -> Any:
        """Return a solver that repeats the last step up to its first crossing; None where there is none."""
        if self._crossings is None or self._goal is not None:
            return None
        self._goal = self._crossings.first(solver, self._t)
        if self._goal is None:
            return None
        self._count(solver)
        return self._start(self._t, self._goal, self._x, self._goal - self._t)

    def onward(self, solver: Any, end: float) -> Any:
        """Return the solver for the next step: a new one, up to `end`, if the last has reached a corner."""
        self._from_corner = self._goal is not None and bool(solver.t == self._goal)
        if not self._from_corner or self._crossings is None:
            return solver
        self._goal = None
        self._crossings.passed(float(solver.t), solver.y)
        self._count(solver)
        return self._start(solver.t, end, solver.y, solver.t - solver.t_old)
