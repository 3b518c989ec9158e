"""`Scan`: the specification lines and the sections of a TSPLIB file, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import FileFormatError, Location
from analoghop.formats.intake import read_bytes

# `nan` and `inf` count as numbers, which are then rejected; no keyword is as short.
_KEYWORD = re.compile(r"\s*([A-Za-z][A-Za-z_0-9]{2,})\s*(?::\s*(.*)|\s*)$")
_NUMBERS = {"NAN", "INF", "INFINITY"}


@dataclass(frozen=True)
class Specification:
    """A specification: its value and its location."""

    value: str
    where: Location


@dataclass(frozen=True)
class Section:
    """The lines of a section below its keyword, each with its number in the file."""

    name: str
    where: Location
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def end(self) -> Location:
        """The location of the section's last line, or of its keyword if it is empty."""
        return self.at(*self.lines[-1]) if self.lines else self.where

    def at(self, line: int, text: str) -> Location:
        """Return the location of a line of this section."""
        return Location(self.where.file, line, 1, text)

    def numbers(self) -> Array:
        """Return all numbers; raises `FileFormatError` at the line of a word that is not a finite number."""
        words = " ".join(text for _, text in self.lines).split()
        try:
            values = np.array(words, dtype=np.float64)
        except ValueError:
            values = np.array([np.nan])
        if np.isfinite(values).all():
            return values
        for line, text in self.lines:
            for word in text.split():
                if not _finite(word):
                    reason = f"{word!r} in {self.name} is no finite number"
                    raise FileFormatError(reason, self.at(line, text))
        raise AssertionError("a bad number stands in some line")

    def location_of(self, k: int) -> Location:
        """Return the location of the line with number `k` of the section."""
        seen = 0
        for line, text in self.lines:
            seen += len(text.split())
            if k < seen:
                return self.at(line, text)
        return self.end


def _finite(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


@dataclass(frozen=True)
class Scan:
    """A file's specifications (the comments joined) and sections by keyword, in capitals."""

    file: str
    entries: dict[str, Specification]
    sections: dict[str, Section]

    @property
    def start(self) -> Location:
        """The location of the first line of the file."""
        return Location(self.file, 1)

    def value(self, key: str) -> str:
        """Return the value of a specification, "" if it is missing."""
        entry = self.entries.get(key)
        return entry.value if entry else ""

    def require(self, key: str, expected: str) -> Specification:
        """Return a specification; raises `FileFormatError` if it is missing."""
        entry = self.entries.get(key)
        if entry is None or not entry.value:
            raise FileFormatError(f"the line {key} is missing", self.start, expected)
        return entry

    def dimension(self) -> tuple[int, Location]:
        """Return DIMENSION and its location; raises `FileFormatError` unless it is a positive number."""
        entry = self.require("DIMENSION", '"DIMENSION : 52"')
        if not re.fullmatch(r"[0-9]{1,9}", entry.value) or int(entry.value) < 1:
            raise FileFormatError("DIMENSION is no positive whole number", entry.where)
        return int(entry.value), entry.where


def scan(path: str | Path) -> Scan:
    """Return the parts of a TSPLIB file; raises `FileFormatError` for non-text and repeated keywords."""
    content = read_bytes(path)
    if b"\0" in content:
        raise FileFormatError("is not a text file", Location(str(path), 0))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    entries: dict[str, Specification] = {}
    sections: dict[str, Section] = {}
    current: Section | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not line.strip():
            continue
        match = _KEYWORD.match(line)
        keyword = match[1].upper() if match else ""
        if match is None or keyword in _NUMBERS:
            if current is None:
                reason = "this line is neither a keyword nor part of a section"
                raise FileFormatError(reason, Location(str(path), number, 1, line), '"KEYWORD : value"')
            current.lines.append((number, line))
            continue
        if keyword == "EOF":
            break
        where = Location(str(path), number, 1, line)
        if keyword in sections or (keyword in entries and keyword != "COMMENT"):
            raise FileFormatError(f"{keyword} is given twice", where)
        if keyword.endswith("_SECTION"):
            current = sections[keyword] = Section(keyword, where)
        else:
            current = None
            value = (match[2] or "").strip()
            if keyword in entries:
                value = f"{entries[keyword].value}\n{value}"
            entries[keyword] = Specification(value, where)
    return Scan(str(path), entries, sections)
