"""DIMACS graphs (`.col`) and colourings (`.col.sol`) of the second implementation challenge (1993)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.graphs.graph import LARGEST, Graph
from analoghop.formats.lines import TextFile, TextLine
from analoghop.formats.word_table import plain_edges

_KINDS = frozenset(("edge", "edges", "col", "clq", "mis", "max-clique"))
_IGNORED = frozenset("cdvx")
"""First letters of lines to skip: comments, and descriptors of geometry."""


def read_col(path: str | Path) -> Graph:
    """Return the graph of a `.col` file.

    Published files are inexact: `p edge` and `p col` are equivalent, the number of edges in that line is not
    checked, edges may be listed twice or in both directions (once, with the same weight). Loops are left out
    with a notice. A third number of an `e` line is its weight, the number of an `n` line that of a vertex; of
    one without it is 1. Raises `FileFormatError`, with file and line, for a vertex out of range, an edge
    before the `p` line, a line of no known kind, and a graph without vertices or edges.
    """
    text = TextFile(path)
    n, head = 0, 0
    edges: dict[tuple[int, int], float] = {}
    vertices: dict[int, float] = {}
    plain: Integers | None = None
    for line in text:
        key = line.words[0]
        if key in ("e", "n") and not head:
            what = "an edge" if key == "e" else "a vertex"
            raise text.fault(line.number, f"{what} stands before the `p` line", "p edge VERTICES EDGES")
        if key == "e":
            plain = None if edges else plain_edges(text, line.number - 1, n)
            if plain is not None:
                break
            _add_edge(text, line, n, edges)
        elif key == "n":
            _add_vertex(text, line, n, vertices)
        elif key == "p":
            if head:
                raise text.fault(line.number, f"this is a second `p` line, the first is line {head}")
            n, head = _size(text, line), line.number
        elif key not in _IGNORED:
            raise text.fault(line.number, f"a line begins with {key!r}", "c, p, n or e")
    if not head:
        raise text.fault(text.last, "there is no `p` line", "p edge VERTICES EDGES")
    if not edges and plain is None:
        raise text.fault(head, "the graph has no edges: there is nothing to decide")
    pairs = (np.array(list(edges), dtype=np.int64) if plain is None else plain) - 1
    if (pairs[:, 0] == pairs[:, 1]).all():
        raise text.fault(head, "the graph has no edges but from vertices to themselves")
    weights = None if plain is not None else _unless_ones(np.array(list(edges.values())))
    own = np.ones(n)
    own[[vertex - 1 for vertex in vertices]] = list(vertices.values())
    return Graph.of(n, pairs, weights, text.name, vertex_weights=_unless_ones(own))


def _unless_ones(weights: Array) -> Array | None:
    return None if (weights == 1.0).all() else weights


def _size(text: TextFile, line: TextLine) -> int:
    if len(line.words) not in (3, 4) or line.words[1] not in _KINDS:
        raise text.fault(line.number, "this `p` line describes no graph", "p edge VERTICES EDGES")
    if len(line.words) == 4:
        text.whole(line.number, line.words[3], "the number of edges", 0)
    return text.size(line.number, line.words[2], "the number of vertices", LARGEST)


def _add_edge(text: TextFile, line: TextLine, n: int, edges: dict[tuple[int, int], float]) -> None:
    if len(line.words) < 3:
        raise text.fault(line.number, "an edge has two vertices", "e VERTEX VERTEX")
    a, b = (text.whole(line.number, word, "a vertex", 1, n) for word in line.words[1:3])
    weight = text.real(line.number, line.words[3], "the weight") if len(line.words) > 3 else 1.0
    known = edges.setdefault((min(a, b), max(a, b)), weight)
    if known != weight:
        raise text.fault(line.number, f"the edge {a}-{b} has the weight {weight:g}, before it had {known:g}")


def _add_vertex(text: TextFile, line: TextLine, n: int, vertices: dict[int, float]) -> None:
    if len(line.words) != 3:
        raise text.fault(line.number, "this line gives no weight", "n VERTEX WEIGHT")
    vertex = text.whole(line.number, line.words[1], "a vertex", 1, n)
    if vertex in vertices:
        raise text.fault(line.number, f"vertex {vertex} has a second weight")
    vertices[vertex] = text.real(line.number, line.words[2], "the weight")


def write_col(path: str | Path, graph: Graph, comment: str = "") -> None:
    """Write `graph`, without the weights of edges, to a file that `read_col` reads as an equal graph."""
    lines = [f"c {part}" for part in comment.splitlines()]
    lines.append(f"p edge {graph.n} {graph.m}")
    lines += [f"n {k} {float(own)!r}" for k, own in enumerate(graph.u.tolist(), 1) if own != 1.0]
    lines += [f"e {i} {j}" for i, j in (graph.edges + 1).tolist()]
    write_text(path, "\n".join([*lines, ""]))


def write_col_sol(path: str | Path, colours: Sequence[int], comment: str = "") -> None:
    """Write colours (from 0) as a `.col.sol` file: `s col COLOURS`, then `l VERTEX COLOUR`, from 1.

    Raises `InputError` for a negative colour and a path that cannot be written.
    """
    if min(colours, default=0) < 0:
        raise InputError("`colours` holds a negative number")
    lines = [f"c {part}" for part in comment.splitlines()]
    lines.append(f"s col {len(set(colours))}")
    lines += [f"l {vertex} {colour + 1}" for vertex, colour in enumerate(colours, 1)]
    write_text(path, "\n".join([*lines, ""]))


def read_col_sol(path: str | Path, size: int) -> tuple[int, ...]:
    """Return the colours (from 0) of `size` vertices in a `.col.sol` file.

    Raises `FileFormatError`, with file and line, for a vertex out of range, given twice or missing.
    """
    text = TextFile(path)
    colours: dict[int, int] = {}
    for line in text:
        if line.words[0] in ("c", "s"):
            continue
        if line.words[0] != "l" or len(line.words) != 3:
            raise text.fault(line.number, "this line gives no colour", "l VERTEX COLOUR")
        vertex = text.whole(line.number, line.words[1], "a vertex", 1, size)
        if vertex in colours:
            raise text.fault(line.number, f"vertex {vertex} is coloured twice")
        colours[vertex] = text.whole(line.number, line.words[2], "a colour", 1) - 1
    for vertex in range(1, size + 1):
        if vertex not in colours:
            raise text.fault(text.last, f"vertex {vertex} of {size} has no colour")
    return tuple(colours[vertex] for vertex in range(1, size + 1))
