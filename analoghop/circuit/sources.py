"""The waveforms of a deck's independent sources: PULSE, PWL, SIN and EXP, as ngspice defines them."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.schedules import Signal

MAX_BREAKPOINTS = 1_000_000


class Waveform(Signal):
    """A signal that a deck can hold: `keyword` and its `arguments`."""

    keyword: str

    @abstractmethod
    def arguments(self) -> tuple[float, ...]:
        """Return the numbers after the keyword, from which `from_deck` builds an equal waveform."""


@dataclass(frozen=True)
class Pulse(Waveform):
    """PULSE: from `v1` to `v2` after `td`, rising in `tr`, staying for `pw`, falling in `tf`, every `per`.

    Times in s. A period that is shorter than the pulse cuts it off, the first pulse just after `td + per`: so
    a pulse whose period is the length of the run has not yet ended there, as in ngspice. Raises `InputError`
    unless all times but `td` are positive.
    """

    v1: float
    v2: float
    td: float
    tr: float
    tf: float
    pw: float
    per: float

    keyword = "pulse"

    def __post_init__(self) -> None:
        _check_finite(self)
        _check_positive(self, "tr", "tf", "pw", "per")

    def arguments(self) -> tuple[float, ...]:
        """Return the seven numbers."""
        return (self.v1, self.v2, self.td, self.tr, self.tf, self.pw, self.per)

    def value(self, t: ArrayLike) -> Array:
        """Return the value at `t`."""
        since = np.asarray(t, dtype=np.float64) - self._begin
        start = np.where(since <= self.per, 0.0, np.floor(self._ahead(since) / self.per) * self.per)
        return np.asarray(np.interp(since - start, *self._outline))

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope to the right of `t`."""
        since = np.asarray(t, dtype=np.float64) - self._begin
        ahead = self._ahead(since)
        start = np.maximum(np.floor(ahead / self.per), 0.0) * self.per
        rise = self.v2 - self.v1
        slopes = np.array([0.0, rise / self.tr, 0.0, -rise / self.tf, 0.0])
        return np.asarray(slopes[np.searchsorted(self._outline[0], ahead - start, side="right")])

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the corners of every pulse in (0, until); raises `InputError` beyond a million."""
        if self._begin >= until:
            return ()
        corners = [c for c in self._outline[0].tolist() if c < self.per]
        periods = (until - self._begin) / self.per
        if periods * len(corners) > MAX_BREAKPOINTS:
            number = f"more than {MAX_BREAKPOINTS} corners in {until:g} s"
            raise InputError(f"a pulse with a period of {self.per:g} s has {number}")
        first = max(0, math.floor(-self._begin / self.per))
        cycles = range(first, math.ceil(periods) + 1)
        times = sorted({self._begin + k * self.per + c for k in cycles for c in corners})
        apart = 8.0 * math.ulp(until)  # the end of one pulse and the beginning of the next may round apart
        return tuple(b for b, after in pairwise([*times, math.inf]) if 0 < b < until and after - b > apart)

    def quiet_after(self) -> float:
        """Return inf: pulses repeat without end (0 for pulses without height)."""
        return 0.0 if self.v1 == self.v2 else math.inf

    @property
    def bounds(self) -> tuple[float, float]:
        """The two levels."""
        return min(self.v1, self.v2), max(self.v1, self.v2)

    @cached_property
    def _begin(self) -> float:
        """The beginning of the first pulse that reaches t = 0 or follows it, `td` or whole periods later."""
        return self.td if self.td >= 0 else -math.fmod(-self.td, self.per)

    @cached_property
    def _outline(self) -> tuple[Array, Array]:
        """The corners of one pulse: times since its beginning, and values."""
        on = self.tr + self.pw
        return frozen([0.0, self.tr, on, on + self.tf]), frozen([self.v1, self.v2, self.v2, self.v1])

    def _ahead(self, since: Array) -> Array:
        # A breakpoint is a rounded number: times a few roundings before a corner count as after it.
        return since + 8.0 * np.spacing(np.abs(since) + abs(self._begin) + self.per)


@dataclass(frozen=True)
class Pwl(Waveform):
    """PWL: straight lines between `values` at increasing `times` (s), constant before and after.

    Raises `InputError` for times that do not increase, and for lengths that differ or are zero.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]
    _knots: Array = field(init=False, repr=False, compare=False)
    _levels: Array = field(init=False, repr=False, compare=False)
    _slopes: Array = field(init=False, repr=False, compare=False)

    keyword = "pwl"

    def __post_init__(self) -> None:
        if len(self.times) != len(self.values) or not self.times:
            raise InputError("PWL needs pairs of a time and a value")
        knots, levels = frozen(self.times), frozen(self.values)
        if not (np.isfinite(knots).all() and np.isfinite(levels).all()):
            raise InputError("PWL needs finite times and values")
        if not (np.diff(knots) > 0).all():
            raise InputError("the times of PWL must increase: write a jump as a short ramp")
        slopes = frozen([0.0, *(np.diff(levels) / np.diff(knots)), 0.0])
        object.__setattr__(self, "times", tuple(map(float, self.times)))
        object.__setattr__(self, "values", tuple(map(float, self.values)))
        readonly_fields(self, _knots=knots, _levels=levels, _slopes=slopes)

    def arguments(self) -> tuple[float, ...]:
        """Return t1, v1, t2, v2, ..."""
        return tuple(x for pair in zip(self.times, self.values, strict=True) for x in pair)

    def value(self, t: ArrayLike) -> Array:
        """Return the value at `t`."""
        return np.asarray(np.interp(np.asarray(t, dtype=np.float64), self._knots, self._levels))

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope to the right of `t`."""
        return np.asarray(self._slopes[np.searchsorted(self._knots, t, side="right")])

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the times inside (0, until)."""
        return tuple(t for t in self.times if 0 < t < until)

    def quiet_after(self) -> float:
        """Return the last time at which the value changes, 0 if it is constant after t = 0."""
        moving = np.flatnonzero(np.diff(self._levels))
        return max(self.times[moving[-1] + 1], 0.0) if len(moving) else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest value."""
        return min(self.values), max(self.values)


@dataclass(frozen=True)
class Sine(Waveform):
    """SIN: `vo + va exp(-(t - td) theta) sin(2 pi freq (t - td) + phase)`, constant until `td`.

    `freq` in Hz, `td` in s, `theta` in 1/s, `phase` in degrees. Raises `InputError` unless `freq` is
    positive.
    """

    vo: float
    va: float
    freq: float
    td: float = 0.0
    theta: float = 0.0
    phase: float = 0.0

    keyword = "sin"

    def __post_init__(self) -> None:
        _check_finite(self)
        _check_positive(self, "freq")

    def arguments(self) -> tuple[float, ...]:
        """Return the six numbers."""
        return (self.vo, self.va, self.freq, self.td, self.theta, self.phase)

    def value(self, t: ArrayLike) -> Array:
        """Return the value at `t`."""
        since = np.maximum(np.asarray(t, dtype=np.float64) - self.td, 0.0)
        return np.asarray(self.vo + self.va * np.exp(-self.theta * since) * np.sin(self._angle(since)))

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope to the right of `t`."""
        since = np.asarray(t, dtype=np.float64) - self.td
        moving, since = since >= 0, np.maximum(since, 0.0)
        angle, omega = self._angle(since), 2.0 * math.pi * self.freq
        slope = self.va * np.exp(-self.theta * since) * (omega * np.cos(angle) - self.theta * np.sin(angle))
        return np.asarray(np.where(moving, slope, 0.0))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return `td`, if it lies in (0, until)."""
        return (self.td,) if 0 < self.td < until else ()

    def quiet_after(self) -> float:
        """Return inf, or 0 for the amplitude 0."""
        return math.inf if self.va else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The level and the amplitude on both sides of it; nothing where the amplitude grows."""
        reach = math.inf if self.theta < 0 and self.va else abs(self.va)
        return self.vo - reach, self.vo + reach

    def _angle(self, since: Array) -> Array:
        return 2.0 * math.pi * self.freq * since + math.radians(self.phase)


