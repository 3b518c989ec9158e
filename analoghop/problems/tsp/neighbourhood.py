"""Neighbourhoods of a tour: free cities, the chains between them, their couplings, and the rejoined tour.

Plain functions on arrays, so that they can be compiled unchanged.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask

ITERATIONS = 12
"""Iterations for the largest eigenvalue: accurate to some percent, which suffices for a temperature."""


def contract(tour: Integers, free: Mask) -> tuple[Integers, Integers]:
    """Return the tour from its longest chain on, and the first position of each chain, (chains + 1,).

    The last entry is the number of cities. `free` (n,) by city, one at least. A chain is a free city, or the
    path between two free cities. The first, longest chain is kept in place, the others are to be ordered and
    oriented.
    """
    n, at = len(tour), 0
    while not free[tour[at]]:
        at += 1
    # Cyclically through the tour, from a free city on.
    begins = np.zeros(n + 1, np.int64)
    count = 0
    for place in range(at, at + n):
        if free[tour[place % n]] or free[tour[place % n - 1]]:
            begins[count] = place
            count += 1
    begins[count] = at + n
    longest = np.argmax(begins[1 : count + 1] - begins[:count])
    shift = begins[longest] % n
    starts = np.full(count + 1, n, np.int64)
    for k in range(count):
        starts[k] = (begins[(longest + k) % count] - shift) % n
    return np.concatenate((tour[shift:], tour[:shift])), starts


def couple(
    distances: Array, turned: Integers, starts: Integers, symmetric: bool
) -> tuple[Array, Array, Integers]:
    """Return A (units, units), bias (units, slots) and the first unit of each chain of the circuit `Chains`.

    A is centred with equal weights of all chains; `bias` compensates for the directions, and holds the excess
    length of a reversed chain: the costs of all orders are unchanged, up to a constant.
    """
    chains = len(starts) - 2
    first = np.zeros(chains + 1, np.int64)
    for k in range(chains):
        first[k + 1] = first[k] + (1 if starts[k + 2] - starts[k + 1] == 1 else 2)
    units = first[chains]
    # The kept chain is the last unit, in one direction only.
    entry, leave = np.zeros(units + 1, np.int64), np.zeros(units + 1, np.int64)
    weight, extra = np.ones(units + 1), np.zeros(units)
    entry[units], leave[units] = turned[0], turned[starts[1] - 1]
    for k in range(chains):
        p, a, b = first[k], starts[k + 1], starts[k + 2] - 1
        entry[p], leave[p] = turned[a], turned[b]
        if b > a:
            entry[p + 1], leave[p + 1] = turned[b], turned[a]
            weight[p : p + 2] = 0.5
            if not symmetric:
                for i in range(a, b):
                    there, back = (
                        distances[turned[i], turned[i + 1]],
                        distances[turned[i + 1], turned[i]],
                    )
                    extra[p + 1] += back - there
    cost = np.zeros((units + 1, units + 1))
    for p in range(units + 1):
        cost[p] = distances[leave[p]][entry]
    weight /= weight.sum()
    after, before = np.zeros(units + 1), np.zeros(units + 1)
    for p in range(units + 1):
        after[p] = (cost[p] * weight).sum()
        before += weight[p] * cost[p]
    whole = (weight * after).sum()
    for p in range(units + 1):
        cost[p] += whole - after[p] - before
    bias = np.zeros((units, chains))
    for k in range(chains):
        for p in range(first[k], first[k + 1]):
            bias[p] -= extra[p] + after[p] + before[p] - after[first[k]] - before[first[k]]
    bias[:, 0] -= cost[units, :units]
    bias[:, chains - 1] -= cost[:units, units]
    return np.ascontiguousarray(cost[:units, :units]), bias, first


def critical_temperature(A: Array, slots: int) -> float:
    """Return 2/slots times the largest eigenvalue of -(A + A')/2, the critical temperature; 1 for zeros.

    By power iteration, shifted so that the largest eigenvalue dominates.
    """
    size = len(A)
    even = -0.5 * (A + A.T)
    shift = 0.5 * np.sqrt((even * even).sum())
    if shift == 0.0:
        return 1.0
    x = np.cos(np.arange(size) ** 2.0)
    value = 0.0
    for _ in range(ITERATIONS):
        x = x / np.sqrt((x * x).sum())
        pushed = even @ x
        value = (x * pushed).sum()
        x = pushed + shift * x
    return float(max(2.0 * value / slots, 1e-6 * shift))


def read_order(V: NDArray[Any], first: Integers) -> Integers:
    """Return the unit in each slot of the outputs `V` (units, slots) at the threshold 1/2, without repair.

    All -1 if a slot or a chain does not have exactly one output on.
    """
    slots = V.shape[1]
    order, seen = np.full(slots, -1, np.int64), np.zeros(slots, np.int64)
    for k in range(slots):
        for p in range(first[k], first[k + 1]):
            for i in range(slots):
                if V[p, i] > 0.5:
                    seen[k] += 1
                    if order[i] >= 0:
                        seen[k] = 2
                    order[i] = p
    if (seen != 1).any():
        order[:] = -1
    return order


def join(turned: Integers, starts: Integers, first: Integers, order: Integers) -> Integers:
    """Return the tour in which the kept chain is followed by the units of `order`."""
    tour = turned.copy()
    at = starts[1]
    for unit in order:
        k = np.searchsorted(first, unit, side="right") - 1
        a, b = starts[k + 1], starts[k + 2]
        part = turned[a:b] if unit == first[k] else turned[a:b][::-1]
        tour[at : at + b - a] = part
        at += b - a
    return tour


def tour_length(distances: Array, tour: Integers) -> float:
    """Return the length of the closed tour."""
    length = distances[tour[-1], tour[0]]
    for i in range(len(tour) - 1):
        length += distances[tour[i], tour[i + 1]]
    return float(length)
