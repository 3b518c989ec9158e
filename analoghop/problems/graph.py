"""Graphs of problems: reading them from files, and their adjacency matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analoghop.formats.graphs.graph import Graph, Neighbours
from analoghop.formats.graphs.reading import read_graph
from analoghop.formats.graphs.sources import graph_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

__all__ = ["Graph", "Neighbours", "adjacency", "graph_of", "read_graph"]


def adjacency(graph: Graph) -> csr_array[np.float64, tuple[int, int]]:
    """Return the symmetric matrix (n, n) of the weights, with ones for a graph without weights."""
    from scipy.sparse import csr_array

    first, vertices, edges = graph.neighbours
    return csr_array((graph.w[edges], vertices, first), shape=(graph.n, graph.n))
