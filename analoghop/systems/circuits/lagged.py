"""`LaggedNetwork`: Hopfield's network whose amplifiers follow through poles, or through a chain of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, column, readonly_fields, whole_number
from analoghop.errors import InputError, check_kind
from analoghop.systems.base import System, Theorem
from analoghop.systems.circuits.network import Network


@dataclass(frozen=True, eq=False)
class LaggedNetwork(System):
    """C u' = T w_p - G u + I, lag w_1' = v(u) - w_1, lag w_k' = w_{k-1} - w_k for k = 2 .. p.

    `network` defines v, T, C, G, I; `lag` (s; a number or n values) is the time constant of each of the
    `poles` p >= 1 of an amplifier. With lag = d/p a long chain is a delay d: its response is spread by
    d/sqrt(p). The states are u (n), then w_1 (n) to w_p (n); the outputs are w_p. Raises `InputError` for a
    lag that is not positive, noise, and a number of poles below 1.
    """

    ideal: Network
    lag: Array = field(default_factory=lambda: np.ones(()))
    poles: int = 1

    def __post_init__(self) -> None:
        check_kind(self.ideal, Network, "network", "a `Network`")
        poles = whole_number(self.poles, "poles", "a whole number")
        if poles < 1:
            raise InputError(f"`poles` is {poles}, expected 1 or more")
        if self.ideal.noise is not None:
            raise InputError("a network with noise has no lagged form")
        lag = column(self.lag, self.ideal.size, "lag")
        if not (lag > 0).all():
            raise InputError("`lag` must be positive: a time constant in seconds")
        object.__setattr__(self, "poles", poles)
        readonly_fields(self, lag=lag)

    @property
    def size(self) -> int:
        """Number of inputs and poles, n (1 + p)."""
        return self.ideal.size * (1 + self.poles)

    @property
    def n_outputs(self) -> int:
        """Number of amplifiers."""
        return self.ideal.n_outputs

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(u<name>)`, the poles `v(w<k>_<name>)`, then the outputs `v(v<name>)`."""
        return self.state_names + self.output_names

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """`v(u<name>)`, then `v(w<k>_<name>)` for k from 1."""
        names = self.ideal.names
        poles = tuple(f"v(w{k + 1}_{name})" for k in range(self.poles) for name in names)
        return self.ideal.state_names + poles

    @property
    def output_names(self) -> tuple[str, ...]:
        """`v(v<name>)`."""
        return self.ideal.output_names

    @cached_property
    def time_constants(self) -> Array:
        """Those of the inputs, then the lags."""
        return np.concatenate([self.ideal.time_constants, *[self.lag] * self.poles])

    @cached_property
    def input_scale(self) -> Array:
        """1/gain of each amplifier, and the distance of its rails for the poles."""
        span = np.abs(self.ideal.amplifiers.scale)
        return np.concatenate([self.ideal.input_scale, *[np.where(span > 0, span, 1.0)] * self.poles])

    @cached_property
    def decay(self) -> Array:
        """Those of the inputs, then 1/lag."""
        return np.concatenate([self.ideal.decay, *[1.0 / self.lag] * self.poles])

    def start(self, u: Array) -> Array:
        """Return the states (size, members) in which the poles have followed the inputs `u` (n, members)."""
        return np.concatenate([u, *[self.ideal.outputs(0.0, u)] * self.poles])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return the rates of u and of the poles."""
        n, ideal = self.ideal.size, self.ideal
        u, w = x[:n], x[n:].reshape(self.poles, n, x.shape[1])
        du = ((ideal.T @ w[-1]) * ideal.kappa(t) - ideal.G * u + ideal.current(t)) / ideal.C
        before = np.concatenate([ideal.outputs(t, u)[None], w[:-1]])
        dw = (before - w) / self.lag
        return np.concatenate([du, dw.reshape(-1, x.shape[1])])

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the last poles."""
        return x[-self.ideal.size :]

    def jacobian(self, t: float, x: Array) -> Array:
        """Return the derivative of the rates, dense."""
        n, ideal = self.ideal.size, self.ideal
        J = np.zeros((self.size, self.size))
        J[:n, :n] = -np.diag((ideal.G / ideal.C)[:, 0])
        J[:n, -n:] = ideal.T.toarray() * float(np.asarray(ideal.kappa(t))) / ideal.C
        for k in range(1, self.poles + 1):
            rows = slice(k * n, (k + 1) * n)
            J[rows, rows] = -np.diag(1.0 / self.lag[:, 0])
            J[rows, (k - 1) * n : k * n] = np.diag(1.0 / self.lag[:, 0])
        J[n : 2 * n, :n] = ideal.amplifiers.jacobian(x[:n], ideal.gamma(t)) / self.lag
        return J

    @property
    def theorem(self) -> Theorem:
        """None: the amplifiers follow late."""
        return Theorem(False, reasons=("an amplifier has a pole",))

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the moving inputs and schedules."""
        return self.ideal.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which inputs and schedules are constant."""
        return self.ideal.quiet_after()
