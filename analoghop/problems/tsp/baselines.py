"""Tour lengths of standard methods on an instance, for comparison with a circuit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.limits import Limits
from analoghop.problems.baselines.means import runs_until
from analoghop.problems.tsp.local_search import LocalSearch

RANDOM = 1000
GREEDY = 200  # cities to start from
SEARCHED = 10
CHECK_EVERY = 64  # cities of a tour between two checks of the limits


def tour_baselines(distances: Array, seed: int, limits: Limits) -> Mapping[str, float]:
    """Return mean lengths by name: the expected result of one run of each method.

    `random`: 1000 tours; `nearest neighbour`: from every city, or from 200 of them; `2-opt` and `2-opt +
    or-opt`: from 10 random tours. If `limits` are over before, means are those of the runs done by then, and
    methods without a run are left out.
    """
    rng = np.random.default_rng(seed)
    n = len(distances)
    tours = rng.permuted(np.tile(np.arange(n), (RANDOM, 1)), axis=1)
    first = np.arange(n) if n <= GREEDY else rng.choice(n, GREEDY, replace=False)
    orders = {"random": tours}
    greedy = nearest_neighbour(distances, first, limits)
    if greedy is not None:
        orders["nearest neighbour"] = greedy
    search = LocalSearch(distances)
    for name, method in (("2-opt", "2opt"), ("2-opt + or-opt", "2opt+oropt")):
        improve = partial(_improved, search, tours, method, limits)
        found = runs_until(limits, improve, SEARCHED, whole=False)
        if found:
            orders[name] = np.array(found)
    return {name: float(_lengths(distances, order).mean()) for name, order in orders.items()}


def _improved(search: LocalSearch, tours: Indices, method: str, limits: Limits, k: int) -> tuple[int, ...]:
    return search.improved(tours[k], method, limits)


def nearest_neighbour(distances: Array, first: Indices, limits: Limits | None = None) -> Indices | None:
    """Return the tours (len(first), n) that always continue to the nearest unvisited city, from each `first`.

    None if `limits` are over before their end.
    """
    n, rows = len(distances), np.arange(len(first))
    tours = np.empty((len(first), n), dtype=np.intp)
    tours[:, 0] = first
    left = np.zeros((len(first), n))
    for k in range(1, n):
        if limits is not None and k % CHECK_EVERY == 0 and limits.over:
            return None
        left[rows, tours[:, k - 1]] = np.inf
        tours[:, k] = np.argmin(distances[tours[:, k - 1]] + left, axis=1)
    return tours


def _lengths(distances: Array, tours: Indices) -> Array:
    return np.asarray(distances[tours, np.roll(tours, -1, axis=1)].sum(axis=1))
