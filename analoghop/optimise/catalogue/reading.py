"""`read`: the problem in a file, told by the file's name and content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.instances.binary_models import holds_spins, is_json
from analoghop.formats.instances.sudoku import BLANKS, cells_of
from analoghop.formats.kinds import kind_of
from analoghop.formats.lines import TextFile
from analoghop.optimise.catalogue import PROBLEMS, entry

_SUFFIXES = {
    ".tsp": "tsp",
    ".atsp": "tsp",
    ".cnf": "sat",
    ".col": "colouring",
    ".sparse": "qubo",
    ".qubo": "qubo",
    ".ising": "ising",
    ".sudoku": "sudoku",
    ".sdk": "sudoku",
    ".sud": "sudoku",
    ".dat": "qap",
    ".lp": "model",
    ".wcnf": "maxsat",
}
_WORDS = {
    "p cnf": "sat",
    "p wcnf": "maxsat",
    "p qubo": "qubo",
    "NAME": "tsp",
    "TYPE": "tsp",
    "DIMENSION": "tsp",
}
_GRAPH = ("p ", "%%MatrixMarket", "graph", "<")


def read(path: str | Path, kind: str | None = None) -> Any:
    """Return the problem in a file, of the `kind` that is given, by the names of the command line.

    Without it: TSPLIB files are tours, `.cnf` files formulas, `.col` files colourings, `.sparse` and `.qubo`
    files QUBOs, `.ising` files spins, models in JSON and `.coo` files either, as they say, `.dat` files
    quadratic assignments, `.lp` files models, grids Sudokus, and any other graph is to be cut. Raises
    `InputError` for an unknown kind and for a table of numbers, which may be many things, and
    `FileFormatError`, with file and line, as the readers do.
    """
    if kind is None:
        kind = _kind(path)
    return entry(kind).read(str(path))


def _kind(path: str | Path) -> str:
    suffix = Path(path).suffix.lower()
    if suffix in (".coo", ".json") or is_json(path):
        return "ising" if holds_spins(path) else "qubo"
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix in (".csv", ".npy", ".npz"):
        known = ", ".join(PROBLEMS)
        raise InputError(f"{str(path)!r} is a table of numbers: say what of, by `kind`, one of {known}")
    text = TextFile(path)
    first = next((line for line in text if line.words[0] not in ("c", "#")), None)
    if first is None:
        raise FileFormatError("holds nothing", Location(text.file, 1))
    line = text.lines[first.number - 1].strip()
    found = kind_of(line)
    if found is not None and found.verb == "maxsat":
        return found.verb
    for word, kind in _WORDS.items():
        if line.startswith(word):
            return kind
    if not line.startswith(_GRAPH) and _is_grid(text):
        return "sudoku"
    return "maxcut"


def _is_grid(text: TextFile) -> bool:
    rows = [cells_of(line) for line in text.lines[:50] if not line.startswith("#")]
    rows = [cells for cells in rows if set(cells) != {"-"} or len(cells) in (9, 81)]
    signs = {cell for cells in rows for cell in cells}
    whole = sum(map(len, rows)) == 81 and all(len(cells) in (0, 9, 81) for cells in rows)
    return whole and signs <= set("0123456789-" + BLANKS)
