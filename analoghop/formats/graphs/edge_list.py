"""Lists of edges without a head: `a b` or `a b weight` on each line, by blanks, commas or tabs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analoghop.arrays import Integers
from analoghop.formats.graphs.graph import LARGEST, Graph
from analoghop.formats.lines import TextFile

COMMENTS = ("#", "%", "//")
_HEADINGS = (
    {"source", "from", "u", "i", "a", "node1", "vertex1", "src", "start", "tail"},
    {"target", "to", "v", "j", "b", "node2", "vertex2", "dst", "end", "head"},
)


def read_edge_list(path: str | Path) -> Graph:
    """Return the graph of a list of edges, one on each line: two vertices, and a weight if all have one.

    Whole numbers are vertices, counted from 0 if there is a 0, else from 1; a notice says which. Anything
    else is a name, and the vertices have the names as `labels`, in the order of their appearance. A line of
    column names, such as `source,target,weight`, and comments behind #, % or // are left out. Raises
    `FileFormatError`, with file and line.
    """
    text = TextFile(path)
    rows = [(number, parts) for number, parts in split_lines(text) if parts]
    if len(rows) > 1 and is_heading(rows[0][1], rows[1][1]):
        rows = rows[1:]
    if not rows:
        raise text.fault(1, "holds no edges", "lines `a b` or `a b weight`")
    width = len(rows[0][1])
    if width not in (2, 3):
        raise text.fault(rows[0][0], f"this line has {width} parts", "`a b` or `a b weight`")
    for number, parts in rows:
        if len(parts) != width:
            raise text.fault(number, f"this line has {len(parts)} parts, line {rows[0][0]} has {width}")
    weights = [text.real(number, parts[2], "the weight") for number, parts in rows] if width == 3 else None
    ends = [parts[:2] for _, parts in rows]
    if not all(word.isdigit() for pair in ends for word in pair):
        return _named(text, ends, weights)
    numbers = np.array(ends, dtype=object).astype(np.float64)
    largest = int(numbers.max())
    if largest > LARGEST:
        line = rows[int(np.argmax(numbers.max(axis=1)))][0]
        raise text.fault(line, f"a vertex is {largest}", f"a whole number up to {LARGEST}")
    first = 0 if numbers.min() == 0 else 1
    text.check_size(rows[0][0], largest + 1 - first, "the number of vertices")
    words = f"{text.name}: a list of edges; the vertices are counted from {first}"
    return _graph(text, largest + 1 - first, numbers.astype(np.int64) - first, weights, (words,), ())


def _named(text: TextFile, ends: list[list[str]], weights: list[float] | None) -> Graph:
    index: dict[str, int] = {}
    pairs = [tuple(index.setdefault(word, len(index)) for word in pair) for pair in ends]
    return _graph(text, len(index), np.array(pairs, dtype=np.int64), weights, (), tuple(index))


def _graph(
    text: TextFile,
    n: int,
    pairs: Integers,
    weights: list[float] | None,
    notices: tuple[str, ...],
    labels: tuple[str, ...],
) -> Graph:
    if (pairs[:, 0] == pairs[:, 1]).all():
        raise text.fault(1, "the graph has no edges but from vertices to themselves")
    return Graph.of(n, pairs, weights, text.name, notices=notices, labels=labels)


def split_lines(text: TextFile) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the parts of every line, none for comments."""
    for number, line in enumerate(text.lines, 1):
        bare = line.strip()
        yield number, [] if not bare or bare.startswith(COMMENTS) else _parts(bare)


def _parts(line: str) -> list[str]:
    """Return the parts of a line; those of a table may hold blanks, and separators between quotes."""
    mark = next((sign for sign in ",;\t" if sign in line), None)
    if mark is None:
        return line.split()
    try:
        parts = next(csv.reader([line], delimiter=mark, skipinitialspace=True))
    except csv.Error:  # a field of more than 128 KB
        parts = line.split(mark)
    return [part.strip() for part in parts]


def is_heading(parts: list[str], below: list[str]) -> bool:
    """Return whether the parts of a line are names of columns, such as `source` and `target`.

    Single letters are, where the parts `below` them begin with two numbers.
    """
    bare = [part.strip("\"'").lower() for part in parts[:2]]
    known = len(bare) == 2 and all(word in names for word, names in zip(bare, _HEADINGS, strict=True))
    return known and (len(bare[0]) > 1 or all(word.isdigit() for word in below[:2]))
