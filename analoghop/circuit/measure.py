"""`.meas` results: numbers computed from waveforms by ngspice's definitions.

Between recorded points a signal is interpolated linearly, so record densely; `measuring` takes them from a
solver's own steps instead. Where ngspice 39 uses recorded
points only (MAX and MIN at the ends of a window, AVG over one), we interpolate to the ends of the window;
INTEG and RMS use the trapezoidal rule throughout (ngspice uses Simpson's rule where steps are equal).
The results agree as steps shrink.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.elements import GROUND
from analoghop.circuit.expressions import (
    Current,
    Expr,
    Leaf,
    Number,
    Variable,
    Voltage,
    evaluate,
    leaves,
    substitute,
    variables,
)
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    IntervalMeasure,
    Measure,
    Statistic,
    StatisticMeasure,
    When,
    expressions,
)
from analoghop.errors import InputError
from analoghop.formats.waveforms.waveforms import Waveforms


def measured_signals(measures: Iterable[Measure]) -> tuple[str, ...]:
    """Return the names of the signals, such as `v(a)` and `i(v1)`, that `measures` read."""
    names: dict[str, None] = {}
    for measure in measures:
        for expr in expressions(measure):
            for leaf in leaves(expr):
                names.update(dict.fromkeys(_signals_of(leaf)))
    return tuple(names)


def evaluate_measures(measures: Iterable[Measure], waves: Waveforms) -> dict[str, float | None]:
    """Return the value of each measurement by its name; None where it fails.

    A measurement fails if its crossing does not happen, its time lies outside the waveforms, its window is
    empty, or it refers to a measurement that fails, to itself, or to an unknown one. Values in V, A, s and
    their products. Raises `InputError` if `waves` lack a signal that a measurement reads (see
    `measured_signals`).
    """
    table = tuple(measures)
    signals = SignalValues(waves.times, {name: waves[name] for name in measured_signals(table)})
    return measured_from(table, signals)


def measured_from(table: Sequence[Measure], signals: SignalValues) -> dict[str, float | None]:
    """Return the value of each measurement of `table` by its name, from the signals at their times."""
    return with_derived(
        table, {m.name: _measured(m, signals) for m in table if not isinstance(m, DerivedMeasure)}
    )


def with_derived(table: Sequence[Measure], found: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return the value of each measurement of `table`, given those `found` that are not derived."""
    found, names = dict(found), [m.name for m in table]
    derived = {m.name: m.expression for m in table if isinstance(m, DerivedMeasure)}
    # Every round evaluates at least one of the derived measurements that can be evaluated.
    for _ in range(len(derived)):
        for name, expression in derived.items():
            if name not in found:
                value = _derived(expression, found, names)
                if value is not None:
                    found[name] = value
    return {m.name: found.get(m.name) for m in table}


class SignalValues:
    """Expressions of signals at times `t` (k,) in s; `rows` are the signals by name, (k,) each.

    For other analyses `t` are the values of the swept quantity, which may fall, or frequencies.
    """

    def __init__(self, t: Array, rows: Mapping[str, Array]) -> None:
        self.t, self._rows = t, rows

    def of(self, expr: Expr) -> Array:
        """Return `expr` at all times, (k,)."""
        return np.broadcast_to(evaluate(expr, self._leaf), self.t.shape)

    def _leaf(self, leaf: Leaf) -> Array:
        if isinstance(leaf, Variable):
            if leaf.name != "time":
                raise InputError(f"a measurement asks for `{leaf.name}`, which no waveform has")
            return self.t
        values = [self._rows[name] for name in _signals_of(leaf)]
        if isinstance(leaf, Voltage) and leaf.a == GROUND:
            return -values[0] if values else np.zeros(len(self.t))
        return values[0] - values[1] if len(values) == 2 else values[0]


def _signals_of(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf, Current):
        return (f"i({leaf.source})",)
    if isinstance(leaf, Voltage):
        return tuple(f"v({node})" for node in (leaf.a, leaf.b) if node != GROUND)
    return ()


