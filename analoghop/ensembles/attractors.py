"""The attractors that the trajectories of an ensemble have reached, and the fractions of their basins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.intervals import wilson_interval

_MERGED = 2000  # largest number of cells whose neighbours are compared: 1 s for 100 outputs

Pick = Callable[[Integers], Array]
"""`pick(members)` returns the states or the outputs of the given members, (rows, len(members))."""


@dataclass(frozen=True, eq=False)
class Attractor:
    """An attractor that `count` trajectories reached: a `fraction` of all, with Wilson's 95 % `interval`.

    `state` (n,), `outputs` (n_outputs,) and `energy` (None without one) are those of its first trajectory,
    with the index `member`.
    """

    state: Array
    outputs: Array
    energy: float | None
    count: int
    fraction: float
    interval: tuple[float, float]
    member: int


@dataclass(frozen=True, eq=False)
class Attractors:
    """Attractors, the most frequent first, for equal counts the lowest energy first.

    `labels` (members,) is the number of each trajectory's attractor, -1 for a trajectory at no attractor.
    """

    found: tuple[Attractor, ...]
    labels: Integers

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Attractor]:
        return iter(self.found)

    def __getitem__(self, number: int) -> Attractor:
        return self.found[number]


def cells(outputs: Array, tolerance: Array) -> NDArray[np.uint64]:
    """Return two numbers (members, 2) that identify each column's cell of a grid of width `tolerance`."""
    places = np.rint(outputs / tolerance).astype(np.int64).view(np.uint64)
    words = np.random.Philox(key=0).random_raw(2 * len(places)).reshape(2, -1) | np.uint64(1)
    return np.stack([(places * word[:, None]).sum(axis=0) for word in words], axis=1)


def clustered(names: NDArray[np.uint64], outputs: Pick, tolerance: Array) -> Integers:
    """Return labels (members,) of clusters.

    `names` (members, 2) are the members' cells. Cells whose first members differ by less than `tolerance` in
    every output form one cluster (if there are up to 2000 cells; smaller cells join larger ones).
    """
    _, first, labels, counts = np.unique(
        names, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    labels = labels.reshape(-1)
    order = np.lexsort((first, -counts))
    leader = np.arange(len(first))
    if 1 < len(first) <= _MERGED:
        v = outputs(first)
        leaders: list[int] = []
        for cell in order:
            near = (np.abs(v[:, leaders] - v[:, [cell]]) <= tolerance).all(axis=0)
            if near.any():
                leader[cell] = leaders[int(np.argmax(near))]
            else:
                leaders.append(int(cell))
    compact = np.unique(leader, return_inverse=True)[1].reshape(-1)
    return np.asarray(compact[labels], dtype=np.int64)


def ranked(
    labels: Integers, alive: Integers, states: Pick, outputs: Pick, energies: Array | None, members: int
) -> Attractors:
    """Return the clusters `labels` of the members `alive`, out of `members`, as sorted attractors.

    `energies` (members,) or None.
    """
    if not len(alive):
        return Attractors((), np.full(members, -1, np.int64))
    counts = np.bincount(labels)
    chosen = alive[np.unique(labels, return_index=True)[1]]
    energy = np.zeros(len(chosen)) if energies is None else energies[chosen]
    order = np.lexsort((chosen, energy, -counts))
    x, v = states(chosen[order]), outputs(chosen[order])
    found = tuple(
        Attractor(
            state=x[:, place],
            outputs=v[:, place],
            energy=None if energies is None else float(energy[number]),
            count=int(counts[number]),
            fraction=float(counts[number] / members),
            interval=wilson_interval(int(counts[number]), members),
            member=int(chosen[number]),
        )
        for place, number in enumerate(order)
    )
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    everyone = np.full(members, -1, np.int64)
    everyone[alive] = rank[labels]
    return Attractors(found, everyone)
