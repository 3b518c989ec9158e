"""Parsed element lines, whose values are evaluated once the subcircuit call around them is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple, Protocol

from analoghop.circuit.elements import Element, MutualInductance
from analoghop.circuit.netlist.parallel import parallel
from analoghop.circuit.netlist.scopes import Quantity
from analoghop.circuit.netlist.text.fields import Word
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
    multiple: Quantity = 1.0

    def build(self, place: Place) -> Element:
        """Return the element with the flat names and the values of `place`, `multiple` times in parallel."""
        values = [value.resolve(place) for value in self.values]
        element = self.record(place.element(self.name), *map(place.node, self.nodes), *values)
        count = place.scope.number(self.multiple)
        if not 0 < count < math.inf:
            raise self.line.error(f"the number of parallel elements m= is {count:g}", 0, "a positive number")
        return parallel(element, count * place.count)


class CouplingCard(NamedTuple):
    """A K line, parsed but not evaluated."""

    record: Callable[..., MutualInductance]
    name: str
    inductors: tuple[str, ...]
    factor: Quantity
    field: Word
    line: DeckLine

    def build(self, place: Place) -> list[MutualInductance]:
        """Return the coupling of every pair; raises `NetlistError` unless the factor lies in (-1, 1)."""
        factor = place.scope.number(self.factor)
        if not -1 < factor < 1:
            hint = ": use 0.999999, since perfectly coupled inductors leave a current undetermined"
            raise self.line.error(
                f"the coupling is {factor:g}{hint if abs(factor) == 1 else ''}",
                self.field.offset,
                "a number between -1 and 1",
            )
        name = place.element(self.name)
        names = [place.element(inductor) for inductor in self.inductors]
        ends = list(combinations(names, 2))
        titles = [name] if len(ends) == 1 else [f"{name}_{k}" for k in range(1, len(ends) + 1)]
        return [self.record(title, a, b, factor) for title, (a, b) in zip(titles, ends, strict=True)]


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


class Absent(NamedTuple):
    """A value that is not given."""

    def resolve(self, place: Place) -> None:
        """Return None."""
