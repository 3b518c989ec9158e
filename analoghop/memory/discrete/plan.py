"""`Sweeps`: the update rule, temperature and number of sweeps of a discrete model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from analoghop.arrays import Array, check_number, whole_number
from analoghop.errors import InputError
from analoghop.schedules import Schedule

Update = Literal["async", "sync"]
Order = Literal["random", "fixed"]


@dataclass(frozen=True)
class Sweeps:
    """The plan of a discrete model's run; one sweep updates every unit once.

    `update`: "async", one unit after the other in an `order` that is "random" (a new permutation for every
    sweep) or "fixed", or "sync", all at once. `temperature` in units of the local field: a number, or a
    `Schedule` over the sweeps 0, 1, 2 ...; 0 is the binary model, a positive one the stochastic model
    (Glauber 1963): a unit takes its upper level with probability 1/(1 + exp(-dE/T)). `longest` is the largest
    number of sweeps. Time averages exclude the first `warm_up` sweeps, None for half of them. Raises
    `InputError` for other values.
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
        object.__setattr__(self, "longest", whole_number(self.longest, "longest", "a whole number of sweeps"))
        if self.longest < 1:
            raise InputError(f"`longest` is {self.longest}, expected at least 1 sweep")
        if self.warm_up is not None and not 0 <= self.warm_up < self.longest:
            raise InputError(f"`warm_up` is {self.warm_up}, expected 0 to {self.longest - 1} sweeps")
        if isinstance(self.temperature, Schedule):
            heat = np.array(self.temperature.value(np.arange(self.longest))).ravel()
        else:
            heat = np.full(self.longest, check_number(self.temperature, "temperature", "a number from 0"))
        if not (np.isfinite(heat) & (heat >= 0.0)).all():
            raise InputError("`temperature` must be a finite number from 0")
        heat.flags.writeable = False
        object.__setattr__(self, "heat", heat)

    @property
    def quench(self) -> int:
        """The number of the sweep from which the temperature stays 0."""
        hot = np.flatnonzero(self.heat)
        return int(hot[-1]) + 1 if len(hot) else 0

    @property
    def stochastic(self) -> bool:
        """Whether the final temperature is above 0: then no member comes to rest."""
        return bool(self.heat[-1] > 0.0)

    @property
    def skipped(self) -> int:
        """Number of sweeps before time averages begin."""
        return self.longest // 2 if self.warm_up is None else self.warm_up

    @property
    def middle(self) -> int:
        """The number of the first sweep in the second half of a time average."""
        return (self.skipped + self.longest) // 2

    def averaged(self, k: int) -> tuple[int, int]:
        """Return the numbers of the first `k` sweeps that are in the two halves of the time average."""
        if not self.stochastic:
            return 0, 0
        return max(0, min(k, self.middle) - self.skipped), max(0, k - self.middle)
