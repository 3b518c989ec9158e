"""Start states of the trajectories of an ensemble."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, column, frozen, members, readonly_fields
from analoghop.ensembles.streams import check_seed, uniform
from analoghop.errors import InputError
from analoghop.systems.base import System


class Starts(ABC):
    """The starts of the trajectories number `first`, first + 1 ... first + count - 1 of an ensemble.

    Attributes: `size`, the number of states; `count`; `first`, which also numbers the noise streams.
    """

    size: int
    count: int
    first: int = 0

    @abstractmethod
    def block(self, begin: int, count: int) -> Array:
        """Return the starts of `count` trajectories, from the one with index `begin` (0 for the first) on.

        Shape (size, count).
        """

    def array(self) -> Array:
        """Return all starts, (size, count)."""
        return self.block(0, self.count)


@dataclass(frozen=True, eq=False)
class GivenStarts(Starts):
    """Given starts `x0` (size, count) or (size,); raises `InputError` for another shape."""

    x0: Array
    first: int = 0
    size: int = field(init=False)
    count: int = field(init=False)

    def __post_init__(self) -> None:
        shape = np.shape(self.x0)
        if len(shape) not in (1, 2) or 0 in shape[1:]:
            raise InputError(f"`x0` has shape {shape}, expected (states,) or (states, members)")
        readonly_fields(self, x0=frozen(members(self.x0, shape[0], "x0")))
        check_whole(self.first, "first", 0)
        object.__setattr__(self, "size", self.x0.shape[0])
        object.__setattr__(self, "count", self.x0.shape[1])

    def block(self, begin: int, count: int) -> Array:
        """Return columns of `x0`."""
        return self.x0[:, begin : begin + count]


MOST = 2**32
"""Largest number of starts of an ensemble."""


@dataclass(frozen=True, eq=False)
class RandomStarts(Starts):
    """Starts uniform in `centre` +- `spread`, both (size, 1), drawn when `block` is called.

    The start of a trajectory depends on `seed`, its number and the number of states only.
    """

    centre: Array
    spread: Array
    seed: int
    count: int
    first: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.centre))
        check_seed(self.seed, "seed")
        for name, least in (("count", 1), ("first", 0)):
            check_whole(getattr(self, name), name, least)
        if self.count > MOST:
            raise InputError(f"`count` is {self.count}, expected at most {MOST} starts")

    def block(self, begin: int, count: int) -> Array:
        """Return the starts of `count` trajectories."""
        drawn = uniform(self.seed, self.first + begin, count, self.size)
        return self.centre + self.spread * drawn


def check_whole(value: object, name: str, least: int) -> None:
    """Raise `InputError`, naming `name`, unless `value` is a whole number from `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"`{name}` of the starts is {value!r}, expected a whole number from {least}")


def random_starts(
    system: System,
    count: int,
    seed: int = 0,
    scale: ArrayLike = 1.0,
    centre: ArrayLike | None = None,
    first: int = 0,
) -> Starts:
    """Return `count` starts uniform within +- `scale` input scales of the amplifiers' thresholds.

    With the default every amplifier starts within its linear range. `scale`: a number or one per state.
    `centre` (V): a number or one per state, by default the offsets of the amplifiers that read the states (0
    if unknown). `first` is the number of the first trajectory. Raises `InputError` for a count below 1, an
    invalid seed or parameters of the wrong shape.
    """
    if system.members is not None:
        return _of_members(system, count, seed, scale, centre, first)
    if centre is None:
        centre = system.thresholds
    middle = column(centre, system.size, "centre")
    spread = column(scale, system.size, "scale") * system.input_scale
    return RandomStarts(middle, spread, seed, count, first)


def _of_members(
    family: System, count: int, seed: int, scale: ArrayLike, centre: ArrayLike | None, first: int
) -> GivenStarts:
    """Return the start of each member of a family: the one that it has as a system of its own."""
    if count != family.members:
        raise InputError(f"`starts` is {count}, but the parameters are those of {family.members} members")
    check_seed(seed, "seed")
    middle = family.thresholds if centre is None else column(centre, family.size, "centre")
    spread = column(scale, family.size, "scale") * family.input_scale
    return GivenStarts(middle + spread * uniform(seed, first, count, family.size), first)
