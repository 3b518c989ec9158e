"""WalkSAT (Selman, Kautz & Cohen 1994): flips of variables in unsatisfied clauses, some at random."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from analoghop.arrays import Integers
from analoghop.formats.instances.cnf import Clause
from analoghop.limits import Limits

FLIPS = 20_000
NOISE = 0.5
CHECK_EVERY = 16
"""Flips between two checks of the limits."""


class ClauseList(Protocol):
    """The members of a problem that WalkSAT reads."""

    @property
    def size(self) -> int:
        """Number of variables."""

    @property
    def clauses(self) -> Sequence[Clause]:
        """The clauses: literals k or -k, variables counted from 1."""

    @property
    def literals(self) -> tuple[Integers, Integers, Integers]:
        """The index of each clause's first literal, the literals' variables from 0, and their signs."""


def walksat(problem: ClauseList, seed: int, flips: int = FLIPS, limits: Limits | None = None) -> list[bool]:
    """Return the best truth values of up to `flips` flips from random ones.

    In an unsatisfied clause a variable is flipped that breaks no clause, if there is one; else with
    probability 1/2 a random one, or the one that breaks the fewest. Fewer flips are made if `limits` are
    over before.
    """
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 2, problem.size).astype(bool)
    first, variables, signs = problem.literals
    truth = (values[variables] == (signs > 0)).astype(np.int64)
    true: list[int] = np.add.reduceat(truth, first[:-1]).tolist()
    broken: list[int] = [m for m, count in enumerate(true) if not count]  # in order
    occurs = _occurrences(problem)
    flipped: list[int] = []
    fewest, best = len(broken), 0
    drawn = rng.random((min(flips, FLIPS), 3)).tolist()
    for flip, (which, noise, pick) in enumerate(drawn):
        if not broken or (limits is not None and flip % CHECK_EVERY == 0 and limits.over):
            break
        clause = problem.clauses[broken[int(which * len(broken))]]
        breaks = [sum(true[m] == 1 for m in occurs(-x)) for x in clause]
        at_random = min(breaks) > 0 and noise < NOISE
        x = clause[int(pick * len(clause))] if at_random else clause[int(np.argmin(breaks))]
        flipped.append(abs(x) - 1)
        for m in occurs(x):
            true[m] += 1
            if true[m] == 1:
                del broken[bisect_left(broken, m)]
        for m in occurs(-x):
            true[m] -= 1
            if not true[m]:
                insort(broken, m)
        if len(broken) < fewest:
            fewest, best = len(broken), len(flipped)
    odd = np.bincount(flipped[:best], minlength=problem.size) % 2 == 1
    found: list[bool] = (values ^ odd).tolist()
    return found


def _occurrences(problem: ClauseList) -> Callable[[int], list[int]]:
    """Return a function from a literal to the clauses that contain it."""
    first, variables, signs = problem.literals
    codes = 2 * variables + (signs > 0)
    order = np.argsort(codes, kind="stable")
    clauses = np.repeat(np.arange(len(first) - 1), np.diff(first))[order]
    bounds = np.searchsorted(codes[order], np.arange(2 * problem.size + 1)).tolist()

    def occurs(literal: int) -> list[int]:
        code = 2 * (abs(literal) - 1) + (literal > 0)
        found: list[int] = clauses[bounds[code] : bounds[code + 1]].tolist()
        return found

    return occurs
