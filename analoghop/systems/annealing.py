"""How an anneal moves in time: signals of the temperature, the self-coupling and the width of a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Signal


def _check(duration: float) -> None:
    if not (np.isfinite(duration) and duration > 0):
        raise InputError(f"`duration` is {duration}, expected a positive time in seconds")


@dataclass(frozen=True)
class Cooling(Signal):
    """T(s) = (T0^q + (Tf^q - T0^q) s)^(1/q) with s = t / duration: from `start` to `end`, then at rest.

    A small `power` q comes near a geometric fall, 1 is a straight line. Raises `InputError` for levels, a
    power or a duration that are not positive.
    """

    start: float
    end: float
    power: float
    duration: float

    def __post_init__(self) -> None:
        _check(self.duration)
        if not (self.start > 0 and self.end > 0 and self.power > 0):
            raise InputError("`start`, `end` and `power` of a cooling must be positive")

    def _root(self, t: ArrayLike) -> tuple[Array, float]:
        q = self.power
        slope = self.end**q - self.start**q
        return self.start**q + slope * np.clip(np.asarray(t, np.float64) / self.duration, 0.0, 1.0), slope

    def value(self, t: ArrayLike) -> Array:
        """Return T at `t`."""
        return np.asarray(self._root(t)[0] ** (1.0 / self.power))

    def rate(self, t: ArrayLike) -> Array:
        """Return dT/dt, zero outside the anneal."""
        root, slope = self._root(t)
        t = np.asarray(t, dtype=np.float64)
        moving = (t >= 0) & (t < self.duration)
        slope /= self.power * self.duration
        return np.where(moving, slope * root ** (1.0 / self.power - 1.0), 0.0)

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the end of the anneal."""
        return (self.duration,) if self.duration < until else ()

    def quiet_after(self) -> float:
        """Return the end of the anneal."""
        return self.duration


@dataclass(frozen=True)
class Hardening(Signal):
    """g(s) = early s^3 + late clip((s - onset) / (1 - onset), 0, 1) with s = t / duration.

    Raises `InputError` for a duration that is not positive or an `onset` outside [0, 1).
    """

    early: float
    late: float
    onset: float
    duration: float

    def __post_init__(self) -> None:
        _check(self.duration)
        if not 0 <= self.onset < 1:
            raise InputError(f"`onset` is {self.onset}, expected a share of the anneal, 0 to below 1")

    def value(self, t: ArrayLike) -> Array:
        """Return g at `t`."""
        s = np.clip(np.asarray(t, np.float64) / self.duration, 0.0, 1.0)
        return self.early * s**3 + self.late * np.clip((s - self.onset) / (1.0 - self.onset), 0.0, 1.0)

    def rate(self, t: ArrayLike) -> Array:
        """Return dg/dt, zero outside the anneal."""
        s = np.asarray(t, np.float64) / self.duration
        slope = 3.0 * self.early * s**2 + np.where(s >= self.onset, self.late / (1.0 - self.onset), 0.0)
        return np.where((s >= 0) & (s < 1), slope / self.duration, 0.0)

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the onset of the late part and the end of the anneal."""
        corners = (self.onset * self.duration, self.duration)
        return tuple(corner for corner in corners if 0 < corner < until)

    def quiet_after(self) -> float:
        """Return the end of the anneal."""
        return self.duration


@dataclass(frozen=True)
class Narrowing(Signal):
    """w = widest max(0, (T / unit - floor) / (1 - floor))^power: a width that closes as `temperature` falls.

    `unit` is the temperature at which the width is `widest`.
    """

    temperature: Signal
    unit: float
    widest: float
    floor: float
    power: float

    def _share(self, t: ArrayLike) -> Array:
        T = self.temperature.value(t) / self.unit
        return np.maximum(0.0, (T - self.floor) / (1.0 - self.floor))

    def value(self, t: ArrayLike) -> Array:
        """Return the width at `t`."""
        return np.asarray(self.widest * self._share(t) ** self.power)

    def rate(self, t: ArrayLike) -> Array:
        """Return dw/dt; zero once the width has closed."""
        share = self._share(t)
        open_ = np.where(share > 0, share, 1.0)
        slope = self.widest * self.power * open_ ** (self.power - 1.0) / (1.0 - self.floor) / self.unit
        return np.where(share > 0, slope * self.temperature.rate(t), 0.0)

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return those of the temperature."""
        return self.temperature.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time from which on the temperature rests."""
        return self.temperature.quiet_after()
