"""DSATUR (Brelaz 1979): greedy colouring, the vertex with the fewest free colours first; greedy cliques."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Integers
from analoghop.formats.graphs.graph import Graph
from analoghop.limits import Limits
from analoghop.problems.baselines.largest import Largest

CHECK_EVERY = 256
"""Coloured vertices between two checks of the limits."""
COLOURS = 32
"""Number of colours that are allocated at first."""


def dsatur(graph: Graph, most: int | None = None, limits: Limits | None = None) -> Integers | None:
    """Return a colour from 0 for each vertex; None if `limits` are over before all have one.

    Next is the vertex with the most colours among its neighbours, of several the one with the most uncoloured
    neighbours; it gets the first free colour. With at most `most` colours, a vertex without a free colour
    gets the one of the fewest neighbours, and the colouring need not be proper.
    """
    first, vertices, _ = graph.neighbours
    widest = int(graph.degrees.max()) + 1
    width = min(widest, COLOURS) if most is None else most
    count = np.zeros((graph.n, width), dtype=np.int32)
    # Saturation outweighs any degree; a coloured vertex is never the largest.
    best = Largest(graph.degrees.astype(np.int64))
    rank = best.values
    colour = np.full(graph.n, -1, dtype=np.int64)
    for k in range(graph.n):
        if limits is not None and k and k % CHECK_EVERY == 0 and limits.over:
            return None
        v = best.place()
        c = int(np.argmin(count[v] > 0)) if most is None else int(np.argmin(count[v]))
        if most is None and count[v, c] > 0:
            c, width = width, min(widest, 2 * width)
            count = np.concatenate([count, np.zeros((graph.n, width - c), dtype=np.int32)], axis=1)
        colour[v] = c
        around = vertices[first[v] : first[v + 1]]
        rank[around] += np.where(count[around, c] == 0, graph.n, 0) - 1
        count[around, c] += 1
        # Neighbours raise it by less than n for each colour: it stays below that of all uncoloured vertices.
        rank[v] = -graph.n * (widest + (0 if most is None else most) + 2)
        best.changed(np.append(around, v))
    return colour


def clique(graph: Graph, tries: int = 50, limits: Limits | None = None) -> int:
    """Return the size of a clique, grown greedily from each of the `tries` vertices of highest degree.

    No proper colouring has fewer colours. Fewer vertices are tried if `limits` are over before.
    """
    first, vertices, _ = graph.neighbours
    best = 0
    for v in np.argsort(-graph.degrees, kind="stable")[:tries].tolist():
        if limits is not None and best and limits.over:
            break
        left = vertices[first[v] : first[v + 1]]
        size = 1
        while len(left):
            u = int(left[np.argmax(graph.degrees[left])])
            left = np.intersect1d(left, vertices[first[u] : first[u + 1]], assume_unique=True)
            size += 1
        best = max(best, size)
    return best
