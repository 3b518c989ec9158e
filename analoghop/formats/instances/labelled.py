"""Answers as tables: a line `name,value` for each vertex or variable, or the names in an order."""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable, Sequence
from pathlib import Path

from analoghop.formats.files import write_text
from analoghop.formats.lines import TextFile

Names = Sequence[Hashable]


def write_values(path: str | Path, names: Names, values: Sequence[int], comment: str = "") -> None:
    """Write a line `name,value` for each of `names`, below a head and the comment."""
    _write(path, [("name", "value"), *zip(map(str, names), values, strict=True)], comment)


def read_values(path: str | Path, names: Names) -> tuple[int, ...]:
    """Return the whole numbers of a file that `write_values` wrote, in the order of `names`.

    Raises `FileFormatError`, with file and line, for a name that is not among them, given twice or missing,
    and for a value that is no whole number.
    """
    text, found = TextFile(path), dict[str, int]()
    known = set(map(str, names))
    for number, row in _rows(text, ("name", "value"), "name,value"):
        name, value = row
        if name not in known:
            raise text.fault(number, f"there is no {name!r}", "a name of the instance")
        if name in found:
            raise text.fault(number, f"{name!r} has a second value")
        found[name] = text.whole(number, value, f"the value of {name!r}", -(2**31))
    for name in map(str, names):
        if name not in found:
            raise text.fault(text.last, f"{name!r} has no value")
    return tuple(found[name] for name in map(str, names))


def write_order(path: str | Path, names: Names, order: Sequence[int], comment: str = "") -> None:
    """Write the names in the given `order`, one on a line, below the head `name` and the comment."""
    _write(path, [("name",), *((str(names[k]),) for k in order)], comment)


def read_order_of(path: str | Path, names: Names) -> tuple[int, ...]:
    """Return the places in `names` of the names in a file that `write_order` wrote, repeated ones too.

    Raises `FileFormatError`, with file and line, for a name that is not among them.
    """
    text, index = TextFile(path), {str(name): k for k, name in enumerate(names)}
    order: list[int] = []
    for number, (name,) in _rows(text, ("name",), "name"):
        if name not in index:
            raise text.fault(number, f"there is no {name!r}", "a name of the instance")
        order.append(index[name])
    return tuple(order)


def _write(path: str | Path, rows: Sequence[Sequence[object]], comment: str) -> None:
    stream = io.StringIO()
    for part in comment.splitlines():
        stream.write(f"# {part}\n")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    write_text(path, stream.getvalue())


def _rows(text: TextFile, head: tuple[str, ...], expected: str) -> list[tuple[int, list[str]]]:
    """Return the rows below the head, with the lines on which they end; comments stand before the head."""
    found: list[tuple[int, list[str]]] = []
    start = next((k for k, line in enumerate(text.lines) if line.strip() and line[0] != "#"), None)
    if start is None:
        raise text.fault(1, "holds no answer", expected)
    reader = csv.reader(io.StringIO("\n".join(text.lines[start:])), strict=True)
    try:
        for row in reader:
            number = start + reader.line_num
            if row == list(head) and not found:
                continue
            if row and len(row) != len(head):
                raise text.fault(number, f"this line has {len(row)} parts", expected)
            if row:
                found.append((number, row))
    except csv.Error as error:
        raise text.fault(start + reader.line_num, f"cannot be read as a table: {error}") from error
    return found
