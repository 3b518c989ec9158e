"""WalkSAT (Selman, Kautz & Cohen 1994): flips in clauses that do not hold, now and then at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analoghop.problems.satisfiability.instance import Satisfiability

FLIPS = 20_000
NOISE = 0.5


def walksat(problem: Satisfiability, seed: int, flips: int = FLIPS) -> list[bool]:
    """Return the best truth values that up to `flips` flips from random ones lead to.

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
    broken = {m for m, count in enumerate(true) if not count}
    best, fewest = values.copy(), len(broken)
    drawn = rng.random((min(flips, FLIPS), 3)).tolist()
    for which, noise, pick in drawn:
        if not broken:
            break
        # Broken clauses are few: a list of them costs less than keeping one in order.
        clause = problem.clauses[sorted(broken)[int(which * len(broken))]]
        breaks = [sum(true[m] == 1 for m in occurs.get(-x, ())) for x in clause]
        at_random = min(breaks) > 0 and noise < NOISE
        x = clause[int(pick * len(clause))] if at_random else clause[int(np.argmin(breaks))]
        values[abs(x) - 1] = x > 0
        for m in occurs.get(x, ()):
            true[m] += 1
            broken.discard(m)
        for m in occurs.get(-x, ()):
            true[m] -= 1
            if not true[m]:
                broken.add(m)
        if len(broken) < fewest:
            best, fewest = values.copy(), len(broken)
    return best
