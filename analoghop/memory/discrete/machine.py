"""`DiscreteMemory`: the threshold units of a memory as a machine, whose step is one sweep over the units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Integers, Mask
from analoghop.memory.dense import DenseMemory
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.discrete.updates import Words, rises, sweep_numpy, uniforms
from analoghop.memory.weights import Weights
from analoghop.systems.machine import Machine


@dataclass(frozen=True, eq=False)
class DiscreteMemory(Machine):
    """Units that follow the local fields of pair couplings, or of a dense memory, according to `plan`.

    States and outputs are the signs -1 and 1 of the units, (n, members). A step is one sweep, and time counts
    sweeps. If the final temperature is zero, a member may stop at a fixed point, where no unit would change.
    """

    interaction: Weights | DenseMemory
    plan: Sweeps = field(default_factory=Sweeps)
    step: float = field(default=1.0, init=False)
    duration: float = field(default=1.0, init=False)
    check_every: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "duration", float(self.plan.longest))

    @property
    def size(self) -> int:
        """Number of units."""
        return self.interaction.size

    @property
    def n_outputs(self) -> int:
        """Number of units."""
        return self.size

    @property
    def passes(self) -> int:
        """Passes of NumPy in a step: asynchronous updates take one for each unit."""
        return self.size if self.plan.update == "async" else 1

    @property
    def has_test(self) -> bool:
        """Whether the last sweeps are without temperature."""
        return not self.plan.stochastic

    @property
    def has_energy(self) -> bool:
        """True."""
        return True

    @property
    def keeps_fields(self) -> bool:
        """Whether local fields are updated with every unit, as in asynchronous updates of pair couplings."""
        return self.plan.update == "async" and isinstance(self.interaction, Weights)

    @cached_property
    def tables(self) -> tuple[Array, Array, float]:
        """The couplings by columns (n, n), the rounding error of a zero field (n,), and the lower level."""
        weights = self.interaction
        assert isinstance(weights, Weights), "a dense memory has no pair couplings"
        return np.ascontiguousarray(weights.W.T), weights.rounding, weights.low

    def updates(self, k: int) -> tuple[float, bool]:
        """Return the temperature of sweep `k`, and whether the order of the units is random."""
        return float(self.plan.heat[k]), self.plan.order == "random"

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the signs."""
        return x

    def levels(self, signs: Array) -> Array:
        """Return the units (members, n) that represent `signs` (n, members), C-contiguous."""
        low = self.interaction.low
        return np.array((signs if low == -1.0 else 0.5 * (1.0 + signs)).T, order="C")

    def signs(self, units: Array) -> Array:
        """Return `units` (members, n), or their means, on the scale -1 to 1, as (n, members)."""
        return np.asarray((units if self.interaction.low == -1.0 else 2.0 * units - 1.0).T)

    def fields(self, units: Array) -> tuple[Array, Array]:
        """Return the local fields of `units` (members, n), and the rounding error of a zero field."""
        memory = self.interaction
        if isinstance(memory, DenseMemory):
            return memory.fields(units)
        return memory.field(units.T).T, memory.rounding

    def advance(self, k: int, x: Array, normal: NDArray[Any] | None) -> Array:
        """Return the signs after sweep number `k`; `normal` are the members' random states, (members,)."""
        assert normal is not None, "a sweep needs random states"
        units = self.levels(x)
        self.sweep(units, self.fields(units)[0], k, normal)
        return self.signs(units)

    def sweep(self, units: Array, h: Array, k: int, state: Words) -> Integers:
        """Make sweep `k` of `units` and, if `keeps_fields`, of their fields `h` (members, n), in place.

        Return the number of changed units of each member.
        """
        memory, (heat, shuffle) = self.interaction, self.updates(k)
        if self.plan.update == "sync":
            h, rounding = self.fields(units)
            old, low = units.copy(), memory.low
            span, chance = 1.0 - low, uniforms(state, self.size) if heat > 0.0 else None
            units[:] = rises(span * h, span * rounding, old, low, heat, chance)
            return np.asarray((units != old).sum(axis=1))
        if isinstance(memory, DenseMemory):
            return memory.sweep(units, state, heat, shuffle)
        changed = np.zeros(len(units), np.int64)
        sweep_numpy(units, h, state, *self.tables, heat, shuffle, changed)
        return changed

    def solved(self, x: Array) -> Mask:
        """Return the members at fixed points: every unit agrees with its field, or the field is zero."""
        units = self.levels(x)
        if isinstance(self.interaction, DenseMemory) and self.plan.update == "async":
            return np.equal(self.interaction.sweep(units, np.zeros(len(units), np.uint64), 0.0, False), 0)
        h, rounding = self.fields(units)
        return np.asarray(((np.abs(h) <= rounding) | ((h > 0.0) == (units == 1.0))).all(axis=1))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the energy of the signs `x` (n, members), a mapping with one part."""
        return {"interaction": self.interaction.energy(self.levels(x).T)}
