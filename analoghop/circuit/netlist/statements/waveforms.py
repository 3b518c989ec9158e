"""The value of an independent source: a level, a waveform, or both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analoghop.circuit.netlist.scopes import Quantity, quantity
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
        """Return the signal; omitted times have ngspice's defaults, which depend on the deck's `.tran`."""
        numbers = [place.scope.number(a) for a in self.arguments]
        step, stop = place.defaults.step, place.defaults.stop
        try:
            with np.errstate(all="ignore"):
                if self.kind == "trnoise":
                    return transient_noise(place.scope.number(self.level or 0.0), numbers)
                signal = from_deck(self.kind, numbers, step, stop)
                start = float(signal.value(0.0))
        except NetlistError:
            raise
        except InputError as error:
            hint = "" if math.isfinite(stop) else ", and there is no .tran line to take times from"
            raise self.line.error(f"{error}{hint}", self.offset) from error
        if self.level is not None:
            level = place.scope.number(self.level)
            if level != start:
                self.line.notice(f"the source starts at {start:g}; DC {level:g} is not used", self.offset)
        return signal


def waveform(line: DeckLine, fields: Sequence[Word], form: str) -> WaveformStatement:
    """Return the waveform in `fields`, which follow a source's nodes. AC is skipped with a notice."""
    level: Quantity | None = None
    numbers: tuple[Quantity, ...] = ()
    kind, offset = "", len(line.text)
    rest = list(fields)
    while rest:
        word = rest.pop(0)
        if word.text == "ac" and not word.braced:
            line.notice("AC is for small-signal analysis and is not used", word.offset)
            _numbers(line, rest, form)
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
        return WaveformStatement(kind, numbers, level, line, offset)
    if level is None:
        line.notice("the source has no value: 0 is taken")
        level = 0.0
    return WaveformStatement("dc", (level,), None, line, offset)


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
    return tuple(quantity(line, word, form) for word in taken)
