"""`Sweeps` and `Walk`: how the members of a discrete model are advanced until they rest or cycle."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from analoghop.arrays import Array, Integers, Mask
from analoghop.errors import InputError
from analoghop.schedules import Schedule

Update = Literal["async", "sync"]
Order = Literal["random", "fixed"]


@dataclass(frozen=True)
class Sweeps:
    """How a discrete model runs; one sweep updates every unit once.

    `update`: "async", one unit after the other in an `order` that is "random" (a new permutation for every
    sweep) or "fixed", or "sync", all at once. `temperature` in units of the local field: a number, or a
    `Schedule` over the sweeps 0, 1, 2 ...; 0 is the binary model, more is the stochastic one (Glauber 1963):
    a unit goes up with probability 1/(1 + exp(-dE/T)). `longest` is the most sweeps. The first `warm_up`
    sweeps are left out of time averages, None for half of them.
    Raises `InputError` for anything else.
    """

    update: Update = "async"
    order: Order = "random"
    temperature: float | Schedule = 0.0
    longest: int = 200
    warm_up: int | None = None
    heat: Array = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.update not in ("async", "sync"):
            raise InputError(f"`update` is async or sync, not {self.update!r}")
        if self.order not in ("random", "fixed"):
            raise InputError(f"`order` is random or fixed, not {self.order!r}")
        if self.longest < 1:
            raise InputError(f"`longest` is {self.longest}, expected at least 1 sweep")
        if self.warm_up is not None and not 0 <= self.warm_up < self.longest:
            raise InputError(f"`warm_up` is {self.warm_up}, expected 0 to {self.longest - 1} sweeps")
        if isinstance(self.temperature, Schedule):
            heat = np.array(self.temperature.value(np.arange(self.longest))).ravel()
        else:
            heat = np.full(self.longest, float(self.temperature))
        if not (np.isfinite(heat) & (heat >= 0.0)).all():
            raise InputError("`temperature` must be a finite number from 0")
        heat.flags.writeable = False
        object.__setattr__(self, "heat", heat)

    @property
    def quench(self) -> int:
        """The number of the first sweep from which on the temperature is 0."""
        hot = np.flatnonzero(self.heat)
        return int(hot[-1]) + 1 if len(hot) else 0

    @property
    def stochastic(self) -> bool:
        """Whether the last sweep is made at a temperature above 0: then nothing comes to rest."""
        return bool(self.heat[-1] > 0.0)

    @property
    def skipped(self) -> int:
        """Number of sweeps before time averages begin."""
        return self.longest // 2 if self.warm_up is None else self.warm_up


class Walk(ABC):
    """Members of one discrete model, changed in place; a unit is at the level `low` or 1."""

    low: float = -1.0

    @property
    @abstractmethod
    def x(self) -> Array:
        """The units, (members, n)."""

    @abstractmethod
    def asynchronous(self, rows: Integers, temperature: float, sweep: int, shuffle: bool) -> Integers:
        """Update the units of the members `rows` one by one; return how many changed, (len(rows),)."""

    @abstractmethod
    def fields(self, rows: Integers) -> tuple[Array, Array]:
        """Return the local fields of the members `rows` (len(rows), n), and what of them is rounding (n,)."""

    @abstractmethod
    def chance(self, rows: Integers, sweep: int) -> Array:
        """Return a number 0..1 for every unit of the members `rows` in a sweep, (len(rows), n)."""

    @abstractmethod
    def energy(self) -> Array:
        """Return the energy of every member, (members,)."""

    def synchronous(self, rows: Integers, temperature: float, sweep: int) -> Integers:
        """Update all units of the members `rows` at once; return how many changed, (len(rows),)."""
        old = self.x[rows]
        h, rounding = self.fields(rows)
        if temperature > 0.0:
            with np.errstate(over="ignore"):
                up = 1.0 / (1.0 + np.exp(-(1.0 - self.low) * h / temperature))
            new = np.where(self.chance(rows, sweep) < up, 1.0, self.low)
        else:
            new = np.where(np.abs(h) > rounding, np.where(h > 0.0, 1.0, self.low), old)
        self.x[rows] = new
        return np.asarray((new != old).sum(axis=1))

    def signs(self, x: Array) -> Array:
        """Return units `x` (members, n) on the scale -1 to 1, as (n, members)."""
        return np.asarray((x if self.low == -1.0 else 2.0 * x - 1.0).T)


@dataclass(frozen=True, eq=False)
class Walked:
    """What became of the members; arrays are (n, members) or (members,).

    `states`: the signs at the end. `average`: their mean over the sweeps after the warm-up; of a member that
    came to rest, its state. `halves`: the means over the two halves of those sweeps. `period`: 1 for a fixed
    point, 2 for a two-cycle of synchronous updates (or a longer one), 0 where none was found. `sweeps`: how
    many were made. `energy`: at the end.
    """

    states: Array
    average: Array
    halves: tuple[Array, Array]
    period: Integers
    sweeps: Integers
    energy: Array

    @property
    def settled(self) -> Mask:
        """Which members ended in a fixed point."""
        return np.equal(self.period, 1)


Watch = Callable[[int, Array], None]
"""Called with the number of sweeps made, from 0, and a copy of the signs (n, members)."""


def walk_to_rest(walk: Walk, plan: Sweeps, watch: Watch | None = None) -> Walked:
    """Advance all members until each rests or cycles, or `plan.longest` sweeps are over."""
    m, n = walk.x.shape
    period, made = np.zeros(m, np.int64), np.zeros(m, np.int64)
    totals = np.zeros((2, m, n))
    middle = (plan.skipped + plan.longest) // 2
    reference, since = np.zeros((m, 0)), 0
    running = np.arange(m)
    if watch is not None:
        watch(0, walk.signs(walk.x).copy())
    for sweep in range(plan.longest):
        temperature = float(plan.heat[sweep])
        if plan.update == "async":
            changed = walk.asynchronous(running, temperature, sweep, plan.order == "random")
        else:
            changed = walk.synchronous(running, temperature, sweep)
        made[running] += 1
        if plan.stochastic and sweep >= plan.skipped:
            totals[int(sweep >= middle)] += walk.x
        if watch is not None:
            watch(sweep + 1, walk.signs(walk.x).copy())
        if sweep < plan.quench:
            continue
        period[running[changed == 0]] = 1
        if plan.update == "sync":
            # Brent (1980), BIT 20:176: compare with the state at the last power of two.
            if since:
                again = (walk.x[running] == reference[running]).all(axis=1) & (changed > 0)
                period[running[again]] = sweep + 1 - since
            if sweep + 1 >= 2 * since:
                reference, since = walk.x.copy(), sweep + 1
        running = running[period[running] == 0]
        if not len(running):
            break
    states = walk.signs(walk.x)
    average, halves = states, (states, states)
    if plan.stochastic:
        lengths = middle - plan.skipped, plan.longest - middle
        first, second = (
            walk.signs(total / count) if count else states
            for total, count in zip(totals, lengths, strict=True)
        )
        average = (lengths[0] * first + lengths[1] * second) / sum(lengths)
        halves = (first, second) if lengths[0] else (second, second)
    return Walked(states, average, halves, period, made, walk.energy())
