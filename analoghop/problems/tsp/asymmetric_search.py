"""2-opt and or-opt where the way back has another length: the best of all moves, priced at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analoghop.arrays import Array
from analoghop.limits import Limits

ROUNDING = 1e-10  # of the tour's length: what counts as shorter


def improved_asymmetric(
    d: Array, order: list[int], reverse: bool, move: bool, longest: int, limits: Limits | None = None
) -> tuple[int, ...]:
    """Return a tour that reversing no path and moving no segment of up to `longest` cities makes shorter.

    Where `limits` are over, the tour is that of the moment.
    """
    tour = np.array(order)
    least = ROUNDING * float(d[tour, np.roll(tour, -1)].sum())
    while limits is None or not limits.over:
        found = [*(_reversals(d, tour) if reverse else ()), *(_moves(d, tour, longest) if move else ())]
        gain, better = max(found, key=lambda pair: pair[0])
        if gain <= least:
            return tuple(tour.tolist())
        tour = better
    return tuple(tour.tolist())


def _reversals(d: Array, tour: Array) -> Iterator[tuple[float, Array]]:
    """Yield the best gain of reversing the places from i+1 round to j, and the tour after it."""
    n = len(tour)
    along = d[np.ix_(tour, tour)]
    ahead = np.roll(tour, -1)
    edge = d[tour, ahead]
    # How much longer the way back is, from place 0 up to each place and round to it again.
    extra = np.concatenate([[0.0], np.cumsum(d[ahead, tour] - edge)])
    reversed_path = extra[:-1] - extra[1:, None] + np.tri(n, k=-1) * extra[-1]
    after = np.roll(along, (-1, -1), axis=(0, 1))
    gain = edge[:, None] + edge - along - after - reversed_path
    np.fill_diagonal(gain, -np.inf)
    i, j = divmod(int(np.argmax(gain)), n)
    turned, count = np.roll(tour, -i - 1), (j - i) % n
    yield float(gain[i, j]), np.concatenate([turned[:count][::-1], turned[count:]])


def _moves(d: Array, tour: Array, longest: int) -> Iterator[tuple[float, Array]]:
    """Yield for each length the best gain of moving a segment elsewhere, and the tour after it."""
    n = len(tour)
    edge = d[tour, np.roll(tour, -1)]
    for count in range(1, min(longest, n - 2) + 1):
        last = np.roll(tour, 1 - count)
        p, q = np.roll(tour, 1), np.roll(tour, -count)
        freed = d[p, tour] + d[last, q] - d[p, q]
        # Between the cities at places c and c + 1.
        cost = d[tour][:, tour].T + d[last][:, np.roll(tour, -1)] - edge
        gain = freed[:, None] - cost
        for shift in range(-1, count):
            gain[np.arange(n), (np.arange(n) + shift) % n] = -np.inf
        s, c = divmod(int(np.argmax(gain)), n)
        turned = np.roll(tour, -s)
        segment, rest = turned[:count], turned[count:]
        where = (c - s) % n - count + 1
        yield float(gain[s, c]), np.concatenate([rest[:where], segment, rest[where:]])
