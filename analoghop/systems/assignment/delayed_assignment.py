"""`DelayedAssignment`: the assignment network as a real circuit, with multipliers of finite speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.base import System, Theorem


@dataclass(frozen=True, eq=False)
class DelayedAssignment(System):
    """V_x. = softmax_i((u_xi - m_i) / T), tau_m dm/dt = T ln(column sums of V) minus its mean.

    The states are u (n^2, row-major) and m (n). For tau_m -> 0 the outputs are those of `ideal`, which
    defines the rate of u; `tau_m` in seconds, by default a twentieth of its tau. Raises `InputError` for a
    `tau_m` that is not positive.
    """

    ideal: Assignment
    tau_m: float = 0.0

    def __post_init__(self) -> None:
        if self.tau_m == 0.0:
            object.__setattr__(self, "tau_m", self.ideal.tau / 20.0)
        if not 0 < self.tau_m < np.inf:
            raise InputError(f"`tau_m` is {self.tau_m}, expected a positive time in seconds")

    @property
    def rows(self) -> int:
        """Number n of rows and of columns."""
        return self.ideal.rows

    @property
    def size(self) -> int:
        """Number of amplifier inputs and multipliers, n^2 + n."""
        return self.ideal.size + self.rows

    @property
    def n_outputs(self) -> int:
        """Number of amplifiers, n^2."""
        return self.ideal.n_outputs

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(u<row>_<column>)`, `v(v<row>_<column>)`, then the multipliers `v(m<column>)`, from 1."""
        return self.ideal.signal_names + tuple(f"v(m{i + 1})" for i in range(self.rows))

    @property
    def time_constants(self) -> Array:
        """tau, and tau_m for the multipliers."""
        return np.concatenate([self.ideal.time_constants, np.full((self.rows, 1), self.tau_m)])

    @property
    def decay(self) -> Array:
        """1/tau, and zero for the multipliers."""
        return np.concatenate([self.ideal.decay, np.zeros((self.rows, 1))])

    @property
    def input_scale(self) -> Array:
        """The lowest temperature."""
        return np.full((self.size, 1), float(self.ideal.input_scale[0, 0]))

    def start(self, u: Array) -> Array:
        """Return the states (size, members) with the inputs `u` (n^2, members) and multipliers of zero."""
        return np.concatenate([u, np.zeros((self.rows, u.shape[1]))])

    def _amplify(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        u, m = self.ideal.grid(x[: self.ideal.size]), x[self.ideal.size :].T
        T = self.ideal.temperature.value(t)
        z = (u - m[:, None, :]) / (T[:, None, None] if T.ndim else T)
        V = np.exp(z - z.max(axis=2, keepdims=True))
        return V / V.sum(axis=2, keepdims=True), T

    def _pull(self, V: Array, T: Array) -> Array:
        """Return tau_m dm/dt, (members, n)."""
        drive = np.log(np.maximum(V.sum(axis=1), np.finfo(float).tiny))
        return np.asarray((drive - drive.mean(axis=1, keepdims=True)) * (T[:, None] if T.ndim else T))

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return the rates of u and m."""
        V, T = self._amplify(t, x)
        u = x[: self.ideal.size]
        du = (self.ideal.flat(self.ideal.force(t, V)) - u) / self.ideal.tau
        return np.concatenate([du, self._pull(V, T).T / self.tau_m])

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return V."""
        return self.ideal.flat(self._amplify(t, x)[0])

    def observe(self, t: ArrayLike, x: Array, names: Sequence[str]) -> Array:
        """Return the named voltages."""
        rows = np.array([self._rows[name] for name in names], dtype=np.intp)
        size = self.ideal.size
        return np.concatenate([x[:size], self.outputs(t, x), x[size:]])[rows]

    def jacobian(self, t: float, x: Array) -> Array:
        """Return the derivative of the rates, dense: for small n."""
        n, size = self.rows, self.ideal.size
        V, T = self._amplify(t, x)
        dz = np.zeros((self.size, n, n))
        dz[:size] = np.eye(size).reshape(size, n, n)
        dz[size:] = -np.eye(n)[:, None, :]
        dV = V * (dz - np.sum(V * dz, axis=2, keepdims=True)) / T
        forces = self.ideal.coupled(t, dV).reshape(self.size, size).T
        forces[:, :size] -= np.eye(size)
        pull = T * dV.sum(axis=1) / V.sum(axis=1)
        pull -= pull.mean(axis=1, keepdims=True)
        return np.concatenate([forces / self.ideal.tau, pull.T / self.tau_m])

    @property
    def theorem(self) -> Theorem:
        """None: the multipliers follow with a delay."""
        return Theorem(False, reasons=("multipliers of finite speed",))

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the schedules."""
        return self.ideal.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the schedules are constant."""
        return self.ideal.quiet_after()
