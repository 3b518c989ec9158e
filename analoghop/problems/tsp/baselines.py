"""What plain methods reach on an instance, for judging a circuit's tours."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.problems.tsp.local_search import improved

RANDOM = 1000
GREEDY = 200  # cities to start from
SEARCHED = 10


def baselines(distances: Array, seed: int) -> Mapping[str, float]:
    """Return mean lengths by name: what one run of each method is expected to give.

    `random`: 1000 tours; `nearest neighbour`: from every city, or from 200 of them; `2-opt` and `2-opt +
    or-opt`: from 10 random tours.
    """
    rng = np.random.default_rng(seed)
    n = len(distances)
    tours = rng.permuted(np.tile(np.arange(n), (RANDOM, 1)), axis=1)
    first = np.arange(n) if n <= GREEDY else rng.choice(n, GREEDY, replace=False)
    searched = {
        name: np.array([improved(distances, tour, method) for tour in tours[:SEARCHED]])
        for name, method in (("2-opt", "2opt"), ("2-opt + or-opt", "2opt+oropt"))
    }
    orders = {"random": tours, "nearest neighbour": nearest_neighbour(distances, first), **searched}
    return {name: float(_lengths(distances, order).mean()) for name, order in orders.items()}


def nearest_neighbour(distances: Array, first: Indices) -> Indices:
    """Return the tours (len(first), n) that always go on to the nearest city left, from each of `first`."""
    n, rows = len(distances), np.arange(len(first))
    tours = np.empty((len(first), n), dtype=np.intp)
    tours[:, 0] = first
    left = np.zeros((len(first), n))
    for k in range(1, n):
        left[rows, tours[:, k - 1]] = np.inf
        tours[:, k] = np.argmin(distances[tours[:, k - 1]] + left, axis=1)
    return tours


def _lengths(distances: Array, tours: Indices) -> Array:
    return np.asarray(distances[tours, np.roll(tours, -1, axis=1)].sum(axis=1))
