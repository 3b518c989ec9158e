"""`ElasticNet`: a closed ring of nodes in the plane, attracted to cities by winner-take-all amplifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal
from analoghop.systems.base import Flow, System, Theorem

_BLOCK = 1 << 18  # amplifier outputs that are computed at once: 2 MB


@dataclass(frozen=True, eq=False)
class ElasticNet(System):
    """`tau dy_j/dt = (sum_x w_xj (X_x - y_j) + c (y_j+1 - 2 y_j + y_j-1)) / (sum_x w_xj + 2 c)`.

    Durbin & Willshaw (1987), Nature 326:689. The ring has `nodes` nodes y_j in the plane, two capacitors
    each; its states are all abscissas, then all ordinates. City x, of the `cities` (n, 2), has one
    winner-take-all cluster over the nodes, w_x. = softmax_j(-|X_x - y_j|^2 / 2K^2); c = (beta / alpha) K is
    the conductance between neighbours. Each capacitor grows with the conductance at its node, the divisor,
    so that all have the time constant `tau` (s). `width` is K(t), in the unit of the coordinates.

    With K at rest `E = -alpha K sum_x ln sum_j exp(-|X_x - y_j|^2 / 2K^2) + beta/2 sum_j |y_j+1 - y_j|^2`
    never rises: dE/dt = -(alpha tau / K) sum_j (sum_x w_xj + 2 c) |dy_j/dt|^2. Raises `InputError` for cities
    that are not finite pairs, fewer than 3 nodes, and alpha, beta or tau that are not positive.
    """

    cities: Array
    nodes: int
    width: Signal
    alpha: float = 0.2
    beta: float = 2.0
    tau: float = 1.0

    def __post_init__(self) -> None:
        cities = frozen(self.cities)
        if cities.ndim != 2 or cities.shape[1] != 2 or not len(cities) or not np.isfinite(cities).all():
            raise InputError(f"`cities` has shape {cities.shape}, expected pairs of finite coordinates")
        if self.nodes < 3:
            raise InputError(f"`nodes` is {self.nodes}: a ring has at least 3")
        for name in ("alpha", "beta", "tau"):
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(f"`{name}` is {getattr(self, name)}, expected a positive number")
        readonly_fields(self, cities=cities)

    @property
    def size(self) -> int:
        """Number of states, two per node."""
        return 2 * self.nodes

    @property
    def n_outputs(self) -> int:
        """Number of outputs: the node voltages."""
        return self.size

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(x<node>)`, then `v(y<node>)`, numbered from 1."""
        return tuple(f"v({axis}{j + 1})" for axis in "xy" for j in range(self.nodes))

    @property
    def time_constants(self) -> Array:
        """The time constant tau of every state."""
        return np.full((self.size, 1), self.tau)

    @property
    def decay(self) -> Array:
        """1/tau: each node follows a weighted mean of its cities and neighbours."""
        return 1.0 / self.time_constants

    @property
    def input_scale(self) -> Array:
        """The smallest K at a corner of its schedule, or at the start."""
        until = self.width.quiet_after()
        end = until if np.isfinite(until) else 0.0
        times = np.array([0.0, *self.width.breakpoints(np.inf), end])
        return np.full((self.size, 1), float(self.width.value(times).min()))

    def ring(self, x: Array) -> Array:
        """Return states (2 nodes, members) as points (2, nodes, members)."""
        return x.reshape(2, self.nodes, -1)

    def weights(self, t: ArrayLike, x: Array) -> Array:
        """Return w (n, nodes, members), the outputs of the clusters."""
        return self._clusters(t, x)[0]

    def _clusters(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return w, and the logarithm (n, members) of sum_j exp(-|X - y_j|^2 / 2K^2)."""
        y = self.ring(x)
        K2 = self.width.value(t) ** 2
        # |X|^2 is equal for all nodes: it is added in the logarithm only.
        z = (self.cities @ y.reshape(2, -1)).reshape(len(self.cities), *y.shape[1:])
        z -= 0.5 * np.sum(y * y, axis=0)
        z /= K2
        top = z.max(axis=1, keepdims=True)
        z -= top
        np.exp(z, out=z)
        total = z.sum(axis=1, keepdims=True)
        z /= total
        square = np.sum(self.cities**2, axis=1)[:, None]
        return z, (top + np.log(total))[:, 0] - 0.5 * square / K2

    def _pulls(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return the currents (2, nodes, members) of all nodes, and their conductances (nodes, members)."""
        y = self.ring(x)
        w = self.weights(t, x)
        c = self.beta / self.alpha * self.width.value(t)
        pull = (self.cities.T @ w.reshape(len(w), -1)).reshape(y.shape)
        conductance = w.sum(axis=0) + 2.0 * c
        return pull + c * (np.roll(y, 1, axis=1) + np.roll(y, -1, axis=1)) - conductance * y, conductance

    def _parts(self, t: ArrayLike, x: Array) -> Iterator[tuple[slice, Array, Array]]:
        """Yield (members, their times, their states) in parts that fit the cache."""
        step = max(1, _BLOCK // (len(self.cities) * self.nodes))
        times = np.broadcast_to(np.asarray(t, np.float64), x.shape[1:])
        for first in range(0, x.shape[1], step):
            part = slice(first, first + step)
            yield part, times[part], np.ascontiguousarray(x[:, part])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dy/dt."""
        rate = np.empty_like(x)
        for part, now, states in self._parts(t, x):
            current, conductance = self._pulls(now, states)
            rate[:, part] = (current / conductance).reshape(self.size, -1)
        rate /= self.tau
        return rate

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the node voltages."""
        return x.copy()

    def jacobian(self, t: float, x: Array) -> Array:
        """Return d(dy/dt)/dy, dense."""
        m, K = self.nodes, float(self.width.value(t))
        c = self.beta / self.alpha * K
        w, y = self.weights(t, x)[:, :, 0], self.ring(x)[:, :, 0]
        current, conductance = (a[..., 0] for a in self._pulls(t, x))
        pulled = current / conductance
        away = self.cities.T[:, :, None] - y[:, None, :]  # (2, n, m)
        shift = np.roll(np.eye(m), 1, axis=0)
        neighbours = c * (shift + shift.T - 2.0 * np.eye(m)) - np.diag(w.sum(axis=0))
        J = np.empty((2, m, 2, m))
        for a in range(2):
            # The derivative of the divisor: it reduces the force of each city by this amount.
            mine = w * (away[a] - pulled[a])
            for b in range(2):
                theirs = away[b] / K**2
                block = np.diag(np.sum(mine * theirs, axis=0)) - mine.T @ (w * theirs)
                J[a, :, b] = (block + neighbours * (a == b)) / conductance[:, None]
        return J.reshape(self.size, self.size) / self.tau

    @property
    def has_energy(self) -> bool:
        """True."""
        return True

    @property
    def theorem(self) -> Theorem:
        """Descent of Durbin & Willshaw's energy; it requires a constant width."""
        moving = self.width.quiet_after() > 0
        reasons = ("a schedule is running: guaranteed for frozen parameters only",) if moving else ()
        return Theorem(not moving, "Durbin & Willshaw 1987", reasons)

    def frozen_at(self, t: float) -> ElasticNet:
        """Return this net with its width frozen at the value at time `t`."""
        return replace(self, width=Constant(float(self.width.value(t))))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the attraction of the cities and the tension of the ring, each (members,)."""
        y = self.ring(x)
        stretch = np.roll(y, -1, axis=1) - y
        logarithm = np.concatenate([self._clusters(*part)[1].sum(axis=0) for _, *part in self._parts(t, x)])
        return {
            "attraction": -self.alpha * self.width.value(t) * logarithm,
            "tension": 0.5 * self.beta * np.sum(stretch * stretch, axis=(0, 1)),
        }

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return dy/dt, the dissipated power, and the power supplied by the falling width."""
        rate = np.empty_like(x)
        dissipated, supplied = np.empty((2, x.shape[1]))
        for part, now, states in self._parts(t, x):
            K = self.width.value(now)
            current, conductance = self._pulls(now, states)
            pace = current / conductance / self.tau
            rate[:, part] = pace.reshape(self.size, -1)
            dissipated[part] = self.alpha * self.tau / K * np.sum(conductance * pace * pace, axis=(0, 1))
            w, logarithm = self._clusters(now, states)
            away = self.cities.T[:, :, None, None] - self.ring(states)[:, None]
            spread = np.sum(w * np.sum(away * away, axis=0), axis=(0, 1))
            supplied[part] = -self.alpha * self.width.rate(now) * (logarithm.sum(axis=0) + spread / K**2)
        return Flow(rate, dissipated, supplied)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the width."""
        return tuple(self.width.breakpoints(until))

    def quiet_after(self) -> float:
        """Return the time after which the width is constant."""
        return self.width.quiet_after()
