"""`from_deck`: the signal of a source from the numbers in a deck, with defaults for omitted ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from analoghop.circuit.sources import Exponential, Pulse, Pwl, Sine
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal


def from_deck(kind: str, arguments: Sequence[float], step: float, stop: float) -> Signal:
    """Return the signal of `kind` (dc, pulse, pwl, sin or exp) with its numbers as a deck writes them.

    Omitted numbers, and zeros that ngspice treats as omitted, have defaults that depend on `step` and
    `stop` (s) of the transient analysis. Raises `InputError` for an unknown kind and for numbers that do not
    fit.
    """
    kind = kind.lower()
    if kind not in _KINDS:
        raise InputError(f"there is no source `{kind}`: use DC, PULSE, PWL, SIN, EXP or TRNOISE")
    form, fewest, most, build = _KINDS[kind]
    if not fewest <= len(arguments) <= most:
        raise InputError(f"{kind.upper()} has {len(arguments)} numbers, expected {form}")
    return build([float(a) for a in arguments], step, stop)


def _or(given: Sequence[float], place: int, default: float) -> float:
    return (given[place] if place < len(given) else 0.0) or default


def _pulse(given: Sequence[float], step: float, stop: float) -> Signal:
    rise, fall, width, period = (_or(given, 3 + k, (step, step, stop, stop)[k]) for k in range(4))
    return Pulse(given[0], given[1], _or(given, 2, 0.0), rise, fall, width, period)


def _pwl(given: Sequence[float], step: float, stop: float) -> Signal:
    if len(given) % 2:
        raise InputError(f"PWL has {len(given)} numbers, expected pairs of a time and a value")
    return Pwl(tuple(given[::2]), tuple(given[1::2]))


def _sine(given: Sequence[float], step: float, stop: float) -> Signal:
    frequency = _or(given, 2, 1.0 / stop)
    return Sine(given[0], given[1], frequency, _or(given, 3, 0.0), _or(given, 4, 0.0), _or(given, 5, 0.0))


def _exponential(given: Sequence[float], step: float, stop: float) -> Signal:
    start = _or(given, 2, step)
    back = _or(given, 4, start + step)
    return Exponential(given[0], given[1], start, _or(given, 3, step), back, _or(given, 5, step))


_Builder = Callable[[Sequence[float], float, float], Signal]
_KINDS: Mapping[str, tuple[str, int, float, _Builder]] = {
    "dc": ("one", 1, 1, lambda given, step, stop: Constant(given[0])),
    "pulse": ("v1 v2 [td tr tf pw per]", 2, 7, _pulse),
    "pwl": ("t1 v1 [t2 v2 ...]", 2, math.inf, _pwl),
    "sin": ("vo va [freq td theta phase]", 2, 6, _sine),
    "exp": ("v1 v2 [td1 tau1 td2 tau2]", 2, 6, _exponential),
}
"""Keyword: form, smallest and largest number of arguments, builder."""
