"""Graphs with a value for each vertex, for Graphviz."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from pathlib import Path

from analoghop.formats.files import write_text
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.graphs.rudy import shown
from analoghop.formats.lines import TextFile

_VERTEX = re.compile(r'\s*("(?:[^"\\]|\\.)*") \[value=([^,\]]*)')
SCHEME, COLOURS = "set312", 12
"""Graphviz's name of the colours of the values, and how many there are."""


def write_dot(path: str | Path, graph: Graph, values: Sequence[int], comment: str = "") -> None:
    """Write `graph` with its labels; `values`, one for each vertex from 0, are attributes and fill colours.

    Edges between different values are dashed; weights that are not all 1 are their labels. Raises
    `InputError` for a path that cannot be written.
    """
    names: Sequence[Hashable] = graph.labels or range(graph.n)
    lines = [f"# {part}" for part in comment.splitlines()]
    lines += [f"graph {_quoted(graph.name)} {{", f"  node [style=filled, colorscheme={SCHEME}];"]
    for name, value in zip(names, values, strict=True):
        lines.append(f"  {_quoted(name)} [value={value}, fillcolor={value % COLOURS + 1}];")
    for (i, j), weight in zip(graph.edges.tolist(), graph.w.tolist(), strict=True):
        attributes = [] if graph.weights is None else [f"weight={shown(weight)}", f"label={shown(weight)}"]
        attributes += ["style=dashed"] if values[i] != values[j] else []
        told = f" [{', '.join(attributes)}]" if attributes else ""
        lines.append(f"  {_quoted(names[i])} -- {_quoted(names[j])}{told};")
    write_text(path, "\n".join([*lines, "}", ""]))


def read_dot_values(path: str | Path, names: Sequence[Hashable]) -> tuple[int, ...]:
    """Return the values, in the order of `names`, in a file that `write_dot` wrote.

    Raises `FileFormatError`, with file and line, for a name that is not among them, given twice or missing,
    and for another file.
    """
    text, known, found = TextFile(path), {_quoted(name) for name in names}, dict[str, int]()
    for number, line in enumerate(text.lines, 1):
        vertex = _VERTEX.match(line)
        if vertex is None:
            continue
        name = vertex[1]
        if name not in known:
            raise text.fault(number, f"there is no {name}", "a name of the instance")
        if name in found:
            raise text.fault(number, f"{name} has a second value")
        found[name] = text.whole(number, vertex[2], f"the value of {name}", -(2**31))
    for name in names:
        if _quoted(name) not in found:
            raise text.fault(text.last, f"{_quoted(name)} has no value", '"NAME" [value=NUMBER')
    return tuple(found[_quoted(name)] for name in names)


def _quoted(name: Hashable) -> str:
    text = str(name).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{text}"'
