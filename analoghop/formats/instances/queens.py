"""Files of queens: the column of the queen in each row, from 0."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.lines import TextFile


def write_queens(path: str | Path, columns: Sequence[int], comment: str = "") -> None:
    """Write columns on a line, then the comment on lines that begin with #.

    Raises `InputError` for a negative column and for a path that cannot be written.
    """
    if min(columns, default=0) < 0:
        raise InputError("`columns` holds a negative number")
    lines = [" ".join(map(str, map(int, columns)))] + [f"# {part}" for part in comment.splitlines()]
    write_text(path, "\n".join([*lines, ""]))


def read_queens(path: str | Path, size: int) -> tuple[int, ...]:
    """Return the columns of `size` queens, separated by blanks or line breaks.

    Raises `FileFormatError`, with file and line, for a word that is not a whole number from 0, and for too
    few or too many columns.
    """
    text = TextFile(path)
    columns: list[int] = []
    for line in text:
        if line.words[0].startswith("#"):
            continue
        columns += [text.whole(line.number, word, "a column", 0) for word in line.words]
        if len(columns) > size:
            raise text.fault(line.number, f"there are more than {size} columns")
    if len(columns) < size:
        raise text.fault(text.last, f"there are {len(columns)} columns, expected {size}")
    return tuple(columns)
