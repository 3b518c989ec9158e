"""Graphs small enough to try every answer."""

from itertools import product

import numpy as np

from analoghop.formats.graphs.graph import Graph


def random_graph(n: int, seed: int, weighted: bool = False) -> Graph:
    rng = np.random.default_rng(seed)
    edges = np.argwhere(np.triu(rng.random((n, n)) < 0.5, 1))
    edges = edges if len(edges) else np.array([[0, 1]])
    return Graph.of(n, edges, rng.integers(-3, 4, len(edges)) if weighted else None)


def all_bits(n: int) -> np.ndarray:
    return np.array(list(product((0, 1), repeat=n)))
