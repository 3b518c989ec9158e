"""2-opt and or-opt for asymmetric distances: the best of all moves, evaluated by array operations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analoghop.arrays import Array
from analoghop.limits import Limits

ROUNDING = 1e-10  # of the tour's length: smallest decrease that counts as an improvement


def improved_asymmetric(
    d: Array, order: list[int], reverse: bool, move: bool, longest: int, limits: Limits | None = None
) -> tuple[int, ...]:
    """Return a tour that no reversal of a path and no move of up to `longest` cities makes shorter.

    If `limits` are over before, it is the tour reached so far.
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
    """Yield the best gain of reversing the positions from i+1 cyclically to j, and the new tour."""
    n = len(tour)
    along = d[np.ix_(tour, tour)]
    ahead = np.roll(tour, -1)
    edge = d[tour, ahead]
    # Excess length of the reversed path, from position 0 up to each position and cyclically on to it again.
    extra = np.concatenate([[0.0], np.cumsum(d[ahead, tour] - edge)])
    reversed_path = extra[:-1] - extra[1:, None] + np.tri(n, k=-1) * extra[-1]
    after = np.roll(along, (-1, -1), axis=(0, 1))
    gain = edge[:, None] + edge - along - after - reversed_path
    np.fill_diagonal(gain, -np.inf)
    i, j = divmod(int(np.argmax(gain)), n)
    turned, count = np.roll(tour, -i - 1), (j - i) % n
    yield float(gain[i, j]), np.concatenate([turned[:count][::-1], turned[count:]])


def _moves(d: Array, tour: Array, longest: int) -> Iterator[tuple[float, Array]]:
    """Yield for each length of a segment the best gain of moving it, and the new tour."""
    n = len(tour)
    edge = d[tour, np.roll(tour, -1)]
    for count in range(1, min(longest, n - 2) + 1):
        last = np.roll(tour, 1 - count)
        p, q = np.roll(tour, 1), np.roll(tour, -count)
        freed = d[p, tour] + d[last, q] - d[p, q]
        # Between the cities at positions c and c + 1.
        cost = d[tour][:, tour].T + d[last][:, np.roll(tour, -1)] - edge
        gain = freed[:, None] - cost
        for shift in range(-1, count):
            gain[np.arange(n), (np.arange(n) + shift) % n] = -np.inf
        s, c = divmod(int(np.argmax(gain)), n)
        turned = np.roll(tour, -s)
        segment, rest = turned[:count], turned[count:]
        where = (c - s) % n - count + 1
        yield float(gain[s, c]), np.concatenate([rest[:where], segment, rest[where:]])
