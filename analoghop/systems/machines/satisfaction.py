"""`Satisfaction`: continuous-time analog satisfiability, a gradient flow whose weights grow exponentially."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_positive
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.machine import check_run
from analoghop.systems.machines.clause_machine import ClauseMachine
from analoghop.systems.machines.clauses import Clauses


@dataclass(frozen=True, eq=False)
class Satisfaction(ClauseMachine):
    """`tau s_i' = sum_m 2 a_m c_mi K_mi K_m`, `tau a_m' = a_m K_m`, |s| <= 1.

    Ercsey-Ravasz & Toroczkai (2011), Nature Physics 7:966. `K_m = 2^-k prod_j (1 - c_mj s_j)` over the k
    literals of clause m, `K_mi` is K_m without the factor of i. The state is s, then a, from a = 1. The only
    stable fixed points are the solutions. A member's step is at most `step`, and shorter if an s would change
    by more than `reach`: members have different times. Raises `InputError` for numbers out of range.

    Energy with frozen weights: `sum a K^2`, of which tau s' is the negative gradient.
    """

    clauses: Clauses
    duration: float
    step: float = 10.0
    reach: float = 0.1
    check_every: int = 10
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("s", "a")

    def __post_init__(self) -> None:
        check_run(self.step, self.duration, self.check_every)
        check_positive(vars(self), "reach", "tau")

    def _rates(self, x: Array) -> tuple[Array, Array]:
        """Return tau s' and K."""
        a = x[self.cells :]
        K, others = self.clauses.products(x[: self.cells])
        # Each K_mi has one factor 1/2 more than the product of the other degrees.
        return self.clauses.gather((a * K)[:, None] * self.clauses.sign * others), K

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after Euler's step of each member's own length, s clipped to the cube."""
        rate, K = self._rates(x)
        fastest = np.max(np.abs(rate), axis=0)
        h = np.minimum(self.step / self.tau, self.reach / np.maximum(fastest, 1e-30))
        s = np.clip(x[: self.cells] + h * rate, -1.0, 1.0)
        return np.concatenate([s, x[self.cells :] * (1.0 + h * K)])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return ds/dt and da/dt."""
        rate, K = self._rates(x)
        return np.concatenate([rate, x[self.cells :] * K]) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return s."""
        return x[: self.cells]

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative of the rate as a sparse matrix."""
        from scipy import sparse

        n, table, a = self.cells, self.clauses, x[self.cells :, 0]
        K, others = table.products(x[:n])
        place = np.arange(len(table.columns)) - table.first[table.owner]
        shape = (table.count, n)
        slope = sparse.csr_array(
            (-0.5 * table.signs * others[table.owner, place, 0], (table.owner, table.columns)), shape
        )  # dK/ds
        clause, i, k, entry = table.couples(x[:n])
        sign_of = sparse.csr_array((table.signs, (table.owner, table.columns)), shape).toarray()
        inner = a[clause] * K[clause, 0] * sign_of[clause, i] * entry
        ds = sparse.csr_array((inner, (i, k)), (n, n)) - 2.0 * slope.T @ (a[:, None] * slope)
        blocks: Any = [[ds, -2.0 * slope.T * K[:, 0]], [a[:, None] * slope, sparse.diags_array(K[:, 0])]]
        return sparse.csc_array(sparse.block_array(blocks) / self.tau)

    @property
    def theorem(self) -> Theorem:
        """None: the weights grow."""
        return Theorem(False, "", ("the weights of the clauses grow: guaranteed for frozen weights only",))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the energy of the clauses, (members,)."""
        K, _ = self.clauses.products(x[: self.cells])
        return {"clauses": np.sum(x[self.cells :] * K**2, axis=0)}

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return the rate, the power dissipated by the flow, and the power supplied by growing weights."""
        rate, K = self._rates(x)
        growth = x[self.cells :] * K
        dissipated, supplied = np.sum(rate**2, axis=0), np.sum(growth * K**2, axis=0)
        return Flow(np.concatenate([rate, growth]) / self.tau, dissipated / self.tau, supplied / self.tau)
