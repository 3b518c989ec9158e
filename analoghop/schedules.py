"""Signals, scalar functions of time: the contract `Signal`, and `Schedule`, piecewise linear or geometric."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Mask, frozen, readonly_fields, real
from analoghop.errors import InputError, check_kind


class Signal(ABC):
    """A scalar function of time with a known derivative and known corners (jumps of value or derivative).

    `t` is a float or an array of any shape; results have its shape. `t` is in seconds, results are in the
    unit of the quantity.
    """

    @abstractmethod
    def value(self, t: ArrayLike) -> Array:
        """Return the value at `t`."""

    @abstractmethod
    def rate(self, t: ArrayLike) -> Array:
        """Return the derivative at `t`; at a corner, the one to the right of it."""

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the increasing times in (0, until) at which value or rate jumps."""
        return ()

    def quiet_after(self) -> float:
        """Return the time after which the value no longer changes (inf if it always changes)."""
        return float("inf")

    @property
    def bounds(self) -> tuple[float, float]:
        """An interval that holds the value at all times t >= 0; infinite where none is known."""
        return float("-inf"), float("inf")


@dataclass(frozen=True)
class Constant(Signal):
    """The constant signal of value `level`."""

    level: float

    def __post_init__(self) -> None:
        level = real(self.level, "`level`")
        if level.ndim or not np.isfinite(level):
            raise InputError(f"`level` of a constant is {self.level!r}, expected a finite number")

    def value(self, t: ArrayLike) -> Array:
        """Return the level, in the shape of `t`."""
        return np.full(np.shape(t), self.level)

    def rate(self, t: ArrayLike) -> Array:
        """Return zero, in the shape of `t`."""
        return np.zeros(np.shape(t))

    def quiet_after(self) -> float:
        """Return 0: a constant is at rest from the start."""
        return 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The level twice."""
        return self.level, self.level


@dataclass(frozen=True, eq=False)
class Schedule(Signal):
    """A parameter in time: `levels` at increasing `knots` (s), constant outside them.

    `kind` is "linear" or "geometric" (straight in the logarithm: all levels positive).
    Raises `InputError` for knots that do not increase, lengths that differ, or levels of the wrong sign.
    """

    knots: Array
    levels: Array
    kind: Literal["linear", "geometric"] = "linear"

    def __post_init__(self) -> None:
        knots, levels = frozen(real(self.knots, "`knots`")), frozen(real(self.levels, "`levels`"))
        if knots.ndim != 1 or knots.shape != levels.shape or len(knots) == 0:
            raise InputError("`knots` and `levels` of a schedule need the same, non-zero length")
        if not (np.isfinite(knots).all() and np.isfinite(levels).all()):
            raise InputError("`knots` and `levels` of a schedule must be finite")
        if not (np.diff(knots) > 0).all():
            raise InputError("`knots` of a schedule must increase")
        if self.kind not in ("linear", "geometric"):
            raise InputError(f"`kind` of a schedule is 'linear' or 'geometric', not {self.kind!r}")
        if self.kind == "geometric" and not (levels > 0).all():
            raise InputError("a geometric schedule needs positive `levels`")
        readonly_fields(self, knots=knots, levels=levels)

    def value(self, t: ArrayLike) -> Array:
        """Return the interpolated level at `t`."""
        t = np.asarray(t, dtype=np.float64)
        if self.kind == "geometric":
            return np.asarray(np.exp(np.interp(t, self.knots, np.log(self.levels))))
        return np.asarray(np.interp(t, self.knots, self.levels))

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope at `t`, to the right of a knot; zero outside the knots."""
        t = np.asarray(t, dtype=np.float64)
        if len(self.knots) == 1:
            return np.zeros(t.shape)
        levels = np.log(self.levels) if self.kind == "geometric" else self.levels
        slopes = np.concatenate([[0.0], np.diff(levels) / np.diff(self.knots), [0.0]])
        slope = slopes[np.searchsorted(self.knots, t, side="right")]
        return slope * self.value(t) if self.kind == "geometric" else slope

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the knots inside (0, until)."""
        return tuple(float(k) for k in self.knots if 0 < k < until)

    def quiet_after(self) -> float:
        """Return the last knot, or 0 if all levels are equal."""
        return float(max(self.knots[-1], 0.0)) if np.ptp(self.levels) else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest level."""
        return float(self.levels.min()), float(self.levels.max())


