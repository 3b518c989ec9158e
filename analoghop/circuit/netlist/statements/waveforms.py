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
from analoghop.circuit.source_arguments import from_deck, piecewise
from analoghop.circuit.transient_noise import transient_noise
from analoghop.errors import InputError, NetlistError
from analoghop.schedules import Signal

KINDS = ("pulse", "pwl", "sin", "exp", "trnoise")
_ALIASES = {"sine": "sin", "pulse": "pulse"}
_SETTINGS = ("r", "td")
_REFUSED = ("sffm", "am", "trrandom", "external", "port")


class WaveformStatement(NamedTuple):
    """A waveform of some `kind` with its numbers; `level` is the value of `DC` on the same line."""

    kind: str
    arguments: tuple[Quantity, ...]
    level: Quantity | None
    line: DeckLine
    offset: int
    settings: dict[str, Quantity]

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
        step, stop = place.defaults.step, place.defaults.stop
        try:
            with np.errstate(all="ignore"):
                if self.kind == "trnoise":
                    return transient_noise(place.scope.number(self.level or 0.0), numbers)
                if self.kind == "pwl":
                    return self._pwl(numbers, place)
                return from_deck(self.kind, numbers, step, stop)
        except NetlistError:
            raise
        except InputError as error:
            hint = "" if math.isfinite(stop) else ", and there is no .tran line to take times from"
            raise self.line.error(f"{error}{hint}", self.offset) from error

    def _pwl(self, numbers: Sequence[float], place: Place) -> Signal:
        repeat, delay = (
            place.scope.number(self.settings[name]) if name in self.settings else None for name in _SETTINGS
        )
        signal, jumps = piecewise(numbers, repeat, delay or 0.0)
        if jumps:
            self.line.notice(f"the jumps of PWL are ramps of {jumps:.3g} s here", self.offset)
        return signal


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
    settings: dict[str, Quantity] = {}
    while rest:
        word = rest.pop(0)
        if word.text == "ac" and not word.braced and phasor is None:
            phasor = _phasor(line, word, _numbers(line, rest, form, "ac", settings))
        elif _ALIASES.get(word.text, word.text) in KINDS and not word.braced and not kind:
            kind, offset = _ALIASES.get(word.text, word.text), word.offset
            numbers = _numbers(line, rest, form, kind, settings)
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
        waveform = WaveformStatement(kind, numbers, level, line, offset, settings)
        return waveform, PhasorStatement(phasor), LevelStatement(waveform)
    if level is None:
        if phasor is None:
            line.notice("the source has no value: 0 is taken")
        level = 0.0
    waveform = WaveformStatement("dc", (level,), None, line, offset, {})
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


def _numbers(
    line: DeckLine, rest: list[Word], form: str, kind: str, settings: dict[str, Quantity]
) -> tuple[Quantity, ...]:
    """Remove and return the numbers before the next keyword in `rest`.

    `r=` and `td=` of PWL go to `settings`; `file=` gives the numbers of a file.
    """
    names = ("dc", "ac", "sine", *KINDS)
    stop = next((k for k, w in enumerate(rest) if not w.braced and w.text in names), len(rest))
    taken = rest[:stop]
    del rest[:stop]
    found: list[Quantity] = []
    while taken:
        word = taken.pop(0)
        named = bool(taken) and taken[0].text == "=" and not taken[0].braced
        if kind == "pwl" and word.text == "file" and not word.braced and taken:
            taken = taken[1:] if named else taken
            found += _file(line, word, taken.pop(0) if taken else None, form)
        elif kind == "pwl" and word.text in _SETTINGS and named and len(taken) > 1:
            settings[word.text] = quantity(line, taken[1], form, in_expression=True)
            del taken[:2]
        elif named or (word.text == "=" and not word.braced):
            raise line.error(f"`{word.text}=` has no meaning here", word.offset, form)
        else:
            found.append(quantity(line, word, form, in_expression=True))
    return tuple(found)


def _file(line: DeckLine, word: Word, name: Word | None, form: str) -> list[float]:
    if name is None or line.source.includes is None:
        raise line.error("the file name is missing", word.offset, form)
    written = line.original[name.offset : name.offset + len(name.text)]
    return line.source.includes.numbers(written, line)
