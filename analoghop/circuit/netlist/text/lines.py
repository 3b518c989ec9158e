"""Lines of a deck: a file is a `DeckSource`, a statement with its continuation lines a `DeckLine`."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.errors import FileFormatError, Location, NetlistError
from analoghop.formats.intake import LARGEST_TEXT, read_bytes

if TYPE_CHECKING:
    from analoghop.circuit.netlist.text.includes import Includes

MAX_BYTES = LARGEST_TEXT
"""Largest file, and largest sum of all included files."""
MAX_LINE = 1_000_000
"""Largest length of a line in the file, in characters."""
MAX_NOTICES = 1000
"""Largest number of notices of one deck."""
_MAX_STATEMENT = 16_000_000

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes(code for code in (*range(32), 127) if chr(code) not in "\t\n\v\f\r")
_CONTINUED = re.compile(r"\n[ \t]*\+")
_COMMENT = re.compile(r";|//|(?:(?<=[ \t,])|^)\$")


class DeckSource:
    """One file: its `text`, and lower-case `lines` in which continuation lines are joined to the first line.

    `base` numbers the lines of all sources of a deck in one sequence; lines before `first` (a title) are not
    continued. `path` is None for text from memory. `notices` is the deck's list of warnings. `ascii` is
    true if all of the text is ASCII. `includes` reads further files, where the deck may name some.
    """

    def __init__(
        self,
        name: str,
        text: str,
        notices: list[str],
        path: Path | None = None,
        base: int = 0,
        first: int = 0,
    ) -> None:
        self.name, self.path, self.base, self.notices = name, path, base, notices
        self.includes: Includes | None = None
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self.ascii = text.isascii()
        self.text = text
        lowered = text.lower()
        self.lines = lowered.split("\n") if len(lowered) == len(text) else [lower(x) for x in self.raw]
        self._check(text)
        self.joins: dict[int, list[tuple[int, int, int]]] = {}
        self.joined_raw: dict[int, str] = {}
        if _CONTINUED.search(text) or (first == 0 and text.lstrip(" \t").startswith("+")):
            self._join(first)

    @cached_property
    def raw(self) -> list[str]:
        """The lines as they are written."""
        return self.text.split("\n")

    def _check(self, text: str) -> None:
        longest = max(self.lines, key=len)
        if len(longest) > MAX_LINE:
            where = Location(self.name, self.lines.index(longest) + 1, MAX_LINE, longest[:130])
            raise NetlistError(f"a line has {len(longest)} characters", where, f"at most {MAX_LINE}")
        if self.ascii and len(text.encode("ascii").translate(None, _CONTROL_BYTES)) == len(text):
            return  # faster than the search
        if found := _CONTROL.search(text):
            line = text.count("\n", 0, found.start())
            column = found.start() - text.rfind("\n", 0, found.start())
            reason = f"the character {found.group()!r} is not text: is this a binary file?"
            raise NetlistError(reason, Location(self.name, line + 1, column))

    def _join(self, first: int) -> None:
        head = None
        for k in range(first, len(self.lines)):
            text = self.lines[k].lstrip()
            if text.startswith("+"):
                if head is None:
                    reason = "`+` continues a line, but there is none above it"
                    raise NetlistError(reason, self.locate(k, 0))
                self._append(head, k)
            elif text and not text.startswith("*"):
                head = k
        for k, pieces in self.joins.items():
            parts = [strip_comment(self.raw[n][column:]) for _, n, column in pieces]
            self.joined_raw[k] = " ".join(parts)
            self.lines[k] = lower(self.joined_raw[k])
            for _, n, _ in pieces[1:]:
                self.lines[n] = ""

    def _append(self, head: int, k: int) -> None:
        pieces = self.joins.setdefault(head, [(0, head, 0)])
        start, n, column = pieces[-1]
        length = start + len(strip_comment(self.raw[n][column:])) + 1
        if length > _MAX_STATEMENT:
            reason = f"a statement has more than {_MAX_STATEMENT} characters"
            raise NetlistError(reason, self.locate(head, 0))
        pieces.append((length, k, self.raw[k].index("+") + 1))

    def locate(self, index: int, offset: int) -> Location:
        """Return the location in the file of character `offset` of the joined line `index`."""
        if pieces := self.joins.get(index):
            start, index, column = pieces[bisect_right(pieces, offset, key=lambda p: p[0]) - 1]
            offset += column - start
        return Location(self.name, index + 1, offset + 1, self.raw[index])


class DeckLine:
    """One statement: lower-case `text` without comments, and `original` in the author's letters."""

    __slots__ = ("index", "source", "text")

    def __init__(self, source: DeckSource, index: int) -> None:
        self.source, self.index = source, index
        self.text = strip_comment(source.lines[index])

    @property
    def original(self) -> str:
        """The statement with its capitals and comments."""
        return self.source.joined_raw.get(self.index, self.source.raw[self.index])

    @property
    def start(self) -> int:
        """The offset of the first character that is not a blank."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def number(self) -> int:
        """The line's number among all lines of all sources of the deck."""
        return self.source.base + self.index

    def same_place(self, other: DeckLine) -> bool:
        """Return whether both are the same line of the same file."""
        mine, others = self.source, other.source
        return self.index == other.index and mine.path == others.path and mine.name == others.name

    def at(self, offset: int = 0) -> Location:
        """Return the location of character `offset`."""
        return self.source.locate(self.index, offset)

    def error(self, reason: str, offset: int = 0, expected: str = "") -> NetlistError:
        """Return (for raising) the error `reason` at character `offset`."""
        return NetlistError(shortened(reason, 400), self.at(offset), expected)

    def notice(self, text: str, offset: int = 0) -> None:
        """Add a warning about character `offset` to the deck's notices."""
        if len(self.source.notices) < MAX_NOTICES:
            self.source.notices.append(f"{self.at(offset)}: {shortened(text, 400)}")


def shortened(text: str, length: int = 80) -> str:
    """Return `text` with at most `length` characters, for messages."""
    return text if len(text) <= length else text[: length - 3] + "..."


def strip_comment(text: str) -> str:
    """Return `text` without a comment (from `;`, `//`, or `$` after a blank on) and blanks before it."""
    if found := _COMMENT.search(text):
        text = text[: found.start()]
    return text.rstrip()


def lower(text: str) -> str:
    """Return `text` in lower case without changing its length: a letter that would become two is kept."""
    lowered = text.lower()
    return (
        lowered
        if len(lowered) == len(text)
        else "".join(x if len(x) == 1 else c for c in text for x in (c.lower(),))
    )


def read_text(path: Path, shown: str, where: Location | None = None, limit: int = MAX_BYTES) -> str:
    """Return the text of the file `path`, called `shown` in errors; UTF-8, else Latin-1.

    Raises `NetlistError`, at `where`, for a path that is not a regular file, cannot be read, or has more than
    `limit` bytes.
    """
    try:
        data = read_bytes(path, limit)
    except FileFormatError as error:
        raise NetlistError(f"{shown} {error.reason}", where) from error
    if b"\0" in data:
        raise NetlistError(f"{shown} is a binary file, not a deck", where)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
