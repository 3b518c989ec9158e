"""`Lagrange`: oscillators whose clauses are held by Lagrange units, for formulas (LagONN)."""

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


@dataclass(frozen=True, eq=False)
class Lagrange(ClauseMachine):
    """`tau phi_i' = -dL/dphi_i`, `tau l_m' = rate K_m`, `L = sum_m l_m K_m(cos phi)`, and noise in phi.

    Lagrange oscillatory neural networks, Delacour, Haverkort, Sabo, Azemard & Todri-Sanial (2025),
    arXiv:2505.07179: phases descend the Lagrange function, one multiplier per clause ascends it until the
    clause holds. K_m is the product of the degrees (1 - c cos phi)/2 of its literals. The state is phi, then
    l, from l = 1. `sigma`: standard deviation of the noise of phi per root of a time constant, which moves
    phases off 0 and pi. The step is Euler's. A member stops when the signs of cos phi satisfy all clauses.
    Raises `InputError` for numbers out of range.

    Energy with frozen multipliers: L, of which tau phi' is the negative gradient.
    """

    clauses: Clauses
    duration: float
    step: float = 0.1
    rate: float = 0.5
    sigma: float = 0.2
    check_every: int = 10
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("phi", "l")

    def __post_init__(self) -> None:
        check_run(self.step, self.duration, self.check_every)
        check_positive(vars(self), "rate", "tau")
        if not 0.0 <= self.sigma < np.inf:
            raise InputError(f"`sigma` is {self.sigma:g}, expected 0 or a positive number")

    @property
    def normals(self) -> int:
        """One number per phase, 0 without noise."""
        return self.cells if self.sigma > 0 else 0

    @property
    def noise(self) -> Array | None:
        """sigma / sqrt(tau) at the phases, 0 at the multipliers; None without noise."""
        if self.sigma == 0:
            return None
        parts = [np.full((self.cells, 1), self.sigma), np.zeros((self.clauses.count, 1))]
        return np.asarray(np.concatenate(parts) / np.sqrt(self.tau))

    @property
    def deviation(self) -> float:
        """Standard deviation of the noise of phi in a step."""
        return float(self.sigma * np.sqrt(self.step / self.tau))

    def _rates(self, x: Array) -> tuple[Array, Array]:
        """Return tau phi' without noise, and K."""
        phi, multipliers = x[: self.cells], x[self.cells :]
        K, others = self.clauses.products(np.cos(phi))
        pull = 0.5 * self.clauses.gather(multipliers[:, None] * self.clauses.sign * others)
        return -np.sin(phi) * pull, K

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after Euler's step."""
        change, K = self._rates(x)
        h = self.step / self.tau
        phi = x[: self.cells] + h * change
        if normal is not None:
            phi = phi + self.deviation * normal
        return np.concatenate([phi, x[self.cells :] + h * self.rate * K])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dphi/dt and dl/dt, without noise."""
        change, K = self._rates(x)
        return np.concatenate([change, self.rate * K]) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return cos phi."""
        return np.asarray(np.cos(x[: self.cells]))

    def solved(self, x: Array) -> Any:
        """Return the members whose signs of cos phi satisfy all clauses."""
        return np.asarray(self.clauses.unsatisfied(np.cos(x[: self.cells]) > 0) == 0)

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative of the rate as a sparse matrix."""
        from scipy import sparse

        n, table = self.cells, self.clauses
        phi, multipliers = x[:n], x[n:, 0]
        v, slope = np.cos(phi), np.sin(phi[:, 0])
        _, others = table.products(v)
        literal = others[:, :, 0][table.owner, np.arange(len(table.columns)) - table.first[table.owner]]
        clause, i, k, entry = table.couples(v)
        sign_of = sparse.csr_array((table.signs, (table.owner, table.columns)), (table.count, n)).toarray()
        # The degrees of the others fall with cos phi, which falls with phi as sin phi.
        inner = 0.5 * multipliers[clause] * sign_of[clause, i] * entry * slope[i] * slope[k]
        pull = 0.5 * table.gather(multipliers[:, None, None] * table.sign * others)[:, 0]
        drive = sparse.csr_array((inner, (i, k)), (n, n)) - sparse.diags_array(v[:, 0] * pull)
        signed = sparse.csr_array((table.signs * literal, (table.columns, table.owner)), (n, table.count))
        across = sparse.diags_array(-0.5 * slope) @ signed
        growth = self.rate * 0.5 * signed.T @ sparse.diags_array(slope)
        blocks: Any = [[drive, across], [growth, None]]
        return sparse.csc_array(sparse.block_array(blocks) / self.tau)

    @property
    def theorem(self) -> Theorem:
        """None: the multipliers grow, and noise feeds energy in."""
        reasons = ["the multipliers of the clauses grow: guaranteed for frozen ones only"]
        return Theorem(False, "", (*reasons, *(["noise feeds energy in"] if self.sigma > 0 else [])))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the Lagrange function, (members,)."""
        K, _ = self.clauses.products(np.cos(x[: self.cells]))
        return {"clauses": np.sum(x[self.cells :] * K, axis=0)}

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return the rate, the power dissipated by the phases, and that supplied by the multipliers."""
        change, K = self._rates(x)
        dissipated, supplied = np.sum(change**2, axis=0), self.rate * np.sum(K**2, axis=0)
        rate = np.concatenate([change, self.rate * K]) / self.tau
        return Flow(rate, dissipated / self.tau, supplied / self.tau)
