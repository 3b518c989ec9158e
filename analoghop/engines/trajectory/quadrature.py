"""Quadratures of powers over accepted steps, at states inside the steps by the method of the solver."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from typing import Any

import numpy as np

from analoghop.arrays import Array, frozen
from analoghop.engines.trajectory.solvers import solver_class


class Quadrature(ABC):
    """A quadrature over the steps of a SciPy solver, with `weights` (q,) of sum 1.

    The data of the nodes are copied after each step to one of `steps` slots, and evaluated for many steps at
    once.
    """

    weights: Array

    @abstractmethod
    def take(self, slot: int, solver: Any) -> None:
        """Store the last step of `solver`."""

    @abstractmethod
    def rest(self, slot: int, t: float, x: Array) -> None:
        """Store a step of zero length at the state `x` (n,)."""

    @abstractmethod
    def nodes(self, count: int) -> tuple[Array, Array]:
        """Return times (count q,) and states (n, count q) of the nodes of the first `count` steps."""


@cache
def _legendre(count: int) -> tuple[Array, Array]:
    """Return nodes and weights of Gauss-Legendre quadrature on [0, 1], (count,)."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return frozen((nodes + 1.0) / 2.0), frozen(weights / 2.0)


@cache
def _radau() -> tuple[Array, Array]:
    """Return nodes and weights of the Radau IIA method of order 5, (3,): its stages lie on its dense output.

    The change of a state in a step is then the quadrature of its rate, however the rate moves.
    Hairer & Wanner (1996), Solving ODEs II, table IV.5.6.
    """
    root = 6.0**0.5
    return (
        frozen([(4.0 - root) / 10.0, (4.0 + root) / 10.0, 1.0]),
        frozen([(16.0 - root) / 36.0, (16.0 + root) / 36.0, 1.0 / 9.0]),
    )


def _columns(states: Array) -> Array:
    """Return states (count, q, n) as columns (n, count q)."""
    count, q, size = states.shape
    return np.ascontiguousarray(states.reshape(count * q, size).T)


class Stages(Quadrature):
    """The stages of an explicit Runge-Kutta method, with its own weights.

    The result is that of the method for an additional state that no stage reads: it has the order of the
    method, and needs no evaluations for a dense output (three per step for DOP853).
    """

    def __init__(self, method: Any, steps: int, size: int) -> None:
        used = np.flatnonzero(method.B)
        self.weights = method.B[used]
        self._c, self._A = method.C[used], method.A[used]
        self._K = np.empty((steps, self._A.shape[1], size))
        self._x = np.empty((steps, size))
        self._t, self._lengths = np.empty(steps), np.empty(steps)

    def take(self, slot: int, solver: Any) -> None:
        """Store the rates of the stages."""
        self._t[slot] = solver.t_old
        self._lengths[slot] = solver.t - solver.t_old
        self._x[slot] = solver.y_old
        self._K[slot] = solver.K[: self._K.shape[1]]

    def rest(self, slot: int, t: float, x: Array) -> None:
        """Store stages at the constant state `x`."""
        self._t[slot], self._lengths[slot], self._x[slot], self._K[slot] = t, 0.0, x, 0.0

    def nodes(self, count: int) -> tuple[Array, Array]:
        """Return the stages with non-zero weight."""
        lengths = self._lengths[:count, None]
        t = self._t[:count, None] + lengths * self._c
        x = self._A @ self._K[:count]
        x *= lengths[:, :, None]
        x += self._x[:count, None]
        return t.ravel(), _columns(x)


class Interpolated(Quadrature):
    """Nodes `c` (q,) in [0, 1] with `weights` (q,), on the dense output."""

    def __init__(self, c: Array, weights: Array, steps: int, size: int) -> None:
        self._c, self.weights = c, weights
        self._t, self._x = np.empty((steps, len(c))), np.empty((steps, len(c), size))

    def take(self, slot: int, solver: Any) -> None:
        """Evaluate the dense output at the nodes."""
        t = self._t[slot]
        t[:] = solver.t_old + (solver.t - solver.t_old) * self._c
        self._x[slot] = solver.dense_output()(t).T

    def rest(self, slot: int, t: float, x: Array) -> None:
        """Put all nodes at `x`."""
        self._t[slot], self._x[slot] = t, x

    def nodes(self, count: int) -> tuple[Array, Array]:
        """Return the states at the nodes."""
        return self._t[:count].ravel(), _columns(self._x[:count])


class Nordsieck(Quadrature):
    """`count` Gauss-Legendre nodes on the polynomial of LSODA's history array.

    This is the polynomial of its dense output, read from the same array (`scipy/integrate/_ivp/lsoda.py`): a
    dense output costs as much as a step of a small circuit.
    """

    _ORDER = 12

    def __init__(self, count: int, steps: int, size: int) -> None:
        self._c, self.weights = _legendre(count)
        self._history = np.zeros((steps, self._ORDER + 1, size))
        self._t, self._lengths, self._units = np.empty(steps), np.empty(steps), np.ones(steps)

    def take(self, slot: int, solver: Any) -> None:
        """Copy the history array."""
        integrator = solver._lsoda_solver._integrator
        rwork, iwork = integrator.rwork, integrator.iwork
        order, n = int(iwork[13]), solver.n
        history = self._history[slot]
        history[: order + 1] = rwork[20 : 20 + (order + 1) * n].reshape(order + 1, n)
        history[order + 1 :] = 0.0
        if iwork[14] < order:
            # If the order decreases, the last row is still in units of the last step.
            history[order] *= (rwork[11] / rwork[10]) ** order
        self._t[slot], self._lengths[slot] = solver.t, solver.t - solver.t_old
        self._units[slot] = rwork[11]

    def rest(self, slot: int, t: float, x: Array) -> None:
        """Store a constant."""
        self._t[slot], self._lengths[slot] = t, 0.0
        self._history[slot, 0], self._history[slot, 1:] = x, 0.0

    def nodes(self, count: int) -> tuple[Array, Array]:
        """Return the polynomials' values at the nodes."""
        back = self._lengths[:count, None] * (self._c - 1.0)
        powers = np.ones((*back.shape, self._ORDER + 1))
        np.cumprod(
            np.broadcast_to((back / self._units[:count, None])[:, :, None], (*back.shape, self._ORDER)),
            axis=2,
            out=powers[:, :, 1:],
        )
        return (self._t[:count, None] + back).ravel(), _columns(powers @ self._history[:count])


def quadrature(method: str, steps: int, size: int) -> Quadrature:
    """Return the quadrature for SciPy's `method` (or "none"), with room for `steps` steps of `size` states.

    More nodes do not improve the balance of the energy, at any tolerance.
    """
    if method == "LSODA":
        return Nordsieck(3, steps, size)
    if method in ("BDF", "none"):
        return Interpolated(*_legendre(3), steps, size)
    if method == "Radau":
        return Interpolated(*_radau(), steps, size)
    return Stages(solver_class(method), steps, size)


def quadrature_beside_corners(method: str, steps: int, size: int) -> Quadrature | None:
    """Return a quadrature with as many nodes, all inside the steps; None where those of `method` are.

    At the end of a step that lies at a corner the slope of an amplifier, and with it a power, has two values.
    """
    if method in ("LSODA", "BDF", "none"):
        return None
    count = 3 if method == "Radau" else int(np.count_nonzero(solver_class(method).B))
    return Interpolated(*_legendre(count), steps, size)
