"""The values of an independent source: a level, a waveform, or both, and its small signal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analoghop.circuit.elements import Phasor
from analoghop.circuit.netlist.scopes import Quantity, quantity
from analoghop.circuit.netlist.statements.cards import Unresolved
from analoghop.circuit.netlist.text.fields import Word
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.source_arguments import from_deck
from analoghop.circuit.transient_noise import transient_noise
from analoghop.errors import InputError, NetlistError
from analoghop.schedules import Signal

KINDS = ("pulse", "pwl", "sin", "exp", "trnoise")
_REFUSED = ("sffm", "am", "trrandom", "external", "port")


class WaveformStatement(NamedTuple):
    """A waveform of some `kind` with its numbers; `level` is the value of `DC` on the same line."""

    kind: str
    arguments: tuple[Quantity, ...]
    level: Quantity | None
    line: DeckLine
    offset: int

    def resolve(self, place: Place) -> Signal:
        """Return the signal, with a notice where the level of `DC` is not its value at t = 0."""
        signal = self.signal(place)
        if self.level is not None and self.kind != "trnoise":
            level, start = place.scope.number(self.level), float(signal.value(0.0))
            if level != start:
                words = f"the source starts at {start:g}; DC {level:g} is not used in a run"
                self.line.notice(f"{words}, but by .dc, .ac and .noise", self.offset)
        return signal

    def signal(self, place: Place) -> Signal:
        """Return the signal; omitted times have ngspice's defaults, which depend on the deck's `.tran`."""
        numbers = [place.scope.number(a) for a in self.arguments]
        step, stop = place.defaults or (math.nan, math.nan)
        try:
            with np.errstate(all="ignore"):
                if self.kind == "trnoise":
                    return transient_noise(place.scope.number(self.level or 0.0), numbers)
                return from_deck(self.kind, numbers, step, stop)
        except NetlistError:
            raise
        except InputError as error:
            hint = "" if place.defaults else ", and there is no .tran line to take times from"
            raise self.line.error(f"{error}{hint}", self.offset) from error


class LevelStatement(NamedTuple):
    """The level of `DC` beside a waveform: that of the analyses at a standstill."""

    waveform: WaveformStatement

    def resolve(self, place: Place) -> float | None:
        """Return the level, None where the waveform alone, or at t = 0 too, tells it."""
        if self.waveform.level is None or self.waveform.kind == "trnoise":
            return None
        level, signal = place.scope.number(self.waveform.level), self.waveform.signal(place)
        return None if level == float(signal.value(0.0)) else level


class PhasorStatement(NamedTuple):
    """`AC [amplitude [degrees]]`; None without the word."""

    arguments: tuple[Quantity, ...] | None

    def resolve(self, place: Place) -> Phasor | None:
        """Return the small signal, by default of amplitude 1 and phase 0 as in ngspice."""
        return None if self.arguments is None else Phasor(*map(place.scope.number, self.arguments))


def source_values(line: DeckLine, fields: Sequence[Word], form: str) -> tuple[Unresolved, ...]:
    """Return the waveform, the small signal and the level in `fields`, which follow a source's nodes."""
    level: Quantity | None = None
    phasor: tuple[Quantity, ...] | None = None
    numbers: tuple[Quantity, ...] = ()
    kind, offset = "", len(line.text)
    rest = list(fields)
    while rest:
        word = rest.pop(0)
        if word.text == "ac" and not word.braced and phasor is None:
            phasor = _phasor(line, word, _numbers(line, rest, form))
        elif word.text in KINDS and not kind:
            kind, offset = word.text, word.offset
            numbers = _numbers(line, rest, form)
        elif word.text == "dc" and level is None:
            if rest and rest[0].text == "=":
                rest.pop(0)
            if not rest:
                raise line.error("the level after DC is missing", len(line.text), form)
            level = quantity(line, rest.pop(0), form)
        elif level is None and not kind and word.text != "=":
            _refuse(line, word)
            level, offset = quantity(line, word, form), word.offset
        else:
            raise line.error(f"`{word.text}` is unexpected", word.offset, form)
    if kind:
        waveform = WaveformStatement(kind, numbers, level, line, offset)
        return waveform, PhasorStatement(phasor), LevelStatement(waveform)
    if level is None:
        if phasor is None:
            line.notice("the source has no value: 0 is taken")
        level = 0.0
    waveform = WaveformStatement("dc", (level,), None, line, offset)
    return waveform, PhasorStatement(phasor), LevelStatement(waveform)


def _phasor(line: DeckLine, word: Word, numbers: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    if len(numbers) > 2:
        form = "AC, an amplitude and a phase in degrees"
        raise line.error(f"AC has {len(numbers)} numbers", word.offset, form)
    return numbers


def _refuse(line: DeckLine, word: Word) -> None:
    if word.text in _REFUSED:
        raise line.error(
            f"{word.text.upper()} sources are not supported",
            word.offset,
            "DC, PULSE, PWL, SIN, EXP or TRNOISE",
        )


def _numbers(line: DeckLine, rest: list[Word], form: str) -> tuple[Quantity, ...]:
    """Remove and return the numbers before the next keyword in `rest`; rejects `r=` and `td=` of PWL."""
    count = next(
        (k for k, w in enumerate(rest) if not w.braced and w.text in ("dc", "ac", *KINDS)), len(rest)
    )
    taken = rest[:count]
    del rest[:count]
    for k, word in enumerate(taken):
        if word.text == "=" and not word.braced:
            name = taken[k - 1].text if k else ""
            raise line.error(f"`{name}=` is not supported: write all points, or PULSE", word.offset, form)
    return tuple(quantity(line, word, form, in_expression=True) for word in taken)
