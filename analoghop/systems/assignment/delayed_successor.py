"""`DelayedSuccessor`: the successor network as a real circuit, with multipliers and RC networks that lag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.systems.assignment.successor import Successor
from analoghop.systems.base import System, Theorem


@dataclass(frozen=True, eq=False)
class DelayedSuccessor(System):
    """V_x. = softmax over y other than x of (u_xy - m_y) / T; Z follows as n linear circuits.

    `tau_m m' = T ln(column sums of V)` minus its mean, `tau_z Z' = I - (I - V + J/n) Z`: column k of Z are
    the voltages of an RC network that is driven at node k, with conductances V between its nodes, stable for
    every doubly stochastic V. The states are u (n^2, row-major), m (n) and Z (n^2, row-major). For tau_m and
    tau_z -> 0 the outputs are those of `ideal`. `tau_m` and `tau_z` in seconds, by default a twentieth of its
    tau. Raises `InputError` for times that are not positive.
    """

    ideal: Successor
    tau_m: float = 0.0
    tau_z: float = 0.0

    def __post_init__(self) -> None:
        for name in ("tau_m", "tau_z"):
            if getattr(self, name) == 0.0:
                object.__setattr__(self, name, self.ideal.tau / 20.0)
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(f"`{name}` is {getattr(self, name)}, expected a positive time in seconds")

    @property
    def rows(self) -> int:
        """Number n of rows and of columns."""
        return self.ideal.rows

    @property
    def size(self) -> int:
        """Number of amplifier inputs, multipliers and nodes of the RC networks, 2 n^2 + n."""
        return 2 * self.ideal.size + self.rows

    @property
    def n_outputs(self) -> int:
        """Number of outputs, n^2; those of the diagonal are 0."""
        return self.ideal.n_outputs

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(u<row>_<column>)`, `v(m<column>)`, `v(z<row>_<column>)`, then `v(v<row>_<column>)`, from 1."""
        names, numbers = self.ideal.signal_names, range(1, self.rows + 1)
        inputs, outputs = names[: self.ideal.size], names[self.ideal.size :]
        places = tuple(f"v(z{x}_{k})" for x in numbers for k in numbers)
        return (*inputs, *(f"v(m{y})" for y in numbers), *places, *outputs)

    @property
    def time_constants(self) -> Array:
        """tau, tau_m for the multipliers, tau_z for the RC networks."""
        n, size = self.rows, self.ideal.size
        return np.repeat([self.ideal.tau, self.tau_m, self.tau_z], [size, n, size])[:, None]

    @property
    def decay(self) -> Array:
        """1/tau for the inputs, zero for the others."""
        return np.concatenate([self.ideal.decay, np.zeros((self.size - self.ideal.size, 1))])

    @property
    def input_scale(self) -> Array:
        """The lowest temperature."""
        return np.full((self.size, 1), float(self.ideal.input_scale[0, 0]))

    def start(self, u: Array) -> Array:
        """Return the states (size, members) with the inputs `u` (n^2, members), multipliers of zero, and the
        RC networks at rest."""
        members = np.atleast_2d(u.T).T.shape[1]
        still = np.concatenate([u, np.zeros((self.size - self.ideal.size, members))])
        V, _ = self._amplify(0.0, still)
        Z = self.ideal.resolvent(V)
        return np.concatenate([u, np.zeros((self.rows, members)), self.ideal.flat(Z)])

    def _split(self, x: Array) -> tuple[Array, Array, Array]:
        """Return u (members, n, n), m (members, n) and Z (members, n, n)."""
        size, n = self.ideal.size, self.rows
        return self.ideal.grid(x[:size]), x[size : size + n].T, self.ideal.grid(x[size + n :])

    def _amplify(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        u, m, _ = self._split(x)
        T = self.ideal.temperature.value(t)
        z = (u - m[:, None, :]) / (T[:, None, None] if T.ndim else T)
        z = np.where(np.eye(self.rows, dtype=bool), -np.inf, z)
        V = np.exp(z - z.max(axis=2, keepdims=True))
        return V / V.sum(axis=2, keepdims=True), T

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return the rates of u, m and Z."""
        V, T = self._amplify(t, x)
        _, _, Z = self._split(x)
        du = self.ideal.flat(self.ideal.pull(t, V, Z)) - x[: self.ideal.size]
        drive = np.log(np.maximum(V.sum(axis=1), np.finfo(float).tiny))
        dm = (drive - drive.mean(axis=1, keepdims=True)) * (T[:, None] if T.ndim else T)
        dZ = np.eye(self.rows) - self.ideal.matrix(V) @ Z
        return np.concatenate([du / self.ideal.tau, dm.T / self.tau_m, self.ideal.flat(dZ) / self.tau_z])

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return V."""
        return self.ideal.flat(self._amplify(t, x)[0])

    def observe(self, t: ArrayLike, x: Array, names: Sequence[str]) -> Array:
        """Return the named voltages."""
        rows = np.array([self._rows[name] for name in names], dtype=np.intp)
        return np.concatenate([x, self.outputs(t, x)])[rows]

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative of the rates, dense: for small n."""
        n, size = self.rows, self.ideal.size
        V, T = self._amplify(t, x)
        Z = self._split(x)[2][0]
        units = np.eye(self.size)[: size + n]
        du, dm = units[:, :size].reshape(-1, n, n), units[:, size : size + n]
        dz = (du - dm[:, None, :]) / T
        dV = V * (dz - np.sum(V * dz, axis=2, keepdims=True))
        dV = np.concatenate([dV, np.zeros((size, n, n))])
        dZ = np.concatenate([np.zeros((size + n, n, n)), np.eye(size).reshape(-1, n, n)])
        g, mu = float(self.ideal.self_coupling.value(t)), float(self.ideal.determinant.value(t))
        hollow = ~np.eye(n, dtype=bool)
        forces = ((g * dV - mu * np.swapaxes(dZ, 1, 2)) * hollow).reshape(self.size, size).T
        forces[:, :size] -= np.eye(size)
        pull = T * dV.sum(axis=1) / V.sum(axis=1)
        pull -= pull.mean(axis=1, keepdims=True)
        follow = (dV @ Z - self.ideal.matrix(V) @ dZ).reshape(self.size, size).T
        return np.concatenate([forces / self.ideal.tau, pull.T / self.tau_m, follow / self.tau_z])

    @property
    def theorem(self) -> Theorem:
        """None: the multipliers and the RC networks follow with a delay."""
        return Theorem(False, reasons=("multipliers and RC networks of finite speed",))

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the schedules."""
        return self.ideal.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the schedules are constant."""
        return self.ideal.quiet_after()