@dataclass(frozen=True)
class Exponential(Waveform):
    """EXP: from `v1` towards `v2` after `td1` with time constant `tau1`, and back after `td2` with `tau2`.

    Times in s. Raises `InputError` unless `td1` and both time constants are positive and `td2` is not before
    `td1`.
    """

    v1: float
    v2: float
    td1: float
    tau1: float
    td2: float
    tau2: float

    keyword = "exp"

    def __post_init__(self) -> None:
        _check_finite(self)
        _check_positive(self, "td1", "tau1", "tau2")
        if self.td2 < self.td1:
            raise InputError(f"`td2` of EXP is {self.td2:g}, before `td1`, {self.td1:g}")

    def arguments(self) -> tuple[float, ...]:
        """Return the six numbers."""
        return (self.v1, self.v2, self.td1, self.tau1, self.td2, self.tau2)

    def value(self, t: ArrayLike) -> Array:
        """Return the value at `t`."""
        there, back = self._since(t)
        risen = np.expm1(-back / self.tau2) - np.expm1(-there / self.tau1)
        return np.asarray(self.v1 + (self.v2 - self.v1) * risen)

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope to the right of `t`."""
        t = np.asarray(t, dtype=np.float64)
        there, back = self._since(t)
        up = np.where(t >= self.td1, np.exp(-there / self.tau1) / self.tau1, 0.0)
        down = np.where(t >= self.td2, np.exp(-back / self.tau2) / self.tau2, 0.0)
        return np.asarray((self.v2 - self.v1) * (up - down))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return `td1` and `td2`, where they lie in (0, until)."""
        return tuple(sorted({t for t in (self.td1, self.td2) if 0 < t < until}))

    def quiet_after(self) -> float:
        """Return inf, or 0 for a constant signal."""
        return 0.0 if self.v1 == self.v2 else math.inf

    @property
    def bounds(self) -> tuple[float, float]:
        """The two levels, and as far beyond `v1` where the way back is faster than the way there."""
        beyond = self.v1 if self.tau1 <= self.tau2 else 2.0 * self.v1 - self.v2
        levels = self.v1, self.v2, beyond
        return min(levels), max(levels)

    def _since(self, t: ArrayLike) -> tuple[Array, Array]:
        t = np.asarray(t, dtype=np.float64)
        return np.maximum(t - self.td1, 0.0), np.maximum(t - self.td2, 0.0)


def _check_finite(waveform: Waveform) -> None:
    for name in (f.name for f in fields(waveform)):  # type: ignore[arg-type]
        if not math.isfinite(getattr(waveform, name)):
            raise InputError(f"`{name}` of {waveform.keyword.upper()} is not finite")


def _check_positive(waveform: Waveform, *names: str) -> None:
    for name in names:
        if getattr(waveform, name) <= 0:
            raise InputError(f"`{name}` of {waveform.keyword.upper()} must be positive")
