"""Spin files: -1 and 1, one for each site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.lines import TextFile


def write_spins(path: str | Path, spins: Sequence[int], comment: str = "") -> None:
    """Write spins on a line, then the comment on lines that begin with #.

    Raises `InputError` for a number other than -1 and 1 and for a path that cannot be written.
    """
    if not set(spins) <= {-1, 1}:
        raise InputError("`spins` holds something other than -1 and 1")
    lines = [" ".join(map(str, map(int, spins)))] + [f"# {part}" for part in comment.splitlines()]
    write_text(path, "\n".join([*lines, ""]))


def read_spins(path: str | Path, size: int) -> tuple[int, ...]:
    """Return the spins of `size` sites, separated by blanks or line breaks.

    Raises `FileFormatError`, with file and line, for another word, and for too few or too many spins.
    """
    text = TextFile(path)
    spins: list[int] = []
    for line in text:
        if line.words[0].startswith("#"):
            continue
        for word in line.words:
            if word not in ("-1", "1", "+1"):
                raise text.fault(line.number, f"a spin is {word!r}", "-1 or 1")
            spins.append(int(word))
        if len(spins) > size:
            raise text.fault(line.number, f"there are more than {size} spins")
    if len(spins) < size:
        raise text.fault(text.last, f"there are {len(spins)} spins, expected {size}")
    return tuple(spins)
