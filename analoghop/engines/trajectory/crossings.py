"""`Crossings`: where a step of a solver passes a corner of the amplifiers."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.arrays import Array
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

    A switch has changed when it is beyond its corner by more than a fraction of `rtol`: a state that hovers at
    a corner does not cross it. Corners that are crossed again within a few steps, as by a comparator that
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

    def _settle(self, found: Array, changed: Array) -> None:
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
        return high

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
