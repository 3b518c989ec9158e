"""Independent sets and halves of graphs by greedy choice."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Integers
from analoghop.formats.graphs.graph import Graph


def greedy_independent_set(graph: Graph) -> Integers:
    """Return 1 for each vertex of an independent set, chosen by the fewest neighbours left."""
    first, vertices, _ = graph.neighbours
    degree = graph.degrees.astype(np.int64)
    gone = graph.n + 1
    chosen = np.zeros(graph.n, dtype=np.int64)
    while True:
        v = int(np.argmin(degree))
        if degree[v] >= gone:
            return chosen
        chosen[v] = 1
        near = vertices[first[v] : first[v + 1]]
        fresh = near[degree[near] < gone]
        degree[v] = degree[fresh] = 2 * gone
        for u in fresh.tolist():
            degree[vertices[first[u] : first[u + 1]]] -= 1
        # What is gone sinks by at most its degree, and stays above every vertex that is left.


def halves_by_swaps(graph: Graph, sides: Integers) -> Integers:
    """Return the halves `sides` after swaps of the best vertex of each, as long as they save weight."""
    first, vertices, edges = graph.neighbours
    side = sides.copy()
    while True:
        i, j = graph.edges.T
        outside = np.where(side[i] != side[j], graph.w, -graph.w)
        saved = np.bincount(i, outside, graph.n) + np.bincount(j, outside, graph.n)
        a, b = (int(np.argmax(np.where(side == half, saved, -np.inf))) for half in (0, 1))
        near = slice(first[a], first[a + 1])
        between = float(graph.w[edges[near]][vertices[near] == b].sum())
        if saved[a] + saved[b] - 2.0 * between <= 1e-12 * float(np.abs(graph.w).sum()):
            return side
        side[a], side[b] = 1, 0
