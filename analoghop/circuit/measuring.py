"""`Measuring`: `.meas` results taken from the dense output of a solver's steps, while the run goes on.

Crossings are roots on the polynomial of a step, extremes are sought within steps, integrals are Gauss quadratures
within steps; the recorded times do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.circuit.measure import SignalValues, finite, measured_signals, with_derived
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    Instant,
    IntervalMeasure,
    Measure,
    StatisticMeasure,
)
from analoghop.circuit.step_search import Curve, crossings, extreme, integral
from analoghop.systems.base import System

PARTS = 8
"""Parts of a step between whose ends a signal is taken to have one extreme at most."""
_NUMBERS = 1 << 21  # states at the ends of parts that are held at once: 16 MB


class Step(Protocol):
    """The dense output of one accepted step, from `t_old` to `t` in s: maps times (k,) to states (n, k)."""

    @property
    def t_old(self) -> float:
        """The time at which the step began."""

    @property
    def t(self) -> float:
        """The time at which it ended."""

    def __call__(self, t: Array, /) -> Array:
        """Return the states at the times `t`."""


@dataclass(frozen=True, eq=False)
class _Piece:
    """A part of a step from `a` to `b`, in `parts` equal parts; `fresh` where the inputs have jumped at `a`."""

    step: Step
    a: float
    b: float
    parts: int
    fresh: bool


class Measuring:
    """Takes the `measures` of a deck during a run of `system`; a `Follower` of the engine `ScipyIVP`.

    Times before `start` (s) are left out. While an input moves, signals are looked at every `spacing` seconds
    at least, since a solver's steps need not resolve a source that no state reads.
    `results` has the value of each measurement; None where it fails, as `evaluate_measures` does.
    """

    def __init__(
        self, measures: Iterable[Measure], system: System, start: float = 0.0, spacing: float = float("inf")
    ) -> None:
        self._table = tuple(measures)
        self._system, self._start, self._spacing = system, start, spacing
        self._names = measured_signals(self._table)
        self._quiet = system.quiet_after()
        self._begin: float | None = None
        self._end = start
        self._corner = -np.inf
        self._takers: dict[str, _Taker] = {}
        for m in self._table:
            if not isinstance(m, DerivedMeasure):
                self._takers[m.name] = _taker(m)

    def follow(self, steps: Sequence[Step], corner: float) -> None:
        """Take the accepted `steps`; they lie before `corner` (s), where inputs may jump."""
        pieces: list[_Piece] = []
        for step in steps:
            if step.t <= self._start:
                continue
            fresh = self._begin is None or step.t_old >= self._corner
            if self._begin is None:
                self._begin = max(float(step.t_old), self._start)
            self._corner, self._end = corner, float(step.t)
            pieces += self._pieces(step, fresh)
        most = max(1, _NUMBERS // max(self._system.size + len(self._names), 1))
        group: list[_Piece] = []
        for piece in pieces:
            if group and sum(p.parts + 1 for p in group) + piece.parts + 1 > most:
                self._take(group, corner)
                group = []
            group.append(piece)
        if group:
            self._take(group, corner)

    def _pieces(self, step: Step, fresh: bool) -> list[_Piece]:
        a, b = max(float(step.t_old), self._start), float(step.t)
        parts = PARTS
        if a < self._quiet and self._spacing < np.inf:
            parts = max(parts, int(np.ceil((b - a) / self._spacing)))
        most = max(PARTS, _NUMBERS // max(self._system.size + len(self._names), 1) // 2)
        count = -(-parts // most)
        edges = np.linspace(a, b, count + 1)
        return [
            _Piece(step, float(edges[k]), float(edges[k + 1]), -(-parts // count), fresh and k == 0)
            for k in range(count)
        ]

    def _take(self, pieces: list[_Piece], corner: float) -> None:
        curve = _Stretch(self._system, self._names, pieces, float(np.nextafter(corner, -np.inf)))
        for taker in self._takers.values():
            taker.take(curve)

    def results(self) -> dict[str, float | None]:
        """Return the value of each measurement by its name."""
        found: dict[str, float | None] = dict.fromkeys(self._takers)
        if self._begin is not None:
            found = {name: taker.result(self._begin, self._end) for name, taker in self._takers.items()}
        return with_derived(self._table, found)


class _Stretch(Curve):
    """Expressions of signals along consecutive pieces of steps, with the inputs as they are until `before`."""

    def __init__(self, system: System, names: Sequence[str], pieces: Sequence[_Piece], before: float) -> None:
        self._system, self._names, self._pieces, self._before = system, names, pieces, before
        self.a = np.array([piece.a for piece in pieces])
        self.b = np.array([piece.b for piece in pieces])
        self.parts = np.array([piece.parts for piece in pieces])
        self.fresh = np.array([piece.fresh for piece in pieces])

    def signals(self, t: Array, piece: Indices) -> SignalValues:
        """Return all signals at the times `t` (k,), each within its own `piece` (k,)."""
        states = np.empty((self._system.size, len(t)))
        for k in np.unique(piece):
            chosen = np.flatnonzero(piece == k) if len(self._pieces) > 1 else slice(None)
            states[:, chosen] = self._pieces[int(k)].step(t[chosen])
        seen = np.minimum(t, self._before)
        return SignalValues(
            t, dict(zip(self._names, self._system.observe(seen, states, self._names), strict=True))
        )


class _Taker(Protocol):
    """Takes one measurement."""

    def take(self, curve: _Stretch) -> None:
        """Take the next pieces of the run."""

    def result(self, begin: float, end: float) -> float | None:
        """Return the value after a run from `begin` to `end`."""


def _taker(measure: Measure) -> _Taker:
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

    def take(self, curve: _Stretch) -> None:
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

    def take(self, curve: _Stretch) -> None:
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

    def take(self, curve: _Stretch) -> tuple[float, int] | None:
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

    def take(self, curve: _Stretch) -> None:
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

    def take(self, curve: _Stretch) -> None:
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

    def cut(self, curve: _Stretch) -> tuple[Array, Array, Indices]:
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
        self._best = {sign: (-np.inf, np.nan) for sign in (1.0, -1.0)}

    def take(self, curve: _Stretch) -> None:
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

    def take(self, curve: _Stretch) -> None:
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
