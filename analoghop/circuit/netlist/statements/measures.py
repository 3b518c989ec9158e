"""`.meas`: measurements of the transient, `.dc` and `.ac` by name, their conditions and ranges."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

from analoghop.circuit.expressions import Call, Current, Expr, Number, Variable, Voltage, leaves
from analoghop.circuit.netlist.scopes import Formula
from analoghop.circuit.netlist.statements.behaviours import Behaviour
from analoghop.circuit.netlist.text.fields import closing
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    Instant,
    IntervalMeasure,
    Measure,
    Statistic,
    StatisticMeasure,
    When,
)
from analoghop.errors import NetlistError

STATISTICS = ("max", "min", "avg", "rms", "integ", "pp", "max_at", "min_at")
_KEYWORDS = ("find", "when", "trig", "targ", "deriv", *STATISTICS, "integral")
_OPTIONS = ("param", "at", "val", "td", "rise", "fall", "cross", "from", "to")
_BOUNDARY = re.compile(r"(?P<open>[({'\"])|(?<![\w.])(?P<word>[a-z_]\w*)(?P<equals>[ \t]*=(?!=))?")
_DERIVED = re.compile(r"param[ \t]*=(?!=)")
FORM = ".meas tran name FIND v(a) AT=time, or WHEN, MAX MIN AVG RMS INTEG PP, TRIG ... TARG, PARAM="
ANALYSES = ("tran", "dc", "ac")
_UNMEASURED = ("op", "noise", "tf")
PARTS = {"m": "mag", "p": "phase", "ph": "phase", "r": "real", "i": "imag", "db": "db"}
"""The parts of a complex signal by the letters behind `v` or `i`; the phase is in radians, as in ngspice."""
_PART = re.compile(r"([vi])(m|ph?|r|i|db)?\s*\(\s*([^\s(),{}'\"=]+)\s*(?:,\s*([^\s(),{}'\"=]+)\s*)?\)")


class _Part(NamedTuple):
    """A keyword and the text after it."""

    keyword: str
    text: str
    offset: int


def measures_by_analysis(lines: Sequence[DeckLine], place: Place) -> dict[str, tuple[Measure, ...]]:
    """Return the measurements on `lines` of the transient, of `.dc` and of `.ac`."""
    heads = [_analysis_and_name(line) for line in lines]
    known = {kind: frozenset(name for other, name in heads if other == kind) for kind in ANALYSES}
    return {
        kind: tuple(
            _Reader(line, place, known[kind]).read()
            for line, (own, _) in zip(lines, heads, strict=True)
            if own == kind
        )
        for kind in ANALYSES
    }


def _analysis_and_name(line: DeckLine) -> tuple[str, str]:
    """Return the analysis, `tran` where none is named, and the name of a measurement.

    The analysis is "" where it has no measurements here: a notice says so.
    """
    fields = line.text.split()
    given = fields[1] if len(fields) > 2 else ""
    if given in _UNMEASURED:
        words = f"the measurement of the analysis `{given}` is skipped"
        line.notice(f"{words}: only `tran`, `dc` and `ac` are measured")
        return "", ""
    place = 2 if given in ANALYSES else 1
    if len(fields) < place + 2:
        raise line.error("the measurement is incomplete", len(line.text), FORM)
    name = fields[place]
    if not name.isidentifier():
        raise line.error(f"`{name}` cannot be the name of a measurement", line.text.index(name, 5), FORM)
    return given if given in ANALYSES else "tran", name


class _Reader:
    """Reads one `.meas` line."""

    def __init__(self, line: DeckLine, place: Place, known: frozenset[str]) -> None:
        self.line, self.place, self.known = line, place, known
        self.analysis, self.name = _analysis_and_name(line)
        start = re.compile(r"\s*\S+\s+(?:(?:tran|dc|ac)\s+)?\S+\s*").match(line.text)
        self.parts = self._split(start.end() if start else 0)

    def _split(self, position: int) -> list[_Part]:
        text = self.line.text
        heads: list[tuple[str, int, int]] = []
        first = position
        if derived := _DERIVED.match(text, position):
            # The rest of the line is an expression, in which a measurement may be called `max`.
            heads.append(("param", position, derived.end()))
            position = len(text)
        while found := _BOUNDARY.search(text, position):
            position = found.end()
            if found["open"]:
                position = closing(self.line, found.start())
            elif found["word"] in (_OPTIONS if found["equals"] else _KEYWORDS):
                heads.append((found["word"], found.start(), found.end()))
        if not heads or heads[0][1] != first:
            raise self.line.error("the kind of measurement is missing", first, FORM)
        stops = [start for _, start, _ in heads[1:]] + [len(text)]
        parts = []
        for (keyword, start, after), stop in zip(heads, stops, strict=True):
            value = text[after:stop].rstrip(" \t,")
            offset = after + len(value) - len(value.lstrip())
            if not value.strip() and keyword not in ("trig", "targ"):
                raise self.line.error(f"nothing follows `{keyword}`", start, FORM)
            parts.append(_Part(keyword, value.strip(), offset))
        return parts

    def read(self) -> Measure:
        first = self.parts.pop(0)
        if first.keyword == "param":
            return self._done(DerivedMeasure(self.name, self._derived(first)))
        if first.keyword in STATISTICS or first.keyword == "integral":
            kind = cast(Statistic, "integ" if first.keyword == "integral" else first.keyword)
            quantity = self._signal(first)
            start, stop = self._range()
            return self._done(StatisticMeasure(self.name, kind, quantity, start, stop))
        if first.keyword == "trig":
            trigger = self._event(first)
            if not self.parts or self.parts[0].keyword != "targ":
                raise self.line.error("TRIG needs a TARG", len(self.line.text), FORM)
            return self._done(IntervalMeasure(self.name, trigger, self._event(self.parts.pop(0))))
        if first.keyword == "when":
            when = self._when(first)
            start, stop = self._range()
            return self._done(FindMeasure(self.name, None, when, start, stop))
        if first.keyword == "find":
            return self._find(first)
        raise self.line.error(f"`{first.keyword}` is not supported here", first.offset, FORM)

    def _done(self, result: Measure) -> Measure:
        for part in self.parts:
            raise self.line.error(f"`{part.keyword}` has no meaning here", part.offset, FORM)
        return result

    def _find(self, first: _Part) -> Measure:
        quantity = self._signal(first)
        if (at := self._take("at")) is not None:
            return self._done(FindMeasure(self.name, quantity, Instant(at)))
        if not self.parts or self.parts[0].keyword != "when":
            raise self.line.error("FIND needs AT= or WHEN", len(self.line.text), FORM)
        when = self._when(self.parts.pop(0))
        start, stop = self._range()
        return self._done(FindMeasure(self.name, quantity, when, start, stop))

    def _when(self, part: _Part) -> Crossing:
        depth = 0
        for k, c in enumerate(part.text):
            depth += (c in "({") - (c in ")}")
            if c == "=" and depth == 0:
                left = part._replace(text=part.text[:k].rstrip())
                right_text = part.text[k + 1 :]
                shift = k + 1 + len(right_text) - len(right_text.lstrip())
                right = part._replace(text=right_text.strip(), offset=part.offset + shift)
                if left.text and right.text:
                    return self._crossing(self._signal(left), self._signal(right))
        raise self.line.error("WHEN needs signal=value", part.offset, FORM)

    def _event(self, part: _Part) -> When:
        if not part.text:
            at = self._take("at")
            if at is None:
                raise self.line.error(f"{part.keyword.upper()} needs a signal or AT=", part.offset, FORM)
            return Instant(at)
        left = self._signal(part)
        value = self._pop("val")
        if value is None:
            raise self.line.error("the value VAL= is missing", part.offset, FORM)
        return self._crossing(left, self._signal(value))

    def _crossing(self, left: Expr, right: Expr) -> Crossing:
        edge: Literal["rise", "fall", "cross"] = "cross"
        count, given = 1, False
        for name in ("rise", "fall", "cross"):
            part = self._pop(name)
            if part is None:
                continue
            if given:
                raise self.line.error("only one of RISE, FALL and CROSS can be given", part.offset, FORM)
            edge, given = name, True
            count = 0 if part.text == "last" else self._count(part)
        return Crossing(left, right, edge, count, self._delay())

    def _delay(self) -> float:
        """Return TD=; without it all of a transient, and of a sweep, counts."""
        delay = self._take("td")
        return (0.0 if self.analysis == "tran" else -math.inf) if delay is None else delay

    def _count(self, part: _Part) -> int:
        if (
            not (part.text.isascii() and part.text.isdigit())
            or not int(part.text[:9]) > 0
            or len(part.text) > 9
        ):
            raise self.line.error(f"`{part.text}` is not a count", part.offset, "1, 2, 3 ... or LAST")
        return int(part.text)

    def _range(self) -> tuple[float, float | None]:
        start, stop = self._take("from"), self._take("to")
        delay = self._take("td")
        if delay is not None:
            start = delay if start is None else max(start, delay)
        none = 0.0 if self.analysis == "tran" else -math.inf
        return none if start is None else start, stop

    def _pop(self, keyword: str) -> _Part | None:
        """Remove and return the option `keyword` from the options before the next condition."""
        for k, part in enumerate(self.parts):
            if part.keyword == "targ":
                return None
            if part.keyword == keyword:
                return self.parts.pop(k)
        return None

    def _take(self, keyword: str) -> float | None:
        part = self._pop(keyword)
        return None if part is None else self.place.scope.number(self._formula(part))

    def _formula(self, part: _Part) -> Formula:
        return Formula(self.line, part.offset, len(part.text))

    def _signal(self, part: _Part) -> Expr:
        text, offset = part.text, part.offset
        if self.analysis == "ac":
            return self._part_of_signal(part)
        if text.startswith("par(") and text.endswith(")"):
            inner = text[4:-1]
            part = _Part(part.keyword, inner.strip(), offset + 4 + len(inner) - len(inner.lstrip()))
        return Behaviour(self._formula(part)).resolve(self.place)

    def _part_of_signal(self, part: _Part) -> Expr:
        """Return the part of a complex signal as a call of its name, or a number."""
        match = _PART.fullmatch(part.text)
        if match is None:
            try:
                return Number(self.place.scope.number(self._formula(part)))
            except NetlistError as error:
                reason = f"`{part.text}` is no part of a signal and no number"
                raise self.line.error(
                    reason, part.offset, "vm() vp() vr() vi() vdb() v(), or i for v"
                ) from error
        letter, kind, a, b = match.groups()
        if letter == "i" and b is None:
            leaf: Voltage | Current = Current(a)
        elif letter == "v":
            leaf = Voltage(self.place.node(a), self.place.node(b) if b else "0")
        else:
            raise self.line.error("a current is that of one source", part.offset, "im(source)")
        # As in ngspice, the signal by itself is its real part.
        return Call(PARTS[kind or "r"], (leaf,))

    def _derived(self, part: _Part) -> Expr:
        """Return the expression: names of measurements remain variables, others are the deck's parameters."""
        expr = self.place.scope.expression(self._formula(part), self.known)
        for leaf in leaves(expr):
            if not isinstance(leaf, Variable) or leaf.name not in self.known:
                raise self.line.error("PARAM is an expression of other measurements", part.offset, FORM)
        return expr
