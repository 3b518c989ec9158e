"""Cities from a `networkx` graph; networkx is not imported, only the graph's methods are called."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.errors import InputError
from analoghop.formats.tsplib.distances import distance_matrix
from analoghop.formats.tsplib.instance import EUCLIDEAN, EXPLICIT, FEWEST, LARGEST, Cities


def cities_of_graph(graph: Any, weight: str = "weight") -> Cities:
    """Return the cities of a complete graph, in the order of its nodes; directed graphs are asymmetric.

    The distances are the edges' `weight`. A graph without edges whose nodes all have a `pos`, a pair, has
    the real Euclidean distances between them; with edges, `pos` is for drawing.
    Raises `InputError` for fewer than three nodes, a pair of nodes without an edge, and an edge whose weight
    is missing, negative or not finite.
    """
    nodes = list(graph.nodes)
    n = len(nodes)
    if not FEWEST <= n <= LARGEST:
        raise InputError(f"the graph has {n} nodes: a tour has at least {FEWEST}, at most {LARGEST} are read")
    name = str(getattr(graph, "name", "") or "graph")
    places = [graph.nodes[node].get("pos") for node in nodes]
    labels = () if nodes == list(range(n)) else tuple(nodes)
    coordinates = None
    if all(place is not None and len(place) == 2 for place in places):
        coordinates = np.array([[float(x), float(y)] for x, y in places])
        if not np.isfinite(coordinates).all():
            raise InputError("a node's `pos` is not finite")
    if coordinates is not None and graph.number_of_edges() == 0:
        return Cities(name, distance_matrix(coordinates, EUCLIDEAN), coordinates, EUCLIDEAN, labels=labels)
    index = {node: k for k, node in enumerate(nodes)}
    d = np.full((n, n), np.nan)
    for a, b, value in graph.edges(data=weight):
        if value is None or not np.isfinite(float(value)) or float(value) < 0:
            raise InputError(
                f"the edge from {a!r} to {b!r} has the `{weight}` {value!r}, expected a distance >= 0"
            )
        if graph.is_multigraph() and np.isfinite(d[index[a], index[b]]):
            value = min(float(value), float(d[index[a], index[b]]))
        d[index[a], index[b]] = float(value)
        if not graph.is_directed():
            d[index[b], index[a]] = d[index[a], index[b]]
    np.fill_diagonal(d, 0.0)
    missing = np.argwhere(np.isnan(d))
    if missing.size:
        a, b = (nodes[k] for k in missing[0])
        raise InputError(
            f"there is no edge from {a!r} to {b!r}: a tour needs a distance between every two cities"
        )
    return Cities(name, d, coordinates, EXPLICIT, labels=labels)
