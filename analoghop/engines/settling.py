"""The settling test of a circuit: the rate of every state, and the growth rates of small disturbances."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.engines.distance import allowed, newton_step
from analoghop.systems.base import System

_DENSE = 300  # states up to which all eigenvalues are computed: 0.1 s there, growing with the cube
_KRYLOV = 80  # directions tried beyond: a growth of 1/1000 of the spectrum's width is still seen
UNSTABLE = "resting on an unstable equilibrium"
"""The end of the message of a run that has come to rest where small disturbances grow."""
_PROBE = 1e-4  # of the input scale: truncation 1e-8, rounding 1e-12 of a central difference


class Settling:
    """The settling test of one trajectory, applied step by step.

    The test: |rate| times the state's own time constant is below `tolerance` times the larger of its running
    maximum of |x| and its input scale, for each state separately (a norm over all states would let a large or
    fast state hide a small or slow one), and all inputs and schedules are constant.

    `since` is the first time from which the test has held without a break, None where it fails now.
    """

    def __init__(self, system: System, tolerance: float) -> None:
        self._system = system
        self._tolerance = tolerance
        self._quiet = system.quiet_after()
        self._largest = np.array(system.input_scale)
        self._factor = system.time_constants / tolerance
        self._check_again = -np.inf
        self.since: float | None = None

    def add(self, t: Array, x: Array) -> None:
        """Add the accepted steps `t` (k,), `x` (n, k)."""
        magnitude = np.maximum.accumulate(np.concatenate([self._largest, np.abs(x)], axis=1), axis=1)[:, 1:]
        self._largest = magnitude[:, -1:]
        if t[-1] < self._quiet:
            return
        rate = np.abs(self._system.rhs(t, x))
        rate *= self._factor
        holds = (rate < magnitude).all(axis=0) & (t >= self._quiet)
        if not holds[-1]:
            self.since = None
            self._check_again = -np.inf
            return
        failures = np.flatnonzero(~holds)
        if self.since is None or len(failures):
            self.since = float(t[failures[-1] + 1 if len(failures) else 0])

    def obstacle(self, t: float, x: Array) -> str | None:
        """Return why the state (n,) that passes the test has not settled, None if it has.

        A circuit on its saddle has rates of zero as well, until noise or rounding moves it; and one that
        creeps has small rates long before it is near its equilibrium.
        """
        if growing(self._system, t, x, self._tolerance):
            return UNSTABLE
        limit = allowed(self._system, x[:, None], self._tolerance)[:, 0]
        away = np.abs(newton_step(self._system, t, x, limit))
        if (away <= limit).all():
            return None
        return _creeping(self._system, t, x, away)

    def settled(self, t: float, x: Array) -> bool:
        """Return whether the run may end here: the test holds, and the rest is a stable equilibrium.

        A rest that was found to be none is looked at again only when it has lasted twice as long.
        """
        if self.since is None or t < self._check_again:
            return False
        if self.obstacle(t, x) is None:
            return True
        shortest = float(self._system.time_constants.min())
        self._check_again = t + max(t - self.since, shortest)
        return False


def _creeping(system: System, t: float, x: Array, away: Array) -> str:
    """Return the words for a state that hardly moves but is far `away` (n,) from its equilibrium."""
    farthest = int(np.argmax(away / system.input_scale[:, 0]))
    distance, name = away[farthest], system.state_names[farthest]
    words = "still creeping towards an equilibrium"
    if np.isfinite(distance):
        words += f" that is {distance:.2g} away in {name}"
    if system.size > _DENSE:
        return words
    slowest = float(np.linalg.eigvals(dense_jacobian(system, t, x)).real.max())
    return f"{words} along a marginal mode, of the eigenvalue {slowest:.2g} 1/s"


def at_rest(system: System, t: float, x: Array, tolerance: float, magnitude: ArrayLike = 0.0) -> bool:
    """Return whether the state `x` (n,) passes the test of `Settling`, `magnitude` its running maximum."""
    scale = np.maximum(np.maximum(np.abs(x), magnitude), system.input_scale[:, 0])
    rate = np.abs(system.rhs(t, x[:, None])[:, 0])
    return bool(t >= system.quiet_after() and (rate * system.time_constants[:, 0] < tolerance * scale).all())


def growing(system: System, t: float, x: Array, tolerance: float) -> bool:
    """Return whether a small disturbance of the state `x` (n,) grows.

    Growth below `tolerance` per slowest own time constant counts as none: the state is not more accurate. Up
    to 300 states the eigenvalues of the Jacobian decide; beyond, its Ritz values on a Krylov space, which
    find an eigenvalue with positive real part unless this is a thousandth of the spectrum's width or less.
    """
    if system.size == 0:
        return False
    slowest = float(system.time_constants.max())
    if system.size > _DENSE:
        ritz, width = _ritz_values(system, t, x)
        return bool(not np.isfinite(width) or ritz > tolerance / slowest + 1e-9 * width)
    J = dense_jacobian(system, t, x)
    if not np.isfinite(J).all():
        return True
    margin = tolerance / slowest + 1e-13 * float(np.abs(J).sum(axis=1).max())
    # Gershgorin's discs decide most cases, such as saturated amplifiers, at a fraction of the cost.
    diagonal = np.diagonal(J)
    for axis in (0, 1):
        if (diagonal - np.abs(diagonal) + np.abs(J).sum(axis=axis) <= margin).all():
            return False
    return bool(np.linalg.eigvals(J).real.max() > margin)


def dense_jacobian(system: System, t: float, x: Array) -> Array:
    """Return the Jacobian at the state `x` (n,) as an array (n, n)."""
    J = system.jacobian(t, x[:, None])
    return np.asarray(J.toarray() if hasattr(J, "toarray") else J, dtype=np.float64)


def _ritz_values(system: System, t: float, x: Array) -> tuple[float, float]:
    """Return the largest real part and the largest magnitude of the Ritz values (Arnoldi) of the Jacobian.

    Its products are central differences of the rate, in units of the input scale: no matrix is formed.
    """
    rhs, scale = system.bind(), system.input_scale[:, 0]
    rate = rhs(t, x) / scale
    # The remaining rate lies along the slowest or a growing direction; random numbers cover the others.
    v = np.random.default_rng(0).standard_normal(system.size)
    v /= np.linalg.norm(v)
    speed = np.linalg.norm(rate)
    v = v + 10.0 * rate / speed if speed > 0 else v
    V = np.zeros((_KRYLOV + 1, system.size))
    H = np.zeros((_KRYLOV + 1, _KRYLOV))
    V[0] = v / np.linalg.norm(v)
    used = _KRYLOV
    for j in range(_KRYLOV):
        step = _PROBE * scale * V[j]
        w = (rhs(t, x + step) - rhs(t, x - step)) / (2.0 * _PROBE * scale)
        if not np.isfinite(w).all():
            return float("nan"), float("nan")
        size = float(np.linalg.norm(w))
        for _ in range(2):  # two passes are enough: the second removes the rounding error of the first
            overlap = V[: j + 1] @ w
            H[: j + 1, j] += overlap
            w = w - overlap @ V[: j + 1]
        H[j + 1, j] = np.linalg.norm(w)
        if H[j + 1, j] <= 1e-10 * size:
            used = j + 1
            break
        V[j + 1] = w / H[j + 1, j]
    values = np.linalg.eigvals(H[:used, :used])
    return float(values.real.max()), float(np.abs(values).max())
