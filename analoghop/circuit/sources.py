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
    a pulse whose period is the length of the run has not yet ended there, as in ngspice. After `count`
    pulses, where that is not 0, the value stays `v1`. Raises `InputError` unless all times but `td` are
    positive.
    """

    v1: float
    v2: float
    td: float
    tr: float
    tf: float
    pw: float
    per: float
    count: float = 0.0

    keyword = "pulse"

    def __post_init__(self) -> None:
        _check_finite(self)
        _check_positive(self, "tr", "tf", "pw", "per")
        if self.count < 0 or self.count != int(self.count):
            raise InputError(f"`count` of PULSE is {self.count:g}, expected a number of pulses")

    def arguments(self) -> tuple[float, ...]:
        """Return the seven numbers, and the count where there is one."""
        numbers = (self.v1, self.v2, self.td, self.tr, self.tf, self.pw, self.per)
        return (*numbers, self.count) if self.count else numbers

    def value(self, t: ArrayLike) -> Array:
        """Return the value at `t`."""
        since = np.asarray(t, dtype=np.float64) - self._begin
        start = np.where(since <= self.per, 0.0, np.floor(self._ahead(since) / self.per) * self.per)
        found = np.interp(since - start, *self._outline)
        return np.asarray(np.where(self._over(since), self.v1, found) if self.count else found)

    def _over(self, since: Array) -> Array:
        """Return where all pulses are over."""
        return np.asarray(self._ahead(since) >= self.count * self.per)

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope to the right of `t`."""
        since = np.asarray(t, dtype=np.float64) - self._begin
        ahead = self._ahead(since)
        start = np.maximum(np.floor(ahead / self.per), 0.0) * self.per
        rise = self.v2 - self.v1
        slopes = np.array([0.0, rise / self.tr, 0.0, -rise / self.tf, 0.0])
        found = slopes[np.searchsorted(self._outline[0], ahead - start, side="right")]
        return np.asarray(np.where(self._over(since), 0.0, found) if self.count else found)

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the corners of every pulse in (0, until); raises `InputError` beyond a million."""
        if self._begin >= until:
            return ()
        corners = [c for c in self._outline[0].tolist() if c < self.per]
        periods = (until - self._begin) / self.per
        if self.count:
            periods = min(periods, self.count)
        if periods * len(corners) > MAX_BREAKPOINTS:
            number = f"more than {MAX_BREAKPOINTS} corners in {until:g} s"
            raise InputError(f"a pulse with a period of {self.per:g} s has {number}")
        first = max(0, math.floor(-self._begin / self.per))
        cycles = range(first, math.ceil(periods) + (0 if self.count else 1))
        times = sorted({self._begin + k * self.per + c for k in cycles for c in corners})
        apart = 8.0 * math.ulp(until)  # the end of one pulse and the beginning of the next may round apart
        return tuple(b for b, after in pairwise([*times, math.inf]) if 0 < b < until and after - b > apart)

    def quiet_after(self) -> float:
        """Return inf, 0 for pulses without height, or the end of a counted number of pulses."""
        if self.v1 == self.v2:
            return 0.0
        return max(self.td + self.count * self.per, 0.0) if self.count else math.inf

    @property
    def bounds(self) -> tuple[float, float]:
        """The two levels."""
        return min(self.v1, self.v2), max(self.v1, self.v2)

    @cached_property
    def _begin(self) -> float:
        """The beginning of the first pulse that reaches t = 0 or follows it, `td` or whole periods later."""
        return self.td if self.td >= 0 or self.count else -math.fmod(-self.td, self.per)

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

    With `repeat`, one of the times, the part from there to the last time repeats without end. Raises
    `InputError` for times that do not increase, for lengths that differ or are zero, and for a part that does
    not end with the value with which it begins.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]
    repeat: float | None = None
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
        if self.repeat is not None and self.repeat not in self.times[:-1]:
            raise InputError("PWL repeats from one of its times on, but the last")
        if self.repeat is not None and self.values[self.times.index(self.repeat)] != self.values[-1]:
            raise InputError("what PWL repeats must end with the value with which it begins")
        slopes = frozen([0.0, *(np.diff(levels) / np.diff(knots)), 0.0])
        object.__setattr__(self, "times", tuple(map(float, self.times)))
        object.__setattr__(self, "values", tuple(map(float, self.values)))
        readonly_fields(self, _knots=knots, _levels=levels, _slopes=slopes)

    def arguments(self) -> tuple[float, ...]:
        """Return t1, v1, t2, v2, ..."""
        return tuple(x for pair in zip(self.times, self.values, strict=True) for x in pair)

    def value(self, t: ArrayLike) -> Array:
        """Return the value at `t`."""
        return np.asarray(np.interp(self._folded(t), self._knots, self._levels))

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope to the right of `t`."""
        ahead = self._folded(t, 8.0)
        return np.asarray(self._slopes[np.searchsorted(self._knots, ahead, side="right")])

    def _folded(self, t: ArrayLike, roundings: float = 0.0) -> Array:
        """Return times in the first round of what repeats, moved up by some `roundings`."""
        t = np.asarray(t, dtype=np.float64)
        if self.repeat is None:
            return t
        period = self.times[-1] - self.repeat
        since = t - self.repeat
        since = since + roundings * np.spacing(np.abs(t) + abs(self.repeat) + period)
        late = since >= period
        return np.where(
            late, self.repeat + np.mod(since, period), t if not roundings else self.repeat + since
        )

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the times inside (0, until); raises `InputError` beyond a million."""
        times = list(self.times)
        if self.repeat is not None and until > times[-1]:
            again, period = [t for t in times if t > self.repeat], times[-1] - self.repeat
            rounds = math.ceil((until - times[-1]) / period)
            if rounds * len(again) > MAX_BREAKPOINTS:
                raise InputError(
                    f"a PWL that repeats every {period:g} s has more than {MAX_BREAKPOINTS} corners"
                )
            times += [t + k * period for k in range(1, rounds + 1) for t in again]
        return tuple(t for t in times if 0 < t < until)

    def quiet_after(self) -> float:
        """Return the last time at which the value changes, 0 for a constant, inf if it repeats."""
        if self.repeat is not None and len(set(self.values)) > 1:
            return math.inf
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
