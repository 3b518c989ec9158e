"""`Equations`: the equations of an equilibrium in scaled coordinates, with Newton's steps along a branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.study.continuation.paths import At
from analoghop.systems.base import System

_STEPS = 9  # Newton steps of a correction
_EXACT = 1e-13  # size of the last step, relative to the place
_ZERO = 1e-16  # a residual that rounding leaves
_STALLED = 1e-8  # the same where rounding lets no step be smaller, as beside a crossing of branches
_PROBE = 1e-6  # of the range: the step of the difference quotient in the parameter

Solve = Callable[[Array], Array]


class Equations:
    """F(y) = 0 for y = (x / scale, value / span), (n + 1,): the equilibria along a parameter.

    F is the rate in scales per own time constant. `scale` is the reach of each state, with a factor of n^1/4,
    so that lengths weigh one state and the parameter alike, for few and for many states. `low` and `high` are
    the ends of the parameter.
    """

    def __init__(self, at: At, low: float, high: float) -> None:
        self.at, self.low, self.high, self.span = at, low, high, high - low
        system = at(low)
        self.size = system.size
        if not self.size:
            raise InputError("the circuit has no states that could be followed")
        self.output_names = max(system.output_names, at(high).output_names, key=len)
        self._tau = system.time_constants[:, 0]
        self.scale = np.maximum(reach(system), reach(at(high))) * self.size**0.25
        self.sparse = not isinstance(system.jacobian(_quiet(system), np.zeros((self.size, 1))), np.ndarray)

    def value(self, y: Array) -> float:
        """Return the value of the parameter at `y`."""
        return float(y[-1] * self.span)

    def state(self, y: Array) -> Array:
        """Return the state (n,) at `y`."""
        return np.asarray(y[:-1] * self.scale)

    def place(self, x: Array, value: float) -> Array:
        """Return y of a state (n,) and a value."""
        return np.append(x / self.scale, value / self.span)

    def system(self, y: Array) -> System:
        """Return the equations at the value of `y`."""
        return self.at(self.value(y))

    def outputs(self, y: Array) -> Array:
        """Return the outputs (m,) named `output_names`, those of amplifiers without gain here too."""
        system, x = self.system(y), self.state(y)[:, None]
        if system.output_names == self.output_names:
            return np.asarray(system.outputs(_quiet(system), x)[:, 0])
        known = [name for name in self.output_names if name in system.signal_names]
        found = dict(zip(known, system.observe(_quiet(system), x, known)[:, 0].tolist(), strict=True))
        return np.array([found.get(name, np.nan) for name in self.output_names])

    def residual(self, y: Array) -> Array:
        """Return F, (n,)."""
        system = self.at(self.value(y))
        rate = system.rhs(_quiet(system), self.state(y)[:, None])[:, 0]
        return np.asarray(rate * self._tau / self.scale)

    def jacobian(self, y: Array) -> Any:
        """Return dF/d(x / scale), an array or a SciPy sparse matrix."""
        system = self.at(self.value(y))
        J = system.jacobian(_quiet(system), self.state(y)[:, None])
        if isinstance(J, np.ndarray):
            return J * (self._tau / self.scale)[:, None] * self.scale
        from scipy import sparse

        rows, columns = sparse.diags_array(self._tau / self.scale), sparse.diags_array(self.scale)
        return sparse.csc_array(rows @ J @ columns)

    def slope(self, y: Array) -> Array:
        """Return dF/d(value / span), (n,), as a one-sided difference quotient inside the range.

        Directions and steps need no more than its six digits, and each value of a deck costs a reduction.
        """
        away = np.array(y)
        away[-1] += -_PROBE if y[-1] + _PROBE > self.high / self.span else _PROBE
        return np.asarray((self.residual(away) - self.residual(y)) / (away[-1] - y[-1]))

    def bordered(self, y: Array, border: Array, f: Array) -> Solve:
        """Return the solver of B z = r, B = [[F_x, f], [border]], f = F_value.

        Raises `numpy.linalg.LinAlgError` where B is singular or not finite.
        """
        J = self.jacobian(y)
        if isinstance(J, np.ndarray):
            B = np.empty((self.size + 1, self.size + 1))
            B[:-1, :-1], B[:-1, -1], B[-1] = J, f, border
            if not np.isfinite(B).all():
                raise np.linalg.LinAlgError("not finite")
            return lambda r: np.asarray(np.linalg.solve(B, r))
        from scipy import sparse
        from scipy.sparse.linalg import splu

        right, below, corner = (
            sparse.csc_array(part) for part in (f[:, None], border[None, :-1], [border[-1:]])
        )
        whole = sparse.csc_array(sparse.block_array([[J, right], [below, corner]]))
        if not np.isfinite(whole.data).all():
            raise np.linalg.LinAlgError("not finite")
        try:
            # A small threshold keeps the full last row from being a pivot, which would fill the factors.
            factors = splu(whole, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.05)
        except RuntimeError as error:
            raise np.linalg.LinAlgError(str(error)) from error
        solved: Solve = factors.solve
        return solved

    def corrected(self, y: Array, border: Array) -> tuple[Array, int] | None:
        """Return the point of the branch in the plane through `y` normal to `border`, and the Newton steps.

        None where Newton's method does not lead to one.
        """
        place, last, slope = np.array(y), np.inf, None
        for k in range(_STEPS):
            try:
                F = np.append(self.residual(place), border @ (place - y))
                if np.abs(F).max() <= _ZERO * (1.0 + float(np.abs(place).max())):
                    return place, k  # exact; beside a crossing B is singular, and would move it
                slope = self.slope(place) if slope is None else slope  # that of the first place is enough
                step = self.bordered(place, border, slope)(-F)
            except (np.linalg.LinAlgError, InputError):
                return None
            size = float(np.abs(step).max())
            if not np.isfinite(size):
                return None
            place = place + step
            small = size / (1.0 + float(np.abs(place).max()))
            if small <= _EXACT or (small <= _STALLED and size > 0.3 * last):
                return place, k + 1
            last = size
        return None

    def tangent(self, y: Array, along: Array) -> Array | None:
        """Return the unit tangent of the branch at `y` on the side of `along`, None where there is none."""
        try:
            t = self.bordered(y, along, self.slope(y))(np.append(np.zeros(self.size), 1.0))
        except (np.linalg.LinAlgError, InputError):
            return None
        return np.asarray(t / np.linalg.norm(t)) if np.isfinite(t).all() else None


def _quiet(system: System) -> float:
    return system.quiet_after()


def reach(system: System) -> Array:
    """Return how far from zero the states can lie (n,): where saturated outputs hold them."""
    t, tau = system.quiet_after(), system.time_constants[:, 0]
    far = 50.0 * system.input_scale[:, 0]
    with np.errstate(all="ignore"):
        held = [np.abs(system.rhs(t, s * far[:, None])[:, 0] * tau + s * far) for s in (1.0, -1.0)]
        network = system.network
        if network is not None:
            span = np.abs(network.amplifiers.scale[:, 0]) + np.abs(network.amplifiers.base[:, 0])
            G = np.where(network.G[:, 0] > 0, network.G[:, 0], np.inf)
            sums = np.asarray(abs(network.T.tosparse()) @ span).ravel()
            held.append((sums + np.abs(network.current(t)[:, 0])) / G)
    most = np.maximum.reduce(held)
    finite: Array = np.where(np.isfinite(most), most, far)
    return np.where(finite > 0, finite, system.input_scale[:, 0])
