"""Min-conflicts for queens: a queen in conflict moves to the least attacked column (Minton et al. 1992)."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Integers
from analoghop.limits import Limits

STEPS = 5_000
CHECK_EVERY = 64
"""Moves between two checks of the limits."""


def min_conflicts(n: int, seed: int, steps: int = STEPS, limits: Limits | None = None) -> Integers:
    """Return the column of each queen after up to `steps` moves from a random permutation.

    Fewer moves are made if `limits` are over before.
    """
    rng = np.random.default_rng(seed)
    rows, all_columns = np.arange(n), np.arange(n)
    columns = rng.permutation(n)
    straight = np.bincount(columns, minlength=n)
    rising = np.bincount(rows + columns, minlength=2 * n)
    falling = np.bincount(rows - columns + n, minlength=2 * n)
    for step in range(steps):
        if limits is not None and step % CHECK_EVERY == 0 and limits.over:
            break
        load = straight[columns] + rising[rows + columns] + falling[rows - columns + n]
        attacked = np.flatnonzero(load > 3)
        if not len(attacked):
            break
        r = int(rng.choice(attacked))
        for lines, line in ((straight, columns[r]), (rising, r + columns[r]), (falling, r - columns[r] + n)):
            lines[line] -= 1
        loads = straight + rising[r + all_columns] + falling[r - all_columns + n]
        columns[r] = c = int(rng.choice(np.flatnonzero(loads == loads.min())))
        for lines, line in ((straight, c), (rising, r + c), (falling, r - c + n)):
            lines[line] += 1
    return columns
