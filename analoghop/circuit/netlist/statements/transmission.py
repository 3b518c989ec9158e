"""T: lossless transmission lines."""

from __future__ import annotations

import math
from typing import NamedTuple

from analoghop.circuit.elements import TransmissionLine
from analoghop.circuit.netlist.scopes import Quantity, quantity
from analoghop.circuit.netlist.statements.cards import Absent, Card, Unresolved
from analoghop.circuit.netlist.text.fields import Pair, words
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.netlist.text.reader import Reader

_QUARTER = 0.25  # wavelengths of a line that gives its frequency alone


class Positive(NamedTuple):
    """`value`, or `over` divided by it: a positive number, which errors call `what`."""

    value: Quantity
    what: str
    line: DeckLine
    field: Pair
    over: Quantity | None = None

    def resolve(self, place: Place) -> float:
        """Return the number; raises `NetlistError` for one that is not positive."""
        value = place.scope.number(self.value)
        if self.over is not None:
            value = place.scope.number(self.over) / value if value else math.inf
        if not 0 < value < math.inf:
            what = self.what
            raise self.line.error(f"the {what} is {value:g}", self.field.offset, f"a positive {what}")
        return value


class Waves(NamedTuple):
    """`IC=`: voltage and current at both ends."""

    values: tuple[Quantity, ...]

    def resolve(self, place: Place) -> tuple[float, ...]:
        """Return the four numbers."""
        return tuple(map(place.scope.number, self.values))


def line_of(line: DeckLine, form: str) -> Card:
    """T: four nodes, the impedance, the delay or a frequency, and `IC=`."""
    reader = Reader(line, form)
    name, nodes = reader.name(), reader.nodes(4)
    impedance = reader.pair("z0", "zo")
    if impedance is None:
        raise line.error("the impedance Z0= is missing", len(line.text), form)
    delay = _delay(reader)
    ic = reader.pair("ic")
    reader.end()
    values: tuple[Unresolved, ...] = (
        Positive(quantity(line, impedance, form), "impedance", line, impedance),
        delay,
        Absent() if ic is None else _waves(line, ic, form),
    )
    return Card(TransmissionLine, name, nodes, values, line)


def _delay(reader: Reader) -> Positive:
    """Return TD, or NL/F: the delay of so many wavelengths at that frequency."""
    line, form = reader.line, reader.form
    delay, frequency, length = reader.pair("td"), reader.pair("f"), reader.pair("nl")
    if delay is not None:
        for unused in (frequency, length):
            if unused is not None:
                line.notice(f"`{unused.name}=` is not used where TD= gives the delay", unused.start)
        return Positive(quantity(line, delay, form), "delay", line, delay)
    if frequency is None:
        raise line.error("the delay is missing: neither TD= nor F=", len(line.text), form)
    wavelengths: Quantity = _QUARTER if length is None else quantity(line, length, form)
    return Positive(quantity(line, frequency, form), "delay", line, frequency, wavelengths)


def _waves(line: DeckLine, ic: Pair, form: str) -> Waves:
    fields = words(line, ic.offset, ic.offset + len(ic.text))
    if len(fields) != 4:
        raise line.error("IC= of a line needs four numbers", ic.offset, "IC=V1,I1,V2,I2")
    return Waves(tuple(quantity(line, field, form) for field in fields))
