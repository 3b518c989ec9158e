"""One measurement each: a value at a time, a crossing, an interval, an extreme, an integral."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.circuit.measure import finite
from analoghop.circuit.measuring.step_search import Curve, crossings, extreme, integral
from analoghop.circuit.requests import (
    Crossing,
    FindMeasure,
    Instant,
    IntervalMeasure,
    Measure,
    StatisticMeasure,
)


class Taker(Protocol):
    """Takes one measurement."""

    def take(self, curve: Curve) -> None:
        """Take the next pieces of the run."""

    def result(self, begin: float, end: float) -> float | None:
        """Return the value after a run from `begin` to `end`."""


def taker_of(measure: Measure) -> Taker:
    """Return the taker of a measurement that is not derived."""
    if isinstance(measure, FindMeasure):
        if isinstance(measure.when, Instant):
            return _At(measure, measure.when.time)
        return _Find(measure, _Moment(measure.when, measure.start, measure.stop))
    if isinstance(measure, IntervalMeasure):
        return _Interval(_moment(measure.trigger), _moment(measure.target))
    if isinstance(measure, StatisticMeasure):
        return _Extreme(measure) if measure.statistic in _EXTREMES else _Integral(measure)
    raise TypeError(f"no way to take a {type(measure).__name__}")


class _At:
    """A quantity at a given time."""

    def __init__(self, measure: FindMeasure, time: float) -> None:
        self._quantity, self._time = measure.quantity, time
        self._value: float | None = None

    def take(self, curve: Curve) -> None:
        inside = np.flatnonzero((curve.a <= self._time) & (self._time <= curve.b))
        if len(inside) and self._quantity is not None:
            # At a corner the later piece counts, where the inputs have jumped.
            self._value = finite(curve.signals(np.array([self._time]), inside[-1:]).of(self._quantity)[0])

    def result(self, begin: float, end: float) -> float | None:
        if self._quantity is None:
            return self._time if begin <= self._time <= end else None
        return self._value


class _Instant:
    """A given time as a moment."""

    def __init__(self, time: float) -> None:
        self._time = time

    def take(self, curve: Curve) -> None:
        """Do nothing: the time is known."""

    def result(self, begin: float, end: float) -> float | None:
        return self._time if begin <= self._time <= end else None


class _Moment:
    """The time of a crossing within a window, and the piece in which it was found last."""

    def __init__(self, when: Crossing, start: float = 0.0, stop: float | None = None) -> None:
        self._when = when
        self._first, self._last = max(when.after, start), np.inf if stop is None else stop
        self._seen = 0
        self._above: bool | None = None
        self.time: float | None = None

    def take(self, curve: Curve) -> tuple[float, int] | None:
        """Return the time that counts, where it lies in these pieces, and its piece."""
        when = self._when
        if (when.count and self._seen >= when.count) or float(curve.a[0]) > self._last:
            return None
        times, rises, pieces, self._above = crossings(curve, when.left, when.right, self._above)
        fits = (times >= self._first) & (times <= self._last)
        if when.edge != "cross":
            fits &= rises == (when.edge == "rise")
        found = np.flatnonzero(fits)
        before, self._seen = self._seen, self._seen + len(found)
        index = when.count - 1 - before if when.count else len(found) - 1
        if not (len(found) and 0 <= index < len(found)):
            return None
        k = found[index]
        self.time = float(times[k])
        return self.time, int(pieces[k])

    def result(self, begin: float, end: float) -> float | None:
        return self.time


def _moment(when: Instant | Crossing) -> _Instant | _Moment:
    return _Moment(when) if isinstance(when, Crossing) else _Instant(when.time)


class _Find:
    """A quantity at a crossing, or the crossing's time."""

    def __init__(self, measure: FindMeasure, moment: _Moment) -> None:
        self._quantity, self._moment = measure.quantity, moment
        self._value: float | None = None

    def take(self, curve: Curve) -> None:
        found = self._moment.take(curve)
        if found is not None and self._quantity is not None:
            values = curve.signals(np.array([found[0]]), np.array([found[1]])).of(self._quantity)
            self._value = finite(values[0])

    def result(self, begin: float, end: float) -> float | None:
        return self._moment.time if self._quantity is None else self._value


class _Interval:
    """The time from a trigger to a target."""

    def __init__(self, trigger: _Instant | _Moment, target: _Instant | _Moment) -> None:
        self._moments = trigger, target

    def take(self, curve: Curve) -> None:
        for moment in self._moments:
            moment.take(curve)

    def result(self, begin: float, end: float) -> float | None:
        trigger, target = (moment.result(begin, end) for moment in self._moments)
        return None if trigger is None or target is None else target - trigger


_EXTREMES = ("max", "min", "pp", "max_at", "min_at")


class _Window:
    """The part of a run from `start` to `stop`."""

    def __init__(self, measure: StatisticMeasure) -> None:
        self._measure = measure
        self._stop = np.inf if measure.stop is None else measure.stop

    def cut(self, curve: Curve) -> tuple[Array, Array, Indices]:
        """Return begin and end (k,) of the parts of pieces in the window, and their pieces."""
        a, b = np.maximum(curve.a, self._measure.start), np.minimum(curve.b, self._stop)
        inside = np.flatnonzero(a < b)
        return a[inside], b[inside], inside

    def length(self, begin: float, end: float) -> float:
        """Return the seconds of the window within the run."""
        return min(self._stop, end) - max(self._measure.start, begin)


class _Extreme(_Window):
    """MAX, MIN, PP, MAX_AT and MIN_AT."""

    def __init__(self, measure: StatisticMeasure) -> None:
        super().__init__(measure)
        self._best = dict.fromkeys((1.0, -1.0), (-np.inf, np.nan))

    def take(self, curve: Curve) -> None:
        a, b, pieces = self.cut(curve)
        if not len(a):
            return
        kind = self._measure.statistic
        for sign in (1.0, -1.0):
            if kind != "pp" and kind.startswith("min") != (sign < 0):
                continue
            self._best[sign] = extreme(curve, self._measure.quantity, sign, (a, b, pieces), self._best[sign])

    def result(self, begin: float, end: float) -> float | None:
        if self.length(begin, end) <= 0:
            return None
        (top, at_top), (low, at_low) = self._best[1.0], self._best[-1.0]
        found = {"max": top, "min": -low, "pp": top + low, "max_at": at_top, "min_at": at_low}
        return finite(found[self._measure.statistic])


class _Integral(_Window):
    """INTEG, AVG and RMS."""

    def __init__(self, measure: StatisticMeasure) -> None:
        super().__init__(measure)
        self._sum = 0.0

    def take(self, curve: Curve) -> None:
        a, b, pieces = self.cut(curve)
        if len(a):
            power = 2 if self._measure.statistic == "rms" else 1
            self._sum += integral(curve, self._measure.quantity, power, (a, b, pieces))

    def result(self, begin: float, end: float) -> float | None:
        length = self.length(begin, end)
        if length <= 0:
            return None
        if self._measure.statistic == "integ":
            return finite(self._sum)
        mean = self._sum / length
        return finite(np.sqrt(mean) if self._measure.statistic == "rms" else mean)
