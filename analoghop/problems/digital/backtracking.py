"""Grids of digits by trial and error, always in the cell that leaves the least choice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NODES = 30_000


def backtracking(
    digits: Sequence[int], pairs: NDArray[np.int64], nodes: int = NODES
) -> NDArray[np.int64] | None:
    """Return `digits` with 1 to 9 in the place of every 0, different in the cells of each of `pairs` (m, 2).

    None where there is no such grid, or none was found after `nodes` digits were tried.
    """
    grid = [int(digit) for digit in digits]
    peers: list[list[int]] = [[] for _ in grid]
    for a, b in pairs.tolist():
        peers[a].append(b)
        peers[b].append(a)
    left = nodes

    def choices(cell: int) -> set[int]:
        return set(range(1, 10)) - {grid[other] for other in peers[cell]}

    def filled() -> bool:
        nonlocal left
        blanks = {cell: choices(cell) for cell, digit in enumerate(grid) if digit == 0}
        if not blanks:
            return True
        cell = min(blanks, key=lambda blank: len(blanks[blank]))
        for digit in sorted(blanks[cell]):
            if left == 0:
                break
            left -= 1
            grid[cell] = digit
            if filled():
                return True
        grid[cell] = 0
        return False

    return np.array(grid) if filled() else None
