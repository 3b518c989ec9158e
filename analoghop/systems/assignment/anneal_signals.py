"""Annealing schedules: signals of temperature, self-coupling, determinant, and the width of a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Schedule, Signal


@dataclass(frozen=True)
class Cooling(Signal):
    """T(s) = (T0^q + (Tf^q - T0^q) s)^(1/q), from `start` to `end` as `progress` s(t) goes from 0 to 1.

    A small `power` q approximates a geometric fall, 1 gives a straight line. Raises `InputError` for levels
    or a power that are not positive.
    """

    start: float
    end: float
    power: float
    progress: Signal

    def __post_init__(self) -> None:
        if not (self.start > 0 and self.end > 0 and self.power > 0):
            raise InputError("`start`, `end` and `power` of a cooling must be positive")

    @property
    def _slope(self) -> float:
        return float(self.end**self.power - self.start**self.power)

    def _root(self, t: ArrayLike) -> Array:
        return np.asarray(self.start**self.power + self._slope * self.progress.value(t))

    def value(self, t: ArrayLike) -> Array:
        """Return T at `t`."""
        return np.asarray(self._root(t) ** (1.0 / self.power))

    def rate(self, t: ArrayLike) -> Array:
        """Return dT/dt."""
        slope = self._slope / self.power * self._root(t) ** (1.0 / self.power - 1.0)
        return np.asarray(slope * self.progress.rate(t))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the breakpoints of the progress."""
        return self.progress.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the progress is constant."""
        return self.progress.quiet_after()


@dataclass(frozen=True)
class Rising(Signal):
    """first + (last - first) s^power, as `progress` s(t) goes from 0 to 1.

    Raises `InputError` for a `power` below 1.
    """

    first: float
    last: float
    power: float
    progress: Signal

    def __post_init__(self) -> None:
        if not self.power >= 1:
            raise InputError(f"`power` is {self.power:g}, expected 1 or more")

    def value(self, t: ArrayLike) -> Array:
        """Return the level at `t`."""
        return np.asarray(self.first + (self.last - self.first) * self.progress.value(t) ** self.power)

    def rate(self, t: ArrayLike) -> Array:
        """Return its derivative."""
        slope = (self.last - self.first) * self.power * self.progress.value(t) ** (self.power - 1.0)
        return np.asarray(slope * self.progress.rate(t))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the breakpoints of the progress."""
        return self.progress.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the progress is constant."""
        return self.progress.quiet_after()


@dataclass(frozen=True)
class Hardening(Signal):
    """g(s) = early s^3 + late clip((s - onset) / (1 - onset), 0, 1) with `progress` s(t) from 0 to 1.

    Raises `InputError` for an `onset` outside [0, 1).
    """

    early: float
    late: float
    onset: float
    progress: Schedule

    def __post_init__(self) -> None:
        if not 0 <= self.onset < 1:
            raise InputError(f"`onset` is {self.onset}, expected a share of the anneal, 0 to below 1")

    def value(self, t: ArrayLike) -> Array:
        """Return g at `t`."""
        s = self.progress.value(t)
        ramp = np.clip((s - self.onset) / (1.0 - self.onset), 0.0, 1.0)
        return np.asarray(self.early * s**3 + self.late * ramp)

    def rate(self, t: ArrayLike) -> Array:
        """Return dg/dt."""
        s = self.progress.value(t)
        slope = 3.0 * self.early * s**2 + np.where(s >= self.onset, self.late / (1.0 - self.onset), 0.0)
        return np.asarray(slope * self.progress.rate(t))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the onset of the late part and the corners of the progress."""
        onset = float(np.interp(self.onset, self.progress.levels, self.progress.knots))
        corners = {onset, *self.progress.breakpoints(until)}
        return tuple(sorted(corner for corner in corners if 0 < corner < until))

    def quiet_after(self) -> float:
        """Return the time after which the progress is constant."""
        return self.progress.quiet_after()


@dataclass(frozen=True)
class ProductSignal(Signal):
    """The product of two signals."""

    first: Signal
    second: Signal

    def value(self, t: ArrayLike) -> Array:
        """Return the product at `t`."""
        return np.asarray(self.first.value(t) * self.second.value(t))

    def rate(self, t: ArrayLike) -> Array:
        """Return the derivative of the product."""
        first, second = self.first, self.second
        return np.asarray(first.rate(t) * second.value(t) + first.value(t) * second.rate(t))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the corners of both signals."""
        return tuple(sorted({*self.first.breakpoints(until), *self.second.breakpoints(until)}))

    def quiet_after(self) -> float:
        """Return the time after which both are constant."""
        return max(self.first.quiet_after(), self.second.quiet_after())


@dataclass(frozen=True)
class Narrowing(Signal):
    """w = widest max(0, (T / unit - floor) / (1 - floor))^power: a width that falls to 0 with `temperature`.

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
        """Return dw/dt; zero once the width is 0."""
        share = self._share(t)
        open_ = np.where(share > 0, share, 1.0)
        slope = self.widest * self.power * open_ ** (self.power - 1.0) / (1.0 - self.floor) / self.unit
        return np.where(share > 0, slope * self.temperature.rate(t), 0.0)

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the breakpoints of the temperature."""
        return self.temperature.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the temperature is constant."""
        return self.temperature.quiet_after()
