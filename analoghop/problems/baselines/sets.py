"""Greedy algorithms for independent sets and for bisections of graphs."""

from __future__ import annotations

from itertools import count

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.formats.graphs.graph import Graph
from analoghop.limits import Limits
from analoghop.problems.baselines.largest import Largest

CHECK_EVERY = 64
"""Chosen vertices between two checks of the limits."""
RENEWED = 256
"""Swaps after which the savings of all vertices are computed anew."""


def greedy_independent_set(graph: Graph, limits: Limits | None = None) -> Integers:
    """Return 1 for each vertex of an independent set, chosen by the fewest remaining neighbours.

    Where vertices have weights, they are chosen by their weight over one more than their degree. If `limits`
    are over before the end, the set is incomplete: vertices could be added to it.
    """
    first, vertices, _ = graph.neighbours
    if graph.vertex_weights is not None:
        return _heaviest_first(graph, limits)
    # The largest of the negative numbers of neighbours is the vertex with the fewest.
    fewest = Largest(-graph.degrees.astype(np.int64))
    degree = fewest.values
    gone = -(graph.n + 1)
    chosen = np.zeros(graph.n, dtype=np.int64)
    for step in count():
        if limits is not None and step % CHECK_EVERY == 0 and limits.over:
            return chosen
        v = fewest.place()
        if degree[v] <= gone:
            return chosen
        chosen[v] = 1
        near = vertices[first[v] : first[v + 1]]
        fresh = near[degree[near] > gone]
        degree[v] = degree[fresh] = 2 * gone
        around = [near, np.array([v])]
        for u in fresh.tolist():
            around.append(vertices[first[u] : first[u + 1]])
            degree[around[-1]] += 1
        fewest.changed(np.concatenate(around))
        # The number of a removed vertex rises by at most its degree: it stays below all remaining vertices.
    return chosen


def _heaviest_first(graph: Graph, limits: Limits | None) -> Integers:
    first, vertices, _ = graph.neighbours
    chosen, free = np.zeros(graph.n, dtype=np.int64), graph.u > 0
    for k, v in enumerate(np.argsort(-graph.u / (graph.degrees + 1), kind="stable").tolist()):
        if limits is not None and k % CHECK_EVERY == 0 and limits.over:
            break
        if free[v]:
            chosen[v] = 1
            free[vertices[first[v] : first[v + 1]]] = False
    return chosen


def halves_by_swaps(graph: Graph, sides: Integers, limits: Limits | None = None) -> Integers:
    """Return the halves `sides` after swaps of the best vertex of each, as long as swaps save weight.

    If `limits` are over before the end, fewer swaps are made.
    """
    side = sides.copy()
    least = 1e-12 * float(np.abs(graph.w).sum())
    for step in count():
        if step % RENEWED == 0:
            # Sums that are updated many times accumulate rounding errors.
            saved = _savings(graph, side)
            best = [Largest(np.where(side == half, saved, -np.inf)) for half in (0, 1)]
        if limits is not None and limits.over:
            return side
        a, b = best[0].place(), best[1].place()
        near, weights = _neighbours(graph, a)
        between = float(weights[near == b].sum())
        if saved[a] + saved[b] - 2.0 * between <= least:
            return side
        for v in (a, b):
            near, weights = _neighbours(graph, v)
            side[v] = 1 - side[v]
            saved[v] = -saved[v]
            saved[near] += np.where(side[near] != side[v], 2.0 * weights, -2.0 * weights)
            places = np.append(near, v)
            for half in (0, 1):
                best[half].values[places] = np.where(side[places] == half, saved[places], -np.inf)
                best[half].changed(places)
    return side


def _savings(graph: Graph, side: Integers) -> Array:
    """Return the decrease of the weight between the halves if a vertex changes its side, (n,)."""
    i, j = graph.edges.T
    outside = np.where(side[i] != side[j], graph.w, -graph.w)
    return np.asarray(np.bincount(i, outside, graph.n) + np.bincount(j, outside, graph.n))


def _neighbours(graph: Graph, v: int) -> tuple[Integers, Array]:
    """Return the neighbours of `v` and the weights of the edges to them."""
    first, vertices, edges = graph.neighbours
    near = slice(first[v], first[v + 1])
    return vertices[near], graph.w[edges[near]]
