"""`Lowered`: a system prepared for many members at once, in the coordinates of an ensemble."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.engines.ensemble.backend import Backend
from analoghop.errors import InputError
from analoghop.systems.base import System

Increment = Callable[[Any, Any, Any, Any], None]
"""`increment(t, h, y, out)` puts h dy/ds into `out`.

`t` (members,) float64 in seconds; `y`, `out` (n, members) with contiguous rows; `h` in own units of time,
(members,), (n, 1) or (n, members), in the type of the states.
"""


class Lowered(ABC):
    """The equations dy/ds of the states y = x / scale in own units of time s = t / unit.

    Attributes: `system`; `backend`; `scale` (n, 1), float64; `input_unit`, the input scale in the coordinates
    y, a number or (n, 1) of the backend; `unit` in seconds; `moving`, whether the rate depends on time;
    `varied`, whether members have values of their own.
    """

    system: System
    backend: Backend
    scale: Array
    input_unit: Any = 1.0
    unit: float = 1.0
    moving: bool = True
    varied: bool = False

    @abstractmethod
    def bind(self, width: int, members: Integers | None = None) -> Increment:
        """Return the rate function of `width` members, with its own memory: one per thread.

        `members` (width,) are their numbers, -1 for empty slots, where the system is `varied`.
        """

    def input_units(self, members: Integers) -> Any:
        """Return the input scales of `members` in the coordinates y, (n, len(members)) or (n, 1)."""
        return self.backend.array(self.input_unit_column())

    def states(self, y: Any) -> Array:
        """Return x (n, members), float64 in NumPy, at the coordinates `y`."""
        return np.asarray(self.backend.numpy(y), dtype=np.float64) * self.scale

    def coordinates(self, x: Array) -> Any:
        """Return y at the states `x` (n, members)."""
        return self.backend.array(x / self.scale)

    def input_unit_column(self) -> Array:
        """Return `input_unit` as (n, 1), float64 in NumPy."""
        unit = self.input_unit
        values = unit if isinstance(unit, float) else self.backend.numpy(unit)
        return np.broadcast_to(np.asarray(values, dtype=np.float64), self.scale.shape)


class LoweredSystem(Lowered):
    """Any system by its own right-hand side, in NumPy and float64."""

    def __init__(self, system: System, backend: Backend) -> None:
        if not backend.is_numpy:
            raise InputError(
                f"a system of the kind {type(system).__name__} runs on NumPy only: leave out `device`"
            )
        self.system, self.backend = system, backend
        self.scale = system.input_scale
        self.unit = float(system.time_constants.min())

    def bind(self, width: int, members: Integers | None = None) -> Increment:
        """Return the rate function of `width` members."""
        system, scale = self.system, self.scale
        factor = self.unit / scale

        def increment(t: Any, h: Any, y: Any, out: Any) -> None:
            rate = system.rhs(t, y * scale)
            rate *= factor
            np.multiply(rate, h, out=out)

        return increment


class LoweredFamily(Lowered):
    """Circuits that differ in their values, in volts, by their own right-hand side in NumPy."""

    varied = True

    def __init__(self, family: System, backend: Backend) -> None:
        if not backend.is_numpy:
            raise InputError("circuits with parameters of their own run on NumPy only: leave out `device`")
        self.system, self.backend = family, backend
        self.scale = np.ones((family.size, 1))
        self.unit = float(family.time_constants.min())
        self.moving = family.quiet_after() > 0.0

    def input_units(self, members: Integers) -> Any:
        """Return the input scales of `members` in volts; those of member 0 for empty slots."""
        return self.backend.array(self.system.input_scale[:, np.maximum(members, 0)])

    def bind(self, width: int, members: Integers | None = None) -> Increment:
        """Return the rate function of the `members` in the slots."""
        seated = np.zeros(width, np.int64) if members is None else np.maximum(members, 0)
        system, unit = self.system.of(seated), self.unit

        def increment(t: Any, h: Any, y: Any, out: Any) -> None:
            rate = system.rhs(t, y)
            rate *= unit
            np.multiply(rate, h, out=out)

        return increment
