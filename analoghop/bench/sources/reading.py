"""`source_of`: a source from plain values, as logs and the page carry it, or from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analoghop.bench.sources.base import Source
from analoghop.bench.sources.deck import BenchDeck
from analoghop.bench.sources.problem import BenchProblem
from analoghop.bench.values import number
from analoghop.errors import InputError
from analoghop.formats.intake import LARGEST_TEXT, read_bytes
from analoghop.optimise.catalogue import entry

LARGEST = 4 * 2**20
"""Bytes of the largest deck or instance on a bench: those of a request."""
_CELLS = (81, 256, 625)


def source_of(values: object) -> Source:
    """Return the source that `Source.to_dict` described. Raises `InputError` for values that are none."""
    if not isinstance(values, Mapping):
        raise InputError(f"a source is a {type(values).__name__}, expected an object")
    kind = values.get("kind")
    if kind == "deck":
        return BenchDeck(_text(values, "text"), _text(values, "name", "deck"))
    if kind == "problem":
        colours = values.get("colours", 0)
        if isinstance(colours, bool) or not isinstance(colours, int):
            raise InputError(f"`colours` is {colours!r}, expected a whole number")
        best = values.get("best")
        return BenchProblem(
            _text(values, "problem"),
            _text(values, "text"),
            _text(values, "name", ""),
            _text(values, "formulation", ""),
            colours,
            None if best is None else number(best, "best"),
        )
    raise InputError(f"the kind of a source is {kind!r}, expected deck or problem")


def _text(values: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = values.get(name, default)
    if not isinstance(value, str):
        raise InputError(f"`{name}` of a source is {value!r}, expected a text")
    return value


def read_bench_deck(path: str | Path) -> BenchDeck:
    """Return the deck in a file. Raises `NetlistError` as the parser does."""
    return BenchDeck(read_text(path, LARGEST), Path(path).name)


def read_bench_problem(kind: str, argument: str, formulation: str = "", colours: int = 0) -> BenchProblem:
    """Return the problem in the file `argument`, or, without such a file, the one that the text names."""
    if Path(argument).is_file():
        best = None if kind == "memory" else entry(kind).read(argument).best_known
        return BenchProblem(
            kind, read_text(argument, LARGEST), Path(argument).name, formulation, colours, best
        )
    if kind == "sudoku" and len(argument) in _CELLS:
        return BenchProblem(kind, f"{argument}\n", "grid.sudoku", formulation)
    if kind == "queens":
        return BenchProblem(kind, argument, "", formulation)
    raise InputError(f"there is no file {argument!r}")


def read_text(path: str | Path, largest: int = LARGEST_TEXT) -> str:
    """Return a file of text of at most `largest` bytes; bytes that are no UTF-8 become question marks."""
    return read_bytes(path, largest).decode("utf-8", errors="replace")
