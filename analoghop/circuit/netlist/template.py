"""`DeckTemplate`: a deck that is scanned once and gives a circuit for any values of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.collection import uncollected
from analoghop.circuit.netlist.reading import PathLike, Scanned, scanned_deck
from analoghop.circuit.netlist.text.lines import read_text


class DeckTemplate:
    """The deck `text`, with its includes, before values are put in; arguments as in `netlist.parse`.

    `texts` are the texts of the deck and of all that it includes, with their names. A template keeps what is
    independent of values, so that a further circuit costs only the expansion. Not for several threads at
    once. Raises `NetlistError` for a text that is not a deck.
    """

    def __init__(
        self,
        text: str,
        *,
        file: str = "<deck>",
        directory: PathLike | None = None,
        include_dirs: Sequence[PathLike] = (),
    ) -> None:
        self._scanned: Scanned = scanned_deck(text, file, directory, include_dirs)
        self._definitions = dict(self._scanned.deck.top.definitions)
        self._notices = list(self._scanned.deck.notices)

    @classmethod
    def read(cls, path: PathLike, include_dirs: Sequence[PathLike] = ()) -> DeckTemplate:
        """Return the template of the deck in the file `path`."""
        path = Path(path)
        return cls(
            read_text(path, str(path)), file=str(path), directory=path.parent, include_dirs=include_dirs
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the deck and of the files that it includes."""
        return tuple(source.text for source in self._scanned.deck.sources)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the deck's top-level parameters."""
        return tuple(self._definitions)

    @property
    def nominal(self) -> Mapping[str, float]:
        """The value of each of the deck's top-level parameters in the deck itself."""
        self._scanned.deck.top.definitions = dict(self._definitions)
        return self._scanned.parameters()

    @uncollected()
    def circuit(self, values: Mapping[str, str | float] | None = None) -> Circuit:
        """Return the circuit with `values` of parameters or elements, equal to that of `netlist.parse`."""
        deck = self._scanned.deck
        deck.top.definitions = dict(self._definitions)
        deck.notices[:] = self._notices
        return self._scanned.circuit(Circuit, values or {})