@dataclass(frozen=True)
class Signals:
    """Several signals as one vector: the inputs w(t) of a circuit.

    Raises `InputError` for a value that is not a signal.
    """

    signals: tuple[Signal, ...] = ()

    def __post_init__(self) -> None:
        check_kind(self.signals, Iterable, "signals", "a tuple of signals such as `Schedule`")
        object.__setattr__(self, "signals", tuple(self.signals))
        for signal in self.signals:
            check_kind(signal, Signal, "signals", "signals such as `Schedule`")

    def __len__(self) -> int:
        return len(self.signals)

    def value(self, t: ArrayLike) -> Array:
        """Return w(t): (len, 1) for a float `t`, (len, members) for an array (members,)."""
        return self._stack([s.value(t) for s in self.signals], t)

    def rate(self, t: ArrayLike) -> Array:
        """Return dw/dt in the shape of `value`."""
        return self._stack([s.rate(t) for s in self.signals], t)

    def _stack(self, rows: list[Array], t: ArrayLike) -> Array:
        return np.array(rows, dtype=np.float64).reshape(len(rows), np.size(t))

    @property
    def constant(self) -> bool:
        """Whether all signals are constant."""
        return self.quiet_after() == 0.0

    @property
    def moving(self) -> Mask:
        """Mask of the signals that are not constant, (len,)."""
        return np.array([s.quiet_after() > 0 for s in self.signals], dtype=np.bool_)

    def resting_value(self) -> Array:
        """Return the values of the constant signals, zero for the others, (len, 1)."""
        return np.where(self.moving[:, None], 0.0, self.value(0.0))

    def take(self, mask: Mask) -> Signals:
        """Return the signals that `mask` (len,) picks."""
        return Signals(tuple(s for s, picked in zip(self.signals, mask, strict=True) if picked))

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the increasing times in (0, until) at which the value or rate of any signal jumps."""
        return tuple(sorted({b for s in self.signals for b in s.breakpoints(until)}))

    def quiet_after(self) -> float:
        """Return the time after which all signals are constant."""
        return max((s.quiet_after() for s in self.signals), default=0.0)


@dataclass(frozen=True)
class ReciprocalSignal(Signal):
    """The reciprocal 1 / `signal`, e.g. of a temperature, as a gain."""

    signal: Signal

    def value(self, t: ArrayLike) -> Array:
        """Return 1 / signal(t)."""
        return np.asarray(1.0 / self.signal.value(t))

    def rate(self, t: ArrayLike) -> Array:
        """Return the derivative of 1 / signal."""
        return np.asarray(-self.signal.rate(t) / self.signal.value(t) ** 2)

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the corners of the signal."""
        return self.signal.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the signal is constant."""
        return self.signal.quiet_after()


def check_signals(circuit: Any) -> None:
    """Raise `InputError` unless a circuit's `signals` are `Signals` and each factor is a `Signal` or None.

    A tuple or list of signals is converted to `Signals`.
    """
    if isinstance(circuit.signals, tuple | list):
        object.__setattr__(circuit, "signals", Signals(tuple(circuit.signals)))
    check_kind(circuit.signals, Signals, "signals", "`Signals` or a list of signals such as `Schedule`")
    for name in ("gain_factor", "coupling_factor", "noise_factor"):
        if getattr(circuit, name) is not None:
            check_kind(getattr(circuit, name), Signal, name, "a signal such as `Schedule`, or None")
