"""Decks in ngspice's dialect: reading a deck as a `Circuit`, and writing a `Circuit` as a deck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist.reading import PathLike, parse_deck, read_deck
from analoghop.circuit.netlist.writing import format_circuit as format

__all__ = ["format", "parse", "read"]


def read(
    path: PathLike, include_dirs: Sequence[PathLike] = (), overrides: Mapping[str, str | float] | None = None
) -> Circuit:
    """Return the circuit of the deck in the file `path`; see `parse`."""
    return read_deck(Circuit, path, include_dirs, overrides)


def parse(
    text: str,
    *,
    file: str = "<deck>",
    directory: PathLike | None = None,
    include_dirs: Sequence[PathLike] = (),
    overrides: Mapping[str, str | float] | None = None,
) -> Circuit:
    """Return the circuit that a deck describes, with subcircuits expanded and parameters substituted.

    `file` names the deck in messages. Included files are looked for beside the including one, in
    `include_dirs` and in the package's library, and are read only below `directory` and from the latter two.
    `overrides` replaces values of top-level parameters or, by name, of elements.

    Raises `NetlistError`, with file, line, column, text and the expected form, for a text that is not a deck
    or a circuit that cannot be simulated, and `InputError` for overrides of unknown names.
    """
    return parse_deck(Circuit, text, file, directory, include_dirs, overrides)
