"""`DoublyStochastic`: the base class of square networks whose outputs are a doubly stochastic matrix."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.systems.assignment.annealed import Annealed, negative_entropy
from analoghop.systems.assignment.sinkhorn import project, respond
from analoghop.systems.base import Flow, Rhs


class DoublyStochastic(Annealed):
    """`tau du/dt = -u + F(t, V)`, V the doubly stochastic projection of exp(u / T), u and V (n, n).

    F is minus the gradient of the energy's part that depends on V alone, and V the gradient of the potential
    L(u) = max over doubly stochastic V of <u, V> + T H(V): with frozen parameters the energy, which is that
    part plus T sum V ln V, never rises (Hopfield 1984, for vector amplifiers). Subclasses are dataclasses.
    """

    @property
    @abstractmethod
    def rows(self) -> int:
        """Number n of rows and of columns."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.rows, self.rows

    @abstractmethod
    def force(self, t: ArrayLike, V: Array) -> Array:
        """Return F at the outputs `V` (members, n, n)."""

    @abstractmethod
    def change(self, t: ArrayLike, V: Array, dV: Array) -> Array:
        """Return the change of F for small changes `dV` (members, n, n) of the outputs `V`."""

    @abstractmethod
    def parts(self, t: ArrayLike, V: Array) -> Mapping[str, Array]:
        """Return the parts of the energy at outputs `V` (members, n, n), each (members,)."""

    @abstractmethod
    def supplied(self, t: ArrayLike, V: Array) -> Array:
        """Return the power (members,) that the schedules supply at fixed V; that of T without the entropy."""

    def drive(self, t: ArrayLike, x: Array) -> Array:
        """Return u / T, (members, n, n): minus infinity where there is no amplifier."""
        return np.asarray(self.grid(x) / self._at(self.temperature, t))

    def amplify(self, t: ArrayLike, x: Array, guess: Array | None = None) -> tuple[Array, Array]:
        """Return V (members, n, n) at the states `x`, and column potentials, the `guess` of a next call."""
        return project(self.drive(t, x), guess)

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return V, exact to rounding."""
        return self.flat(self.amplify(t, x)[0])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return du/dt without noise."""
        V = self.amplify(t, x)[0]
        return (self.flat(self.force(t, V)) - x) / self.tau

    def bind(self) -> Rhs:
        """Return the right-hand side of one trajectory, whose multipliers start from their last values."""
        guess: Array | None = None

        def rhs(t: float, u: Array) -> Array:
            nonlocal guess
            V, guess = self.amplify(t, u[:, None], guess)
            return np.asarray((self.force(t, V).ravel() - u) / self.tau)

        return rhs

    def jacobian(self, t: float, x: Array) -> Any:
        """Return d(du/dt)/du, dense: for small n."""
        n, T = self.rows, float(self.temperature.value(t))
        V = self.amplify(t, x)[0]
        units = np.eye(self.size).reshape(-1, n, n)
        response = respond(np.broadcast_to(V, units.shape), units) / T
        forces = self.change(t, V, response).reshape(self.size, self.size).T
        return np.asarray((forces - np.eye(self.size)) / self.tau)

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the parts of the energy, each (members,)."""
        return self.parts(t, self.amplify(t, x)[0])

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return du/dt, the dissipated power tau u'.J u', and the power supplied by the schedules."""
        u, T = self.grid(x), self._at(self.temperature, t)
        V = self.amplify(t, x)[0]
        excess = self.force(t, V) - u  # = tau du/dt
        response = respond(V, excess / T)
        dissipated = np.sum(excess * response, axis=(1, 2)) / self.tau
        # At fixed u the outputs change by -J u dT/T, against the force tau du/dt; T also scales the entropy.
        swing = np.sum(u * response, axis=(1, 2)) / self.temperature.value(t)
        cooling = self.temperature.rate(t) * (swing + negative_entropy(V))
        return Flow(self.flat(excess) / self.tau, dissipated, self.supplied(t, V) + cooling)
