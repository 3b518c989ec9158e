"""Parsed element lines, whose values are evaluated once the subcircuit call around them is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

from analoghop.circuit.elements import Element
from analoghop.circuit.netlist.scopes import Quantity
from analoghop.circuit.netlist.text.fields import Pair, Word
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place


class Unresolved(Protocol):
    """A field of a card that is evaluated once its place is known."""

    def resolve(self, place: Place) -> object:
        """Return the value for the element's record."""


class Card(NamedTuple):
    """An element line, parsed but not evaluated."""

    record: Callable[..., Element]
    name: str
    nodes: tuple[str, ...]
    values: tuple[Unresolved, ...]
    line: DeckLine

    def build(self, place: Place) -> Element:
        """Return the element with the flat names and the values of `place`."""
        values = [value.resolve(place) for value in self.values]
        return self.record(place.element(self.name), *map(place.node, self.nodes), *values)


class SubcircuitCall(NamedTuple):
    """An X line: its name, its nodes, the subcircuit's name and the arguments."""

    name: str
    nodes: tuple[str, ...]
    subcircuit: str
    arguments: dict[str, Quantity]
    line: DeckLine


class Plain(NamedTuple):
    """A finite number."""

    value: Quantity

    def resolve(self, place: Place) -> float:
        """Return the number."""
        return place.scope.number(self.value)


class Positive(NamedTuple):
    """A positive number; `what` is its name in messages, `field` of `line` its text."""

    value: Quantity
    what: str
    line: DeckLine
    field: Word | Pair

    def resolve(self, place: Place) -> float:
        """Return the number; raises `NetlistError` unless it is positive."""
        value = place.scope.number(self.value)
        if not 0 < value < math.inf:
            raise self.line.error(
                f"the {self.what} is {value:g}", self.field.offset, f"a positive {self.what}"
            )
        return value


class Absent(NamedTuple):
    """A value that is not given."""

    def resolve(self, place: Place) -> None:
        """Return None."""
