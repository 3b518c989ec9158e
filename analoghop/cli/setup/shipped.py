"""The decks, scripts, instances and patterns that ship with analoghop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from analoghop.errors import InputError, nearest
from analoghop.formats.intake import read_bytes, read_json

_PACKAGE = Path(__file__).parents[2]
_FOLDERS = {"circuits": (".cir", ".lib", ".toml"), "examples": (".py",)}
_DATA = ("notebooks", "instances", "patterns")
_KINDS = {
    ".tsp": "cities of TSPLIB, for `solve tsp`",
    ".tour": "the best known tour of these cities",
    ".csv": "cities as a table, for `solve tsp`",
    ".dat": "facilities and locations of QAPLIB, for `solve qap`",
    ".sln": "the best known solution of this instance",
    ".lib": "subcircuits, which decks include",
    ".col": "a graph of DIMACS, for `solve colouring`",
    ".0": "a graph in rudy's format, for `solve maxcut`",
    ".cnf": "clauses of DIMACS, for `solve sat`",
}
_TEXT = 2000  # characters of a file that its description is looked for in


class Shipped(NamedTuple):
    """A file that ships: its `name` with the folder, its `place` on this machine, and one line about it."""

    name: str
    place: Path
    about: str

    @property
    def text(self) -> str:
        """The file as text."""
        return read_bytes(self.place).decode("utf-8", errors="replace")


@cache
def root() -> Path:
    """Return the folder of the shipped files: inside the package, or beside it in a checkout.

    Raises `InputError` where the installation has neither.
    """
    for folder in (_PACKAGE / "shipped", _PACKAGE.parent):
        if (folder / "circuits" / "flipflop.cir").is_file():
            return folder
    raise InputError("this installation has no examples: install analoghop from its wheel or its checkout")


@cache
def shipped() -> tuple[Shipped, ...]:
    """Return all shipped files by name: decks, scripts, then notebooks, instances and patterns."""
    return tuple(Shipped(path.relative_to(root()).as_posix(), path, _about(path)) for path in _paths())


def found(name: str) -> Shipped:
    """Return the shipped file of a name, with or without its folder; raises `InputError` for no such file."""
    files = shipped()
    for file in files:
        if name in (file.name, Path(file.name).name, Path(file.name).stem):
            return file
    known = [Path(file.name).name for file in files]
    raise InputError(f"there is no example {name!r}{nearest(name, known)}: `analoghop examples` lists them")


def _paths() -> Iterator[Path]:
    for folder, suffixes in _FOLDERS.items():
        yield from sorted(path for path in (root() / folder).iterdir() if path.suffix in suffixes)
    for folder in _DATA:
        yield from sorted(path for path in (root() / "examples" / folder).iterdir() if path.is_file())


def _about(path: Path) -> str:
    """Return the title of a deck, the first sentence of a script, or the first words of any other file."""
    if path.suffix == ".py":
        return (ast.get_docstring(ast.parse(read_bytes(path).decode())) or "").split("\n")[0]
    if path.suffix == ".ipynb":
        return _heading(path)
    if path.suffix in _KINDS:
        return _KINDS[path.suffix]
    if path.parent.name == "patterns":
        return "patterns for `memory recall`"
    for line in read_bytes(path).decode("utf-8", errors="replace")[:_TEXT].splitlines():
        words = line.strip("*#% \t")
        if words:
            return words if len(words) < 80 else f"{words[:77]}..."
    return ""


def _heading(notebook: Path) -> str:
    """Return the heading of the first cell of a notebook."""
    cells = read_json(notebook)["cells"]
    return "".join(cells[0]["source"]).split("\n")[0].lstrip("# ")
