"""`from_deck`: the signal of a source from the numbers in a deck, with defaults for omitted ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

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
    return Pulse(given[0], given[1], _or(given, 2, 0.0), rise, fall, width, period, _or(given, 7, 0.0))


def _pwl(given: Sequence[float], step: float, stop: float) -> Signal:
    if len(given) % 2:
        raise InputError(f"PWL has {len(given)} numbers, expected pairs of a time and a value")
    return Pwl(tuple(given[::2]), tuple(given[1::2]))


def piecewise(given: Sequence[float], repeat: float | None, delay: float) -> tuple[Pwl, float]:
    """Return PWL with its `delay` (s), repeated from the time `repeat` on, and the length of its jumps.

    Two values at one time are a jump, and so is the way back to the beginning of what repeats: here it is a
    ramp whose length is a millionth of the shortest interval. Raises `InputError` for numbers that do not
    fit.
    """
    if len(given) % 2 or not given:
        raise InputError(f"PWL has {len(given)} numbers, expected pairs of a time and a value")
    times, values = list(given[::2]), list(given[1::2])
    apart = [b - a for a, b in pairwise(times) if b > a]
    short = _SHORT * min(apart, default=1.0)
    jumps = [k for k in range(1, len(times)) if times[k] == times[k - 1]]
    jumped = bool(jumps)
    for k in jumps:
        times[k] = times[k - 1] + short
    if repeat is not None:
        if repeat not in times[:-1]:
            raise InputError(f"PWL repeats from {repeat:g} s on, expected one of its times but the last")
        first = values[times.index(repeat)]
        if first != values[-1]:
            jumped = True
            times.insert(-1, times[-1] - short)
            values.append(first)
    shifted = tuple(t + delay for t in times)
    return Pwl(shifted, tuple(values), None if repeat is None else repeat + delay), short if jumped else 0.0


def _sine(given: Sequence[float], step: float, stop: float) -> Signal:
    frequency = _or(given, 2, 1.0 / stop)
    return Sine(given[0], given[1], frequency, _or(given, 3, 0.0), _or(given, 4, 0.0), _or(given, 5, 0.0))


def _exponential(given: Sequence[float], step: float, stop: float) -> Signal:
    start = _or(given, 2, step)
    back = _or(given, 4, start + step)
    return Exponential(given[0], given[1], start, _or(given, 3, step), back, _or(given, 5, step))


_SHORT = 1e-6  # of the shortest interval
_Builder = Callable[[Sequence[float], float, float], Signal]
_KINDS: Mapping[str, tuple[str, int, float, _Builder]] = {
    "dc": ("one", 1, 1, lambda given, step, stop: Constant(given[0])),
    "pulse": ("v1 v2 [td tr tf pw per [count]]", 2, 8, _pulse),
    "pwl": ("t1 v1 [t2 v2 ...]", 2, math.inf, _pwl),
    "sin": ("vo va [freq td theta phase]", 2, 6, _sine),
    "exp": ("v1 v2 [td1 tau1 td2 tau2]", 2, 6, _exponential),
}
"""Keyword: form, smallest and largest number of arguments, builder."""
