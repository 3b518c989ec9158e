"""`DenseMemory`: a dense ("modern") memory, with a steep function of the overlaps of its patterns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.memory.discrete.updates import Words, orders, rises, uniforms

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

Interaction = Literal["exponential", "polynomial"]


@dataclass(frozen=True, eq=False)
class DenseMemory:
    """The patterns X (count, n) with the energy E = -F(X s), which never rises under updates of one unit.

    "exponential": F(a) = ln sum exp(beta a)/beta (Demircigil et al. 2017; Ramsauer et al. 2021), `beta` the
    inverse temperature per bit. "polynomial": F(a) = n sum max(a/n, 0)^k/k, k = `degree` (Krotov & Hopfield
    2016). Raises `InputError` for a beta that is not positive or a degree below 2.
    """

    memory: Memory
    interaction: Interaction = "exponential"
    beta: float = 1.0
    degree: float = 3.0

    low: ClassVar[float] = -1.0

    def __post_init__(self) -> None:
        if self.interaction not in ("exponential", "polynomial"):
            raise InputError(f"`interaction` is exponential or polynomial, not {self.interaction!r}")
        if not (math.isfinite(self.beta) and self.beta > 0):
            raise InputError(f"`beta` is {self.beta}, expected a positive number")
        if not (math.isfinite(self.degree) and self.degree >= 2):
            raise InputError(f"`degree` is {self.degree}, expected a number from 2")

    @property
    def size(self) -> int:
        """Number of units."""
        return self.memory.size

    def potential(self, a: Array) -> Array:
        """Return F of the products a = X s (count, ...), over the first axis."""
        if self.interaction == "exponential":
            top = a.max(axis=0)
            return np.asarray(top + np.log(np.exp(self.beta * (a - top)).sum(axis=0)) / self.beta)
        n = self.memory.size
        return np.asarray(n * (np.clip(a / n, 0.0, None) ** self.degree).sum(axis=0) / self.degree)

    def attention(self, a: Array) -> Array:
        """Return the weight of every pattern, dF/da, in the shape of `a` (count, members)."""
        if self.interaction == "exponential":
            weights: Array = np.exp(self.beta * (a - a.max(axis=0)))
            return np.asarray(weights / weights.sum(axis=0))
        return np.asarray(np.clip(a / self.memory.size, 0.0, None) ** (self.degree - 1.0))

    def energy(self, x: Array) -> Array:
        """Return -F(X s) of every column of `x` (n, members), (members,)."""
        return -self.potential(self.memory.patterns @ x)

    def fields(self, units: Array) -> tuple[Array, Array]:
        """Return X' dF/da of `units` (members, n), and the rounding error of a zero field, (members, 1).

        F is convex, so the energy never rises under simultaneous updates of all units either.
        """
        weights = self.attention(self.memory.patterns @ units.T)
        return (self.memory.patterns.T @ weights).T, 1e-12 * np.abs(weights).sum(axis=0)[:, None]

    def sweep(self, units: Array, state: Words, heat: float, shuffle: bool) -> Integers:
        """Update `units` (members, n) one after the other, in place; return the number of changes per member.

        `state` (members,) are the random states of the sweep, `heat` its temperature; with `shuffle` the
        order is random.
        """
        n, rows, patterns = self.size, np.arange(len(units)), self.memory.patterns
        a = patterns @ units.T
        order = orders(state, n) if shuffle else np.tile(np.arange(n), (len(units), 1))
        chance = uniforms(state, n) if heat > 0.0 else None
        changed = np.zeros(len(units), np.int64)
        for k, unit in enumerate(order.T):
            old, bits = units[rows, unit], patterns[:, unit]
            rest = a - bits * old
            up, down = self.potential(rest + bits), self.potential(rest - bits)
            none = 1e-12 * (np.abs(up) + np.abs(down))
            new = rises(up - down, none, old, self.low, heat, None if chance is None else chance[:, k])
            a = rest + bits * new
            units[rows, unit] = new
            changed += new != old
        return changed