def _measured(measure: Measure, signals: SignalValues) -> float | None:
    if isinstance(measure, FindMeasure):
        t = _moment(measure.when, signals, measure.start, measure.stop)
        if t is None or measure.quantity is None:
            return t
        times, values = _rising(signals.t, signals.of(measure.quantity))
        return finite(np.interp(t, times, values))
    if isinstance(measure, IntervalMeasure):
        trigger, target = _moment(measure.trigger, signals), _moment(measure.target, signals)
        return None if trigger is None or target is None else target - trigger
    if isinstance(measure, StatisticMeasure):
        return _statistic(measure, signals)
    raise TypeError(f"no way to take a {type(measure).__name__}")


def _derived(expression: Expr, known: Mapping[str, float | None], names: Collection[str]) -> float | None:
    """Return the value of an expression of measurements; of `names`, those that are not `known` have none."""
    if any(known.get(name) is None for name in variables(expression) if name in names):
        return None
    # A measurement may be called `e` or `pi`: its value comes before the constant's.
    values: dict[Leaf, Expr] = {Variable(n): Number(value) for n, value in known.items() if value is not None}
    tree = substitute(expression, values)
    return None if leaves(tree) else finite(evaluate(tree, lambda leaf: math.nan))


def _moment(when: When, signals: SignalValues, start: float = 0.0, stop: float | None = None) -> float | None:
    """Return the time of `when` in seconds, None if it does not occur."""
    t = signals.t
    if not isinstance(when, Crossing):
        return when.time if t.min() <= when.time <= t.max() else None
    difference = signals.of(when.left) - signals.of(when.right)
    above = difference >= 0.0
    rises, falls = ~above[:-1] & above[1:], above[:-1] & ~above[1:]
    k = np.flatnonzero({"rise": rises, "fall": falls, "cross": rises | falls}[when.edge])
    before, after = difference[k], difference[k + 1]
    times = t[k] + (t[k + 1] - t[k]) * before / (before - after)
    times = times[(times >= max(when.after, start)) & (times <= (np.inf if stop is None else stop))]
    if len(times) < max(when.count, 1):
        return None
    return float(times[when.count - 1])


def _statistic(measure: StatisticMeasure, signals: SignalValues) -> float | None:
    times, y = _rising(signals.t, signals.of(measure.quantity))
    start = max(measure.start, float(times[0]))
    stop = float(times[-1]) if measure.stop is None else min(measure.stop, float(times[-1]))
    if not start < stop:
        return None
    inside = (times > start) & (times < stop)
    t = np.concatenate([[start], times[inside], [stop]])
    ends = np.interp([start, stop], times, y)
    return finite(_STATISTICS[measure.statistic](t, np.concatenate([ends[:1], y[inside], ends[1:]])))


def _rising(t: Array, y: Array) -> tuple[Array, Array]:
    return (t, y) if t[0] <= t[-1] else (t[::-1], y[::-1])


def _integral(t: Array, y: Array) -> float:
    return float(np.sum(np.diff(t) * (y[1:] + y[:-1])) / 2.0)


_STATISTICS: Mapping[Statistic, Callable[[Array, Array], float]] = {
    "max": lambda t, y: float(y.max()),
    "min": lambda t, y: float(y.min()),
    "pp": lambda t, y: float(y.max() - y.min()),
    "avg": lambda t, y: _integral(t, y) / float(t[-1] - t[0]),
    "rms": lambda t, y: float(np.sqrt(_integral(t, y * y) / (t[-1] - t[0]))),
    "integ": _integral,
    "max_at": lambda t, y: float(t[y.argmax()]),
    "min_at": lambda t, y: float(t[y.argmin()]),
}


def finite(value: object) -> float | None:
    """Return a number as a float, None if it is not finite."""
    number = float(np.asarray(value, dtype=np.float64))
    return number if np.isfinite(number) else None
