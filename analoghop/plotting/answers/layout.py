"""`places_of`: the layout of a graph's vertices in pictures."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analoghop.arrays import Array, frozen
from analoghop.formats.graphs.graph import Graph

STEPS = 150


@lru_cache(maxsize=4)
def places_of(graph: Graph) -> Array:
    """Return the coordinates (n, 2) of the vertices: those of the graph, else a force-directed layout.

    Edges attract their ends and all vertices repel each other (Fruchterman & Reingold 1991); the initial
    layout depends on n alone.
    """
    if graph.coordinates is not None:
        return graph.coordinates
    n = graph.n
    xy = np.random.default_rng(n).uniform(-0.5, 0.5, (n, 2))
    far = 1.0 / np.sqrt(n)
    i, j = graph.edges.T
    for heat in np.linspace(0.1, 0.002, STEPS):
        apart = xy[:, None] - xy[None]
        distance = np.maximum(np.hypot(*np.moveaxis(apart, -1, 0)), 1e-3)
        force = (apart * (far**2 / distance**2)[..., None]).sum(axis=1)
        along = xy[i] - xy[j]
        pull = along * (np.hypot(*along.T) / far)[:, None]
        np.add.at(force, i, -pull)
        np.add.at(force, j, pull)
        size = np.maximum(np.hypot(*force.T), 1e-9)[:, None]
        xy = xy + force / size * np.minimum(size, heat)
    return frozen(xy - xy.mean(axis=0))
