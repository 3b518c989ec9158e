"""`SourceVector`: the independent sources of a circuit as columns of one vector w(t)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import CurrentSource, VoltageSource
from analoghop.circuit.expressions import Expr, compile_expression, differentiate
from analoghop.circuit.expressions.events import events
from analoghop.circuit.recognition.recognise import TIME, Recognised
from analoghop.schedules import Constant, Signal, Signals
from analoghop.systems.circuits.lines.waves import Wave


@dataclass(frozen=True)
class Ramp(Signal):
    """The signal t, in seconds."""

    def value(self, t: ArrayLike) -> Array:
        """Return `t`."""
        return np.asarray(t, dtype=np.float64)

    def rate(self, t: ArrayLike) -> Array:
        """Return 1."""
        return np.ones(np.shape(t))


@dataclass(frozen=True)
class TimeFunction(Signal):
    """An expression of a deck whose only variable is `time`."""

    expression: Expr

    @cached_property
    def _value(self):  # type: ignore[no-untyped-def]
        return compile_expression(self.expression, (TIME,))

    @cached_property
    def _rate(self):  # type: ignore[no-untyped-def]
        return compile_expression(differentiate(self.expression, TIME), (TIME,))

    def value(self, t: ArrayLike) -> Array:
        """Return the expression at `t`."""
        t = np.asarray(t, dtype=np.float64)
        return np.broadcast_to(self._value(t), t.shape)

    def rate(self, t: ArrayLike) -> Array:
        """Return the derivative of the expression at `t`."""
        t = np.asarray(t, dtype=np.float64)
        return np.broadcast_to(self._rate(t), t.shape)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the edges of short events in (0, until), such as a pulse, which long steps could miss."""
        return events(self.expression, TIME, until)


@dataclass(frozen=True)
class Slope(Signal):
    """The rate of the signal in another `column` of the vector; it rests with the signal."""

    of: Signal
    column: int

    def value(self, t: ArrayLike) -> Array:
        """Return the rate of the signal at `t`."""
        return self.of.rate(t)

    def rate(self, t: ArrayLike) -> Array:
        """Return the rate of the rate: a central difference, which only currents into capacitors show."""
        t = np.asarray(t, dtype=np.float64)
        step = np.maximum(1e-6 * np.abs(t), 1e-12)
        return np.asarray((self.of.rate(t + step) - self.of.rate(t - step)) / (2.0 * step))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the corners of the signal."""
        return self.of.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the signal rests."""
        return self.of.quiet_after()


class SourceVector:
    """Columns of w(t): the constant 1, the sources in the deck's order, functions of time, and t.

    `slopes` appends columns for the rates of others.
    """

    one = 0

    def __init__(self, circuit: Circuit, recognised: Mapping[str, Recognised]) -> None:
        signals: list[Signal] = [Constant(1.0)]
        self._columns: dict[str, int] = {}
        for element in circuit.elements:
            if isinstance(element, (VoltageSource, CurrentSource)):
                self._columns[element.name] = len(signals)
                signals.append(element.signal)
        self._timed: dict[str, list[tuple[float, int]]] = {}
        for name, found in recognised.items():
            for coefficient, expression in found.timed:
                self._timed.setdefault(name, []).append((coefficient, len(signals)))
                signals.append(TimeFunction(expression))
        self._time = len(signals) if any(_reads_time(r) for r in recognised.values()) else None
        if self._time is not None:
            signals.append(Ramp())
        self.signals = Signals(tuple(signals))

    def __len__(self) -> int:
        return len(self.signals)

    @property
    def time(self) -> int:
        """Column of the signal t."""
        assert self._time is not None
        return self._time

    def column(self, source: str) -> int:
        """Return the column of a voltage or current source."""
        return self._columns[source]

    def slopes(self, columns: Sequence[int]) -> list[int]:
        """Append the rates of the signals of some columns; return their columns."""
        first = len(self)
        signals = self.signals.signals
        self.signals = Signals((*signals, *(Slope(signals[k], k) for k in columns)))
        return list(range(first, len(self)))

    def timed(self, name: str) -> list[tuple[float, int]]:
        """Return (coefficient, column) of the functions of time in the expression of element `name`."""
        return self._timed.get(name, [])


def at_rest(signals: Signals) -> Signals:
    """Return the signals with all rates of others at zero, as they are where nothing moves."""
    if not any(isinstance(s, Slope) for s in signals.signals):
        return signals
    return Signals(
        tuple(replace(s, of=Constant(0.0)) if isinstance(s, Slope) else s for s in signals.signals)
    )


def at_start(signals: Signals) -> Signals:
    """Return the signals with waves in lines at what they are until t = 0."""
    if not any(isinstance(s, Wave) for s in signals.signals):
        return signals
    return Signals(tuple(Constant(s.initial) if isinstance(s, Wave) else s for s in signals.signals))


def _reads_time(found: Recognised) -> bool:
    forms = [found.linear, *(form for use in found.uses for form in use.unit.inputs)]
    return any(leaf == TIME for form in forms for leaf, _ in form.items)
