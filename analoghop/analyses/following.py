"""`Continuation`: an equilibrium followed while a quantity moves, and the folds where it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from analoghop.analyses.standstill import settled
from analoghop.arrays import Array
from analoghop.errors import NumericalError
from analoghop.limits import Limits
from analoghop.schedules import Constant, Signals
from analoghop.systems.circuits.lure import Lure

_NEWTON_STEPS = 12
_ACCURATE = 1e-12  # size of the last Newton step, relative to the voltages and input scales of the circuit
_STALLED = 1e-8  # the same where rounding lets no step be smaller
_NEAR = 0.2  # of an amplifier's input scale: a correction that stays on the branch in any case
_BENT = 0.3  # of the movement: where the slopes at both ends miss it by more, it may have left the branch
_FINEST = 2.0**-36  # of a step of the sweep: an equilibrium that cannot be followed so far has ended

At = Callable[[float], tuple[Lure, float]]
"""From the value of the moving quantity to equations and the time at which they hold for it."""


LATE = "the time was over before the end of the sweep"


class Jump(NamedTuple):
    """At the `value` of the swept quantity the equilibrium ends, or it loses its stability."""

    value: float


class Arrival(NamedTuple):
    """The equilibrium `state` (n,) at the value that was asked for, and the `jump` on the way, if any."""

    state: Array
    jump: Jump | None


class _Tried(NamedTuple):
    state: Array
    sign: float


@dataclass(frozen=True, eq=False)
class Continuation:
    """Follows the equilibria of the equations that `at` returns."""

    at: At
    limits: Limits

    def move(self, state: Array, start: float, stop: float) -> Arrival:
        """Follow the equilibrium `state` (n,) at the value `start` to the value `stop`.

        Newton's method steps along the branch; a step is halved where the correction is not small against
        it, or where the determinant of the Jacobian changes its sign: behind a fold, or a crossing of
        branches, a real eigenvalue has another sign. Where the steps are as small as rounding, the branch has
        ended: the circuit then runs, at the value `stop`, from where it was, and settles elsewhere.
        Raises `NumericalError` where it does not settle.
        """
        if not len(state) or start == stop:
            return Arrival(state, None)
        span, done, step, x = stop - start, 0.0, 1.0, state
        sign = self._sign(start, x)
        while done < 1.0:
            if self.limits.over:
                raise NumericalError(LATE)
            step = min(step, 1.0 - done)
            tried = self._tried(x, start + done * span, start + (done + step) * span)
            if tried is not None and tried.sign == sign:
                x, done, step = tried.state, done + step, 2.0 * step
                continue
            step *= 0.5
            if step < _FINEST:
                return self._elsewhere(x, start + done * span, stop)
        return Arrival(x, None)

    def _elsewhere(self, x: Array, value: float, stop: float) -> Arrival:
        lure, t = self.at(stop)
        try:
            return Arrival(settled(_at_time(lure, t), x, self.limits), Jump(value))
        except NumericalError as failure:
            raise NumericalError(f"behind {value:g}, where an equilibrium ends: {failure}") from failure

    def _sign(self, value: float, x: Array) -> float:
        lure, t = self.at(value)
        return sign_of_determinant(lure.jacobian(t, x[:, None]))

    def _tried(self, x: Array, before: float, value: float) -> _Tried | None:
        """Return the equilibrium at `value` on the branch of `x`, the one at the value `before`.

        None where Newton's method leads to none, or to one that the slopes of the branch at both ends do not
        lead to: near a fold a first step may be long enough to reach another branch.
        """
        lure, t = self.at(value)
        scale = lure.input_scale[:, 0]
        if scale.shape != x.shape:
            return None
        y, last, first = x, np.inf, x
        for k in range(_NEWTON_STEPS):
            J = lure.jacobian(t, y[:, None])
            step = _solved(J, -lure.rhs(t, y[:, None])[:, 0])
            if step is None:
                return None
            y = y + step
            first = y if k == 0 else first
            size = float((np.abs(step) / (scale + np.abs(y).max())).max())
            if size <= _ACCURATE or (size <= _STALLED and size > 0.5 * last):
                J = lure.jacobian(t, y[:, None])
                back, early = self.at(before)
                slope = _solved(J, back.rhs(early, y[:, None])[:, 0])
                if slope is None:
                    return None
                bent = np.abs(y - x - 0.5 * (first - x + slope))
                if (bent > np.maximum(_NEAR * scale, _BENT * np.abs(y - x).max())).any():
                    return None
                return _Tried(y, sign_of_determinant(J))
            last = size
        return None


def _at_time(lure: Lure, t: float) -> Lure:
    """Return equations that hold for the time `t` at all times."""
    return replace(lure, signals=Signals(tuple(Constant(float(s.value(t))) for s in lure.signals.signals)))


def _solved(J: Any, right: Array) -> Array | None:
    """Return J^-1 right, None where that is no number."""
    try:
        if isinstance(J, np.ndarray):
            x = np.linalg.solve(J, right)
        else:
            from scipy.sparse import csc_array
            from scipy.sparse.linalg import splu

            x = np.asarray(splu(csc_array(J)).solve(right))
    except (np.linalg.LinAlgError, RuntimeError):  # of LAPACK and SuperLU for a singular matrix
        return None
    return np.asarray(x, dtype=np.float64) if np.isfinite(x).all() else None


def sign_of_determinant(J: Any) -> float:
    """Return the sign of the determinant of a matrix, dense or sparse; 0 where it is singular."""
    if isinstance(J, np.ndarray):
        return float(np.linalg.slogdet(J)[0]) if np.isfinite(J).all() else 0.0
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import splu

    try:
        factors: Any = splu(csc_array(J))
    except RuntimeError:
        return 0.0
    signs = np.sign(factors.U.diagonal()).prod()
    return float(signs * _parity(factors.perm_r) * _parity(factors.perm_c))


def _parity(permutation: Array) -> int:
    """Return 1 for an even permutation, -1 for an odd one."""
    left = permutation.tolist()
    even = 1
    for k in range(len(left)):
        while left[k] != k:
            other = left[k]
            left[k], left[other] = left[other], left[k]
            even = -even
    return even
