"""TabuCol (Hertz & de Werra 1987): a local search that recolours vertices in conflict."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Integers
from analoghop.formats.graphs.graph import Graph
from analoghop.limits import Limits

ITERATIONS = 10_000
MOST_WORK = 1_000_000_000
"""Largest number of candidate moves evaluated in all: iterations with many candidates are fewer."""
TENURE, SHARE = 10, 0.6
"""A colour is tabu for a random number of up to 10 moves plus 0.6 per vertex in conflict (Galinier & Hao)."""


def tabucol(
    graph: Graph, k: int, seed: int, iterations: int = ITERATIONS, limits: Limits | None = None
) -> Integers:
    """Return the best colouring with `k` colours of up to `iterations` moves from a random one.

    A move gives a vertex in conflict the colour with the fewest remaining conflicts. Fewer moves are made if
    they take too much work, or if `limits` are over before.
    """
    rng = np.random.default_rng(seed)
    first, vertices, _ = graph.neighbours
    rows = np.arange(graph.n)
    colour = rng.integers(0, k, graph.n)
    i, j = graph.edges.T
    around = np.zeros((graph.n, k), dtype=np.int64)
    np.add.at(around, (i, colour[j]), 1)
    np.add.at(around, (j, colour[i]), 1)
    free = np.zeros((graph.n, k), dtype=np.int64)
    conflicts = int((colour[i] == colour[j]).sum())
    best, fewest = colour.copy(), conflicts
    work = 0
    for step in range(iterations):
        if not fewest or k == 1 or work > MOST_WORK or (limits is not None and limits.over):
            break
        own = around[rows, colour]
        bad = np.flatnonzero(own)
        work += graph.n + k * len(bad)
        change = around[bad] - own[bad, None]
        # Aspiration: a tabu move is allowed if it leads to fewer conflicts than all states so far.
        barred = (free[bad] > step) & (conflicts + change >= fewest)
        change = np.where(barred, graph.n, change)
        change[np.arange(len(bad)), colour[bad]] = 2 * graph.n
        flat = change.ravel()
        ties = np.flatnonzero(flat == flat.min())
        row, c = divmod(int(ties[rng.integers(len(ties))]), k)
        v = int(bad[row])
        old = int(colour[v])
        conflicts += int(around[v, c] - around[v, old])
        near = vertices[first[v] : first[v + 1]]
        around[near, old] -= 1
        around[near, c] += 1
        colour[v] = c
        free[v, old] = step + 1 + rng.integers(TENURE) + int(SHARE * len(bad))
        if conflicts < fewest:
            best, fewest = colour.copy(), conflicts
    return best
