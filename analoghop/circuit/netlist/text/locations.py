"""Locations of a circuit's elements in the files of its deck."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from analoghop.circuit.elements import Element
from analoghop.circuit.netlist.text.lines import DeckSource
from analoghop.errors import Location


class Locations(Mapping[str, Location]):
    """The location of each element in the deck, by its name; the index is built on first use."""

    def __init__(
        self, elements: Sequence[Element], numbers: Sequence[int], sources: Sequence[DeckSource]
    ) -> None:
        self._elements, self._numbers, self._sources = elements, numbers, sources
        self._index: dict[str, int] | None = None

    def of_index(self, index: int) -> Location:
        """Return the location of the element with the number `index`."""
        number = self._numbers[index]
        source = self._sources[bisect_right(self._sources, number, key=lambda s: s.base) - 1]
        return source.locate(number - source.base, 0)

    def __getitem__(self, name: str) -> Location:
        if self._index is None:
            self._index = {element.name: k for k, element in enumerate(self._elements)}
        return self.of_index(self._index[name])

    def __iter__(self) -> Iterator[str]:
        return (element.name for element in self._elements)

    def __len__(self) -> int:
        return len(self._elements)
