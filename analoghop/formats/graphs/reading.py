"""`read_graph`: the graph in a file of any known format, told by its content."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from analoghop.formats.graphs.dimacs import read_col
from analoghop.formats.graphs.edge_list import is_heading, read_edge_list, split_lines
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.graphs.markup import read_markup
from analoghop.formats.graphs.matrix_market import BANNER, read_matrix_market
from analoghop.formats.graphs.metis import looks_like_metis, read_metis
from analoghop.formats.graphs.rudy import read_rudy
from analoghop.formats.kinds import refuse_others
from analoghop.formats.lines import TextFile, TextLine

Reader = Callable[[str | Path], Graph]

_DIMACS = frozenset((".col", ".clq", ".mis", ".edge"))
_LISTS = frozenset((".edges", ".edgelist", ".el", ".csv", ".tsv"))


def read_graph(path: str | Path) -> Graph:
    """Return the graph in a file, whose format its content tells.

    DIMACS (lines `p`, `e`, and `n` for weights of vertices), rudy (`n m`, then m lines `i j weight`), METIS,
    Matrix Market, lists of edges with numbers or names, GML and GraphML (with networkx). Raises
    `FileFormatError`, with file and line, and for a file of another kind says what it looks like.
    """
    text = TextFile(path)
    return _reader(text, Path(path).suffix.lower())(path)


def _reader(text: TextFile, suffix: str) -> Reader:
    start = next((line for line in text if line.words[0] not in ("#", "c") or len(line.words) > 1), None)
    if start is None:
        return read_col if suffix in _DIMACS else read_rudy
    line = text.lines[start.number - 1].strip()
    refuse_others(text, "a graph", "maxcut")
    if line.lower().startswith(BANNER):
        return read_matrix_market
    if line.startswith("<") or line.lower().startswith(("graph [", "creator", "graph\t[")) or line == "graph":
        return read_markup
    if suffix in _DIMACS or any(words.words[0] in ("p", "e") for words in _first(text, 50)):
        return read_col
    if suffix == ".graph" or looks_like_metis(text):
        return read_metis
    if suffix in _LISTS:
        return read_edge_list
    return read_rudy if _is_rudy(text, start) or not _is_list(text) else read_edge_list


def _first(text: TextFile, count: int) -> list[TextLine]:
    return [line for line, _ in zip(text, range(count), strict=False)]


def _is_rudy(text: TextFile, start: TextLine) -> bool:
    """Return whether as many lines follow the first one as that says, without looking at each."""
    if len(start.words) != 2 or not all(word.isdigit() for word in start.words):
        return False
    below = len(text.lines) - start.number
    while below and not text.lines[start.number + below - 1].strip():
        below -= 1
    return below == int(start.words[1]) > 0 < int(start.words[0])


def _is_list(text: TextFile) -> bool:
    """Return whether the first line is an edge and no head: by its parts, or as its numbers are no sizes.

    The head of rudy's format has two numbers, the vertices and the lines; no vertex has a larger number.
    """
    rows = (parts for _, parts in split_lines(text) if parts)
    head = next(rows, None)
    if head is None:
        return False
    below = next((parts for _, parts in islice(split_lines(text), 1, None) if parts), [])
    if (
        is_heading(head, below)
        or len(head) == 3
        or any("," in line or ";" in line for line in text.lines[:5])
    ):
        return True
    if len(head) != 2:
        return False
    if not all(word.isdigit() for word in head):
        return not any(map(_is_number, head))
    n, m = map(int, head)
    ends, count = [], 0
    for parts in rows:
        count += 1
        if count > m:
            break
        ends.append(max((int(word) for word in parts[:2] if word.isdigit()), default=0))
    return n == 0 or (count != m and max(ends, default=0) > n)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
