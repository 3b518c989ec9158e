"""`SourceVector`: the independent sources of a circuit as columns of one vector w(t)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


class SourceVector:
    """Columns of w(t): the constant 1, the sources in the deck's order, functions of time, and t."""

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

    def timed(self, name: str) -> list[tuple[float, int]]:
        """Return (coefficient, column) of the functions of time in the expression of element `name`."""
        return self._timed.get(name, [])


def _reads_time(found: Recognised) -> bool:
    forms = [found.linear, *(form for use in found.uses for form in use.unit.inputs)]
    return any(leaf == TIME for form in forms for leaf, _ in form.items)
