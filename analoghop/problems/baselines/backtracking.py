"""Backtracking for grids of digits, always in the cell with the fewest possible digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analoghop.arrays import Integers
from analoghop.limits import Limits

NODES = 30_000


def backtracking(
    digits: Sequence[int], pairs: Integers, nodes: int = NODES, limits: Limits | None = None, largest: int = 9
) -> Integers | None:
    """Return the first of the `fillings`.

    None if there is none, or none was found within `nodes` tried digits and the `limits`.
    """
    return next(fillings(digits, pairs, nodes, limits, largest), None)


def fillings(
    digits: Sequence[int],
    pairs: Integers,
    nodes: int | None = None,
    limits: Limits | None = None,
    largest: int = 9,
) -> Iterator[Integers]:
    """Yield all `digits` with 1 to `largest` in place of every 0, different in both cells of `pairs` (m, 2).

    Stops after `nodes` tried digits, or when `limits` are over.
    """
    grid = [int(digit) for digit in digits]
    peers: list[list[int]] = [[] for _ in grid]
    for a, b in pairs.tolist():
        peers[a].append(b)
        peers[b].append(a)
    tried = 0

    def choices(cell: int) -> set[int]:
        return set(range(1, largest + 1)) - {grid[other] for other in peers[cell]}

    def filled() -> Iterator[Integers]:
        nonlocal tried
        blanks = {cell: choices(cell) for cell, digit in enumerate(grid) if digit == 0}
        if not blanks:
            yield np.array(grid)
            return
        cell = min(blanks, key=lambda blank: len(blanks[blank]))
        for digit in sorted(blanks[cell]):
            if tried == nodes or (limits is not None and limits.over):
                break
            tried += 1
            grid[cell] = digit
            yield from filled()
        grid[cell] = 0

    yield from filled()
