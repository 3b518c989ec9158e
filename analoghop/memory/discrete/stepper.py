"""`SweepStepper`: sweeps of a block of members of a discrete memory, until each rests or cycles."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask
from analoghop.engines.machines.stepper import Stepper
from analoghop.memory.discrete.machine import DiscreteMemory
from analoghop.memory.discrete.updates import SweepNoise, Words, keys

_BLOCK = 1 << 18
"""Numbers in one array of a block: few enough that a sweep over them is short."""
_REFRESH = 64
"""Sweeps after which fields are recomputed, so that rounding errors of many updates do not accumulate."""


@dataclass
class SweepBlock:
    """Members as rows: units `x` and fields `h` (members, n), changed in place.

    `period` (members,): length in sweeps of a detected cycle, 1 for a fixed point, 0 for none. `totals` (2,
    members, n): the sums of the units over the two halves of the time average. `reference` (members, n) are
    the units after sweep number `since`, for the detection of cycles.
    """

    x: Array
    h: Array
    period: Integers
    totals: Array
    reference: Array
    since: int = 0


class SweepStepper(Stepper):
    """Sweeps of a `DiscreteMemory`; time averages are taken if the final temperature is above 0."""

    machine: DiscreteMemory

    def __init__(self, machine: DiscreteMemory) -> None:
        self.machine, self.width = machine, max(1, _BLOCK // machine.size)

    @abstractmethod
    def sweep(self, block: SweepBlock, k: int, state: Words) -> Integers:
        """Make sweep number `k`; return the number of changed units of each member."""

    def noise(self, seed: int, index: Integers, stream: int) -> SweepNoise:
        """Return the random states of the members numbered `index`; `stream` has no effect."""
        return SweepNoise(keys(seed, index), self.machine.size)

    def load(self, x: Array, first: int) -> SweepBlock:
        """Return the members with the signs `x` (n, members)."""
        units = self.machine.levels(x)
        h = np.zeros((len(units), 0))
        if self.machine.keeps_fields:
            h = np.ascontiguousarray(self.machine.fields(units)[0])
        width = units.shape[1] if self.machine.plan.stochastic else 0
        totals = np.zeros((2, len(units), width))
        return SweepBlock(units, h, np.zeros(len(units), np.int64), totals, np.zeros((len(units), 0)))

    def advance(self, block: SweepBlock, first: int, steps: int, noise: Words) -> None:
        """Take the sweeps one by one."""
        plan = self.machine.plan
        for k in range(first, first + steps):
            if k % _REFRESH == _REFRESH - 1 and block.h.size:
                block.h[:] = self.machine.fields(block.x)[0]
            changed = self.sweep(block, k, noise[k - first])
            if plan.stochastic and k >= plan.skipped:
                block.totals[int(k >= plan.middle)] += block.x
            if k >= plan.quench:
                self._search(block, k + 1, changed)

    def _search(self, block: SweepBlock, made: int, changed: Integers) -> None:
        """Record which members rest, or have returned to an earlier state, after `made` sweeps."""
        block.period[changed == 0] = 1
        if self.machine.plan.update == "async":
            return
        # Brent (1980), BIT 20:176: compare with the state at the last power of two.
        if block.since:
            again = (block.x == block.reference).all(axis=1) & (changed > 0)
            block.period[again] = made - block.since
        if made >= 2 * block.since:
            block.reference, block.since = block.x.copy(), made

    def states(self, block: SweepBlock) -> Array:
        """Return the signs."""
        return self.machine.signs(block.x)

    def outputs(self, block: SweepBlock, k: int) -> Array:
        """Return the signs, or at a temperature their mean over the sweeps after the warm-up."""
        (a, b), (first, second) = self.machine.plan.averaged(k), self._halves(block, k)
        return (a * first + b * second) / (a + b) if a + b else first

    def _halves(self, block: SweepBlock, k: int) -> tuple[Array, Array]:
        """Return the mean signs over the two halves of the time average after `k` sweeps.

        An empty half equals the other one, and both are the present signs if there is no average.
        """
        (a, b), (first, second), signs = self.machine.plan.averaged(k), block.totals, self.machine.signs
        if not (a or b):
            return self.states(block), self.states(block)
        late = signs(second / b) if b else signs(first / a)
        return (signs(first / a) if a else late), late

    def solved(self, block: SweepBlock) -> Mask:
        """Return the mask of the members that rest or cycle."""
        return np.asarray(block.period > 0)

    def narrowed(self, block: SweepBlock, members: Mask) -> SweepBlock:
        """Return the marked members."""
        return replace(
            block,
            **{name: getattr(block, name)[members] for name in ("x", "h", "period", "reference")},
            totals=block.totals[:, members],
        )

    def extras(self, block: SweepBlock) -> Mapping[str, NDArray[Any]]:
        """Return `period` (members,), and at a temperature `halves` (2, n, members) of the time average."""
        if not self.machine.plan.stochastic:
            return {"period": block.period}
        return {"period": block.period, "halves": np.array(self._halves(block, self.machine.steps))}


class NumpySweeps(SweepStepper):
    """Sweeps by the machine's own method, with fields that are kept between sweeps."""

    def sweep(self, block: SweepBlock, k: int, state: Words) -> Integers:
        """Take sweep number `k`."""
        return self.machine.sweep(block.x, block.h, k, state)
