"""2-opt and or-opt: the standard local searches that polish tours, and baselines for circuits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import count

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.tsp.asymmetric_search import improved_asymmetric

METHODS: Mapping[str, tuple[bool, bool]] = {
    "2opt": (True, False),
    "oropt": (False, True),
    "2opt+oropt": (True, True),
}
"""Whether each method reverses paths (Croes 1958) and whether it moves segments (Or 1976)."""

NEIGHBOURS = 12  # candidates per city for moving segments
FARTHEST = 1000  # and for reversing paths
LONGEST = 3  # cities of a segment that is moved
ROUNDING = 1e-10  # of the tour's length: smallest decrease that counts as an improvement
CHECK_EVERY = 32  # cities between two checks of the limits


def improved(
    distances: Array, order: Iterable[int], method: str = "2opt", limits: Limits | None = None
) -> tuple[int, ...]:
    """Return a tour that no move of `method`, one of `METHODS`, makes shorter; see `LocalSearch`."""
    return LocalSearch(distances).improved(order, method, limits)


class LocalSearch:
    """Improves tours through cities with the same `distances` (n, n).

    Symmetric distances: the first improvement; segments are moved only next to each city's 12 nearest.
    Asymmetric distances: the best of all moves.
    """

    def __init__(self, distances: Array) -> None:
        self.distances = distances
        self.symmetric = bool(np.array_equal(distances, distances.T))

    @cached_property
    def lengths(self) -> list[list[float]]:
        """The distances as lists: single elements of arrays are slow to read."""
        rows: list[list[float]] = self.distances.tolist()
        return rows

    @cached_property
    def nearest(self) -> list[list[int]]:
        """The cities in the order of their distance from each city."""
        n = len(self.distances)
        nearest = np.argsort(self.distances + np.diag(np.full(n, np.inf)), axis=1, kind="stable")
        # A city's nearest may all be in its cluster: reversals, whose candidates a gain bounds, need all.
        rows: list[list[int]] = nearest[:, : min(FARTHEST, n - 1)].tolist()
        return rows

    def improved(
        self, order: Iterable[int], method: str = "2opt", limits: Limits | None = None
    ) -> tuple[int, ...]:
        """Return a tour that no move of `method`, one of `METHODS`, makes shorter.

        If `limits` are over before, it is the tour reached so far. Raises `InputError` for an unknown method.
        """
        if method not in METHODS:
            raise InputError(f"`polish` is {method!r}, expected one of {', '.join(METHODS)}")
        reverse, move = METHODS[method]
        tour = [int(city) for city in order]
        if not self.symmetric:
            return improved_asymmetric(self.distances, tour, reverse, move, LONGEST, limits)
        if len(tour) < 4:
            return tuple(tour)
        return _Search(self, tour, limits).run(reverse, move)


class _Search:
    """A tour under improvement."""

    def __init__(self, cities: LocalSearch, tour: list[int], limits: Limits | None) -> None:
        self.n, self.limits = len(tour), limits
        self.d, self.nearest = cities.lengths, cities.nearest
        self.near = [row[:NEIGHBOURS] for row in self.nearest]
        self.tour = tour
        self.place = [0] * self.n
        self._number(0, self.n)
        length = sum(self.d[a][b] for a, b in zip(tour, tour[1:] + tour[:1], strict=True))
        self.least = ROUNDING * length

    def _number(self, first: int, last: int) -> None:
        for k in range(first, last):
            self.place[self.tour[k]] = k

    def run(self, reverse: bool, move: bool) -> tuple[int, ...]:
        tries: list[Callable[[int], tuple[int, ...]]] = []
        tries += [self._two_opt] if reverse else []
        tries += [self._or_opt] if move else []
        # A new edge can allow a move of a city tried before: the search ends after a pass without moves.
        while self._pass(tries):
            pass
        return tuple(self.tour)

    def _pass(self, tries: list[Callable[[int], tuple[int, ...]]]) -> bool:
        """Try every city, and again those at the ends of each move; return whether there was one."""
        waiting, queued, moved = self.tour[::-1], [True] * self.n, False
        for looked in count():
            if not waiting:
                break
            if self.limits is not None and looked % CHECK_EVERY == 0 and self.limits.over:
                return False
            city = waiting.pop()
            queued[city] = False
            touched = next((ends for ends in (attempt(city) for attempt in tries) if ends), ())
            moved = moved or bool(touched)
            for end in touched:
                if not queued[end]:
                    queued[end] = True
                    waiting.append(end)
        return moved

    def _two_opt(self, a: int) -> tuple[int, ...]:
        """Replace a-b and c-e by a-c and b-e if that is shorter; return the four ends, or ()."""
        d, tour, place, n = self.d, self.tour, self.place, self.n
        from_a = d[a]
        for step in (1, -1):
            b = tour[(place[a] + step) % n]
            for c in self.nearest[a]:
                gain = from_a[b] - from_a[c]
                if gain <= self.least:
                    break
                e = tour[(place[c] + step) % n]
                if gain + d[c][e] - d[b][e] > self.least:
                    first, last = (b, c) if step == 1 else (c, b)
                    self._reverse(place[first], place[last])
                    return a, b, c, e
        return ()

    def _reverse(self, i: int, j: int) -> None:
        """Reverse the tour cyclically from position i to position j, or its complement if that is shorter."""
        n, tour = self.n, self.tour
        if 2 * ((j - i) % n + 1) > n:
            i, j = (j + 1) % n, (i - 1) % n
        if i <= j:
            tour[i : j + 1] = tour[i : j + 1][::-1]
            self._number(i, j + 1)
            return
        places = [k % n for k in range(i, j + n + 1)]
        for k, city in zip(places, [tour[k] for k in reversed(places)], strict=True):
            tour[k] = city
            self.place[city] = k

    def _or_opt(self, a: int) -> tuple[int, ...]:
        """Move a segment that begins or ends at `a` next to a near city; return the ends, or ()."""
        d, tour, place, n = self.d, self.tour, self.place, self.n
        for step in (1, -1):
            for size in range(1, min(LONGEST, n - 3) + 1):
                # The segment begins at a, next to p; after the move, a is next to c.
                z = tour[(place[a] + step * (size - 1)) % n]
                p, q = tour[(place[a] - step) % n], tour[(place[z] + step) % n]
                freed = d[p][a] + d[z][q] - d[p][q]
                for c in self.near[a]:
                    if (place[c] - place[a]) * step % n < size:
                        continue
                    for e in (tour[(place[c] + 1) % n], tour[(place[c] - 1) % n]):
                        if (place[e] - place[a]) * step % n < size:
                            continue
                        if freed - d[a][c] - d[z][e] + d[c][e] > self.least:
                            self._move(a, z, step, size, c, e)
                            return p, q, a, z, c, e
        return ()

    def _move(self, a: int, z: int, step: int, count: int, c: int, e: int) -> None:
        """Put the segment between c and e, neighbours outside it, with `a` beside c."""
        n, tour = self.n, self.tour
        first = self.place[a] if step == 1 else self.place[z]
        turned = tour[first:] + tour[:first]
        segment, rest = turned[:count], turned[count:]
        at = rest.index(c)
        after = rest[(at + 1) % len(rest)] == e
        # The segment is a ... z for step 1; it must have this order from c to e.
        if (step == 1) != after:
            segment.reverse()
        where = at + 1 if after else at
        self.tour = rest[:where] + segment + rest[where:]
        self._number(0, n)
