"""GML and GraphML files, read by networkx where it is installed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from analoghop.errors import MissingProgram
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.lines import TextFile

_REFUSED = ("<!doctype", "<!entity")  # an entity may grow without bound


def read_markup(path: str | Path) -> Graph:
    """Return the graph of a GML or GraphML file, with the attribute `weight` of its edges and its labels.

    A directed graph is read without its directions, with a notice. Raises `FileFormatError` for a file that
    networkx cannot read, and `MissingProgram` where it is not installed.
    """
    try:
        import networkx
    except ImportError as error:
        raise MissingProgram(
            "GML and GraphML files need networkx: install it, or write the graph as a list of edges"
        ) from error
    text = TextFile(path)
    whole = "\n".join(text.lines)
    if any(word in whole.lower() for word in _REFUSED):
        raise text.fault(1, "the file defines entities", "a plain GraphML file")
    try:
        if whole.lstrip().startswith("<"):
            graph: Any = networkx.read_graphml(io.BytesIO(whole.encode()))
        else:
            graph = networkx.parse_gml(whole)
    except Exception as error:  # networkx and the XML parser raise many kinds for damaged files
        raise text.fault(1, f"cannot be read: {error}") from error
    notices: tuple[str, ...] = ()
    if graph.is_directed():
        graph = graph.to_undirected()
        notices = (f"{text.name}: the directions of the edges are not read",)
    if not graph.number_of_edges():
        raise text.fault(1, "the graph has no edges: there is nothing to decide")
    graph.name = text.name
    return Graph.from_networkx(graph, notices=notices)
