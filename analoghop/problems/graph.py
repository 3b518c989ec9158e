"""Graphs of problems: reading them from files, and their adjacency matrices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.formats.graphs.dimacs import read_col
from analoghop.formats.graphs.graph import Graph, Neighbours
from analoghop.formats.graphs.rudy import read_rudy
from analoghop.formats.graphs.sources import graph_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

__all__ = ["Graph", "Neighbours", "adjacency", "graph_of", "read_graph"]


def read_graph(path: str | Path) -> Graph:
    """Return the graph in a file: DIMACS format if its name ends in `.col`, else rudy's format.

    Raises `FileFormatError`, with file and line.
    """
    return read_col(path) if Path(path).suffix.lower() == ".col" else read_rudy(path)


def adjacency(graph: Graph) -> csr_array[np.float64, tuple[int, int]]:
    """Return the symmetric matrix (n, n) of the weights, with ones for a graph without weights."""
    from scipy.sparse import csr_array

    first, vertices, edges = graph.neighbours
    return csr_array((graph.w[edges], vertices, first), shape=(graph.n, graph.n))
