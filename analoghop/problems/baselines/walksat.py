"""WalkSAT (Selman, Kautz & Cohen 1994): flips in clauses that do not hold, now and then at random."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from analoghop.formats.instances.cnf import Clause
from analoghop.limits import Limits

FLIPS = 20_000
NOISE = 0.5
CHECK_EVERY = 16
"""Flips between two looks at the limits."""


class ClauseList(Protocol):
    """What WalkSAT reads of a problem."""

    @property
    def size(self) -> int:
        """Number of variables."""

    @property
    def clauses(self) -> Sequence[Clause]:
        """The clauses: literals k or -k, variables counted from 1."""


def walksat(problem: ClauseList, seed: int, flips: int = FLIPS, limits: Limits | None = None) -> list[bool]:
    """Return the best truth values that up to `flips` flips from random ones lead to.

    Fewer flips are made where `limits` are over.

    In a clause that does not hold, a variable is flipped that breaks none, where there is one; else with
    probability 1/2 one at random, or the one that breaks the fewest.
    """
    rng = np.random.default_rng(seed)
    values = [bool(bit) for bit in rng.integers(0, 2, problem.size)]
    occurs: dict[int, list[int]] = {}
    for m, clause in enumerate(problem.clauses):
        for literal in clause:
            occurs.setdefault(literal, []).append(m)
    true = [sum(values[abs(x) - 1] == (x > 0) for x in clause) for clause in problem.clauses]
    broken = [m for m, count in enumerate(true) if not count]  # in order
    best, fewest = values.copy(), len(broken)
    drawn = rng.random((min(flips, FLIPS), 3)).tolist()
    for flip, (which, noise, pick) in enumerate(drawn):
        if not broken or (limits is not None and flip % CHECK_EVERY == 0 and limits.over):
            break
        clause = problem.clauses[broken[int(which * len(broken))]]
        breaks = [sum(true[m] == 1 for m in occurs.get(-x, ())) for x in clause]
        at_random = min(breaks) > 0 and noise < NOISE
        x = clause[int(pick * len(clause))] if at_random else clause[int(np.argmin(breaks))]
        values[abs(x) - 1] = x > 0
        for m in occurs.get(x, ()):
            true[m] += 1
            if true[m] == 1:
                del broken[bisect_left(broken, m)]
        for m in occurs.get(-x, ()):
            true[m] -= 1
            if not true[m]:
                insort(broken, m)
        if len(broken) < fewest:
            best, fewest = values.copy(), len(broken)
    return best
