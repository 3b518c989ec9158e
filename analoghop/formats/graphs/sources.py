"""`graph_of`: a graph from a `Graph`, a graph of `networkx`, or a matrix of weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.errors import InputError
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.matrices import is_sparse, matrix_entries

EXPECTED = "a `Graph`, a graph of networkx, or a symmetric matrix of its weights"


def graph_of(source: Any, name: str = "graph") -> Graph:
    """Return `source` as a graph: a `Graph` itself, an undirected graph of `networkx`, or a matrix.

    A matrix, dense or sparse, is symmetric; its entries that are not 0 are the weights of the edges; if all
    are 1 the graph has no weights. Entries on its diagonal are loops and are left out with a notice.
    Raises `InputError`, naming the argument `name`, for any other value.
    """
    if isinstance(source, Graph):
        return source
    if all(hasattr(source, method) for method in ("is_directed", "nodes", "edges")):
        return Graph.from_networkx(source)
    if not is_sparse(source) and not hasattr(source, "__array__") and not isinstance(source, (list, tuple)):
        raise InputError(f"`{name}` is a {type(source).__name__}, expected {EXPECTED}")
    n, at, values = matrix_entries(source, name, symmetric=True)
    upper = at[:, 0] <= at[:, 1]
    weights = None if np.all(values == 1.0) else values[upper]
    return Graph.of(n, at[upper], weights)
