"""`Memcomputing`: digital memcomputing for formulas, voltages with a short and a long memory per clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Mask, check_positive
from analoghop.systems.base import Theorem
from analoghop.systems.machine import check_run
from analoghop.systems.machines.clause_machine import ClauseMachine
from analoghop.systems.machines.clauses import Clauses

LONG = 1e4
"""Largest long memory, for each clause."""


@dataclass(frozen=True, eq=False)
class Memcomputing(ClauseMachine):
    """`tau v_i' = sum_m l_m s_m G_mi + (1 + zeta l_m) (1 - s_m) R_mi`, memories s_m, l_m of each clause.

    Bearden, Pei & Di Ventra (2020), "Efficient solution of Boolean satisfiability problems with digital
    memcomputing", Scientific Reports 10:19741. With the degrees f = (1 - c v)/2 to which literals are
    violated: C is the least f of a clause, G_mi = c_mi times the least f of its other literals, R_mi = c_mi
    f_mi for the literal that has the least f, else 0. `tau s' = beta (s + epsilon) (C - gamma)` within 0..1,
    `tau l' = alpha (C - delta)` within 1..10^4 M for M clauses, |v| <= 1. The state is v, then s, then l. A
    member stops when the signs of v satisfy all clauses. The step is Euler's. Raises `InputError` for numbers
    out of range.
    """

    clauses: Clauses
    duration: float
    step: float = 0.1
    alpha: float = 5.0
    beta: float = 20.0
    gamma: float = 0.25
    delta: float = 0.05
    epsilon: float = 1e-3
    zeta: float = 0.1
    check_every: int = 10
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("v", "s", "l")

    def __post_init__(self) -> None:
        check_run(self.step, self.duration, self.check_every)
        names = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "tau")
        check_positive(vars(self), *names)

    @property
    def walls(self) -> tuple[Array, Array]:
        """The least and the largest values of the states, (size, 1)."""
        n, count = self.cells, self.clauses.count
        low, high = np.array([-1.0, 0.0, 1.0]), np.array([1.0, 1.0, LONG * count])
        kinds = np.repeat([0, 1, 2], [n, count, count])
        return low[kinds][:, None], high[kinds][:, None]

    def _split(self, x: Array) -> tuple[Array, Array, Array]:
        n, count = self.cells, self.clauses.count
        return x[:n], x[n : n + count], x[n + count :]

    def _least(self, v: Array) -> tuple[Array, Mask, Array, Array]:
        """Return f of the literals, 2 for padding, whether it is the least, and the two least of a clause."""
        f = np.where(self.clauses.sign != 0.0, self.clauses.degrees(v), 2.0)
        two = np.sort(f, axis=1)[:, :2]
        first = two[:, 0]
        # A literal alone in its clause is drawn with full strength.
        second = np.minimum(two[:, 1], 1.0) if f.shape[1] > 1 else np.ones_like(first)
        return f, f <= first[:, None], first, second

    def _rates(self, x: Array) -> Array:
        """Return tau times the rates between the walls."""
        v, s, long = self._split(x)
        _, least, first, second = self._least(v)
        G = np.where(least, second[:, None], first[:, None])
        R = np.where(least, first[:, None], 0.0)
        pull = (long * s)[:, None] * G + ((1.0 + self.zeta * long) * (1.0 - s))[:, None] * R
        dv = self.clauses.gather(self.clauses.sign * pull)
        ds = self.beta * (s + self.epsilon) * (first - self.gamma)
        return np.concatenate([dv, ds, self.alpha * (first - self.delta)])

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after Euler's step, within the walls."""
        low, high = self.walls
        return np.clip(x + self.step / self.tau * self._rates(x), low, high)

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return the rates; a wall stops an outward motion."""
        (low, high), rate = self.walls, self._rates(x)
        held = ((x <= low) & (rate < 0.0)) | ((x >= high) & (rate > 0.0))
        return np.where(held, 0.0, rate) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return v."""
        return x[: self.cells]

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls and between equal degrees, where it is defined; sparse."""
        from scipy import sparse

        n, count = self.cells, self.clauses.count
        v, s, long = self._split(x)
        f, least, first, second = self._least(v)
        f, least, first, second = f[..., 0], least[..., 0], first[..., 0], second[..., 0]
        sign, column = self.clauses.sign[:, :, 0], self.clauses.amplifier
        order, clause = np.argsort(f, axis=1, kind="stable"), np.arange(count)
        at = order[:, 0]
        after = order[:, min(1, f.shape[1] - 1)]
        lone = second >= 1.0
        # The literal whose degree is the pull on another one: the least, for the least the second.
        other = np.where(least, after[:, None], at[:, None])
        slope = -0.5 * np.take_along_axis(sign, other, axis=1) * (s * long)
        slope = np.where(least & lone[:, None], 0.0, slope)
        shape = (n, n)
        real = sign != 0.0
        rows, columns = column, np.take_along_axis(column, other, axis=1)
        dv = sparse.csr_array(((sign * slope)[real], (rows[real], columns[real])), shape)
        own = -0.5 * ((1.0 + self.zeta * long) * (1.0 - s))[:, 0]
        dv = dv + sparse.csr_array((own, (column[clause, at], column[clause, at])), shape)
        G = np.where(least, second[:, None], first[:, None])
        R = np.where(least, first[:, None], 0.0)
        owner = np.broadcast_to(clause[:, None], sign.shape)
        by_s = sign * (long * G - (1.0 + self.zeta * long) * R)
        by_l = sign * (s * G + self.zeta * (1.0 - s) * R)
        across = [
            sparse.csr_array((part[real], (column[real], owner[real])), (n, count)) for part in (by_s, by_l)
        ]
        steep = -0.5 * sign[clause, at]
        table = sparse.csr_array((steep, (clause, column[clause, at])), (count, n))
        grown = sparse.diags_array(self.beta * (s[:, 0] + self.epsilon)) @ table
        leak = sparse.diags_array(self.beta * (first - self.gamma))
        none = sparse.csr_array((count, count))
        blocks: Any = [[dv, *across], [grown, leak, none], [self.alpha * table, none, none]]
        return sparse.csc_array(sparse.block_array(blocks) / self.tau)

    @property
    def explicit_only(self) -> str | None:
        """The reason: walls and least values, whose rates jump."""
        return "this circuit has walls and least values, whose rates jump"

    @property
    def has_energy(self) -> bool:
        """False."""
        return False

    @property
    def theorem(self) -> Theorem:
        """None: memories make the circuit active."""
        return Theorem(False, reasons=("the memories of the clauses are active: no energy is known",))
