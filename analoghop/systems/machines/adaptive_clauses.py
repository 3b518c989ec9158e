"""`ClauseCircuit`: amplifiers driven by clauses, whose weights grow while the clauses are violated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_positive
from analoghop.errors import InputError
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.machine import check_run
from analoghop.systems.machines.clause_machine import ClauseMachine
from analoghop.systems.machines.clauses import Clauses

LONGEST = 0.5
"""Longest step in time constants: the weights must not change faster than the amplifiers."""


@dataclass(frozen=True, eq=False)
class ClauseCircuit(ClauseMachine):
    """`tau u_i' = -u_i + sum_m w_m c_mi K_m/f_mi + noise`, `v = tanh(gain u)`, a weight for each clause.

    `tau w_m' = eta K_m - delta (w_m - 1)`: the weight of a violated clause grows, then leaks back to 1. K and
    f are those of `Clauses`; K/f is a product, without division. The state is u, then w, from w = 1. `sigma`:
    standard deviation of the white noise of u per root of a time constant (intensity sigma^2 tau). A step is
    exact for the decay of u and its noise, Euler's for the weights. A member stops when the signs of u
    satisfy all clauses. Raises `InputError` for numbers out of range.

    Energy with frozen weights: `2 sum w K + sum_i (u_i v_i - ln(cosh(gain u_i))/gain)`.
    """

    clauses: Clauses
    gain: float
    sigma: float
    eta: float
    delta: float
    duration: float
    step: float
    check_every: int = 10
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("u", "w")

    def __post_init__(self) -> None:
        check_run(self.step, self.duration, self.check_every)
        check_positive(vars(self), "gain", "tau")
        for name in ("sigma", "eta", "delta"):
            if not 0 <= getattr(self, name) < np.inf:
                raise InputError(f"`{name}` is {getattr(self, name):g}, expected 0 or a positive number")
        if self.step > LONGEST * self.tau:
            raise InputError(
                f"`step` is {self.step / self.tau:g} time constants, expected at most {LONGEST:g}"
            )

    @property
    def normals(self) -> int:
        """One number per amplifier, 0 without noise."""
        return self.cells if self.sigma > 0 else 0

    @property
    def time_constants(self) -> Array:
        """tau; for the weights, the time constant of their leak."""
        leak = self.tau / max(self.delta, 1e-3)
        return np.concatenate([np.full((self.cells, 1), self.tau), np.full((self.clauses.count, 1), leak)])

    @property
    def input_scale(self) -> Array:
        """1/gain, and 1 for the weights."""
        return np.concatenate([np.full((self.cells, 1), 1 / self.gain), np.ones((self.clauses.count, 1))])

    @property
    def decay(self) -> Array:
        """1/tau; delta/tau for the weights."""
        return np.concatenate(
            [np.full((self.cells, 1), 1.0), np.full((self.clauses.count, 1), self.delta)]
        ) / (self.tau)

    @property
    def noise(self) -> Array | None:
        """sigma / sqrt(tau) at the amplifiers, 0 at the weights."""
        if self.sigma == 0:
            return None
        parts = [np.full((self.cells, 1), self.sigma), np.zeros((self.clauses.count, 1))]
        return np.asarray(np.concatenate(parts) / np.sqrt(self.tau))

    def _split(self, x: Array) -> tuple[Array, Array]:
        return x[: self.cells], x[self.cells :]

    def _drives(self, x: Array) -> tuple[Array, Array, Array]:
        """Return the sum over the clauses for each amplifier, K, and tau w'."""
        u, w = self._split(x)
        K, others = self.clauses.products(np.tanh(self.gain * u))
        pull = self.clauses.gather(w[:, None] * self.clauses.sign * others)
        return pull, K, self.eta * K - self.delta * (w - 1.0)

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after a step, exact for the decay and the noise of u."""
        u, w = self._split(x)
        h = self.step / self.tau
        pull, _, growth = self._drives(x)
        u = np.exp(-h) * u - np.expm1(-h) * pull
        if normal is not None:
            u = u + self.deviation * normal
        return np.concatenate([u, w + h * growth])

    @property
    def deviation(self) -> float:
        """Standard deviation of the noise of u in a step."""
        return float(self.sigma * np.sqrt(-0.5 * np.expm1(-2.0 * self.step / self.tau)))

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return du/dt and dw/dt, without noise."""
        pull, _, growth = self._drives(x)
        return np.concatenate([pull - x[: self.cells], growth]) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return v."""
        return np.tanh(self.gain * x[: self.cells])

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative of the rate as a sparse matrix."""
        from scipy import sparse

        u, w = self._split(x)
        n, table = self.cells, self.clauses
        v = np.tanh(self.gain * u)
        slope = self.gain * (1.0 - v[:, 0] ** 2)
        _, others = table.products(v)
        literal = others[:, :, 0][table.owner, np.arange(len(table.columns)) - table.first[table.owner]]
        clause, i, k, entry = table.couples(v)
        sign_of = sparse.csr_array((table.signs, (table.owner, table.columns)), (table.count, n)).toarray()
        inner = w[clause, 0] * sign_of[clause, i] * entry * slope[k]
        drive = sparse.csr_array((inner, (i, k)), (n, n)) - sparse.eye_array(n)
        by_weight = sparse.csr_array((table.signs * literal, (table.columns, table.owner)), (n, table.count))
        growth = -0.5 * self.eta * by_weight.T * slope
        leak = -self.delta * sparse.eye_array(table.count)
        blocks: Any = [[drive, by_weight], [growth, leak]]
        return sparse.csc_array(sparse.block_array(blocks) / self.tau)

    @property
    def theorem(self) -> Theorem:
        """With frozen weights and without noise the energy never rises."""
        reasons = []
        if self.eta > 0:
            reasons.append("the weights of the clauses adapt: guaranteed for frozen weights only")
        if self.sigma > 0:
            reasons.append("there is noise")
        return Theorem(not reasons, "" if reasons else "Hopfield 1984", tuple(reasons))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the energy of the clauses and of the amplifiers, each (members,)."""
        u, w = self._split(x)
        z = self.gain * u
        K, _ = self.clauses.products(np.tanh(z))
        size = np.abs(z)
        log_cosh = size + np.log1p(np.exp(-2.0 * size)) - np.log(2.0)
        return {
            "clauses": 2.0 * np.sum(w * K, axis=0),
            "amplifiers": np.sum(z * np.tanh(z) - log_cosh, axis=0) / self.gain,
        }

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return the rate, the power dissipated at the nodes, and the power supplied by growing weights."""
        pull, K, growth = self._drives(x)
        u = x[: self.cells]
        du = (pull - u) / self.tau
        slope = self.gain * (1.0 - np.tanh(self.gain * u) ** 2)
        dissipated = self.tau * np.sum(slope * du**2, axis=0)
        supplied = 2.0 * np.sum(K * growth, axis=0) / self.tau
        return Flow(np.concatenate([du, growth / self.tau]), dissipated, supplied)
