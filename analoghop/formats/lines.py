"""`TextFile`: the lines of a text file of words, and errors with their line numbers."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from analoghop.errors import FileFormatError, Location
from analoghop.formats.intake import check_claim, read_bytes

SUFFIXES = frozenset(
    (".col", ".txt", ".sparse", ".rudy", ".rud", ".mc", ".gset", ".qubo", ".coo", ".cnf", ".sudoku", ".sdk")
    + (".sud", ".ising", ".csv", ".npy", ".dat", ".json", ".lp", ".wcnf")
)
"""Suffixes that are removed from an instance's name; other dots, as in `g05_60.0`, belong to the name."""


class TextLine(NamedTuple):
    """A line that is not blank: its 1-based number and its words."""

    number: int
    words: list[str]


class TextFile:
    """The text of `path`, of so many `bytes`; `name` is what the instance is called.

    Raises `FileFormatError` for a file that cannot be read or is not text.
    """

    def __init__(self, path: str | Path) -> None:
        self.file = str(path)
        content = read_bytes(path)
        if b"\0" in content:
            raise FileFormatError("is not a text file", Location(self.file, 0))
        self.bytes = len(content)
        text = content.decode("utf-8-sig", errors="replace")
        self._text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        self.name = instance_name(path)

    @cached_property
    def lines(self) -> list[str]:
        """All lines."""
        return self._text.split("\n")

    def after(self, line: int) -> str:
        """Return the text after line number `line`, the whole text for 0."""
        place = 0
        for _ in range(line):
            place = self._text.find("\n", place) + 1
            if not place:
                return ""
        return self._text[place:]

    def __iter__(self) -> Iterator[TextLine]:
        """Yield the lines that are not blank."""
        # Of large files only the first lines are read one by one: the text is not split before it is needed.
        for number, text in enumerate(io.StringIO(self._text, newline="\n"), 1):
            words = text.split()
            if words:
                yield TextLine(number, words)

    @property
    def last(self) -> int:
        """Number of the last line that is not blank, 1 for a blank file."""
        return max((line.number for line in self), default=1)

    def fault(self, line: int, reason: str, expected: str = "") -> FileFormatError:
        """Return the error `reason`, with the location and the text of `line`."""
        text = self.lines[line - 1] if 1 <= line <= len(self.lines) else ""
        return FileFormatError(reason, Location(self.file, line, 1, text), expected)

    def whole(self, line: int, word: str, what: str, low: int, high: int | None = None) -> int:
        """Return `word` as a whole number in `low`..`high`; raises `FileFormatError`, naming `what`."""
        bounds = f"at least {low}" if high is None else f"from {low} to {high}"
        try:
            value = int(word)
        except ValueError:
            raise self.fault(line, f"{what} is {word!r}", f"a whole number {bounds}") from None
        if value < low or (high is not None and value > high):
            raise self.fault(line, f"{what} is {value}", f"a whole number {bounds}")
        return value

    def size(self, line: int, word: str, what: str, high: int) -> int:
        """Return `word` as a whole number in 1..`high` that a file as long as this one may claim."""
        value = self.whole(line, word, what, 1, high)
        self.check_size(line, value, what)
        return value

    def check_size(self, line: int, value: int, what: str) -> None:
        """Raise `FileFormatError`, naming `what`, for a size that no file as long as this one may claim."""
        check_claim(value, what, self.bytes, self.fault(line, "").where)

    def real(self, line: int, word: str, what: str) -> float:
        """Return `word` as a finite number; raises `FileFormatError`, naming `what`."""
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.fault(line, f"{what} is {word!r}", "a finite number")
        return value


def instance_name(path: str | Path) -> str:
    """Return the name of the instance in a file: the file name without a known suffix."""
    place = Path(path)
    return place.stem if place.suffix.lower() in SUFFIXES else place.name
