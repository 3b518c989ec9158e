"""`QAP`: facilities with flows between them, locations with distances, and the check of assignments."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array, Indices, check_finite, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.formats.instances.qaplib import read_qaplib, read_solution
from analoghop.formats.intake import beside_instance
from analoghop.formats.matrices import square_matrix
from analoghop.limits import Limits
from analoghop.problems.answers import known_cost, uses_told, whole_numbers
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.baselines.means import mean_until
from analoghop.problems.qap import swaps

FEWEST = 2
RANDOM, SEARCHED, FEW = 1000, 10, 20
"""Numbers of random assignments, of those that a local search improves, and the smallest number of either."""
WORK, EXCHANGED = 200_000_000, 20_000_000_000
"""Approximate limits of the products in random assignments or searches, and of exchanges in one search."""


@dataclass(frozen=True, eq=False, init=False)
class QAP(Problem):
    """min over permutations p of sum_ij A[i, j] B[p(i), p(j)] (Koopmans & Beckmann 1957).

    `A` and `B` (n, n), symmetric or not, diagonals included: flows between facilities i and distances
    between locations p(i), or the other way round. `best_known` is the best cost known, or None.
    """

    A: Array
    B: Array
    name: str = "assignment"
    best_known: float | None = None

    kind: ClassVar[str] = "qap"
    cost_name: ClassVar[str] = "flow times distance"
    polishers: ClassVar[tuple[str, ...]] = (swaps.METHOD,)

    def __init__(self, A: Any, B: Any, name: str = "assignment", best_known: float | None = None) -> None:
        """Take two square matrices, dense or sparse.

        Raises `InputError` unless both matrices are square, finite and of equal size, 2 at least.
        """
        for argument, matrix in (("A", A), ("B", B)):
            dense = square_matrix(matrix, argument, FEWEST)
            check_finite(dense, argument)
            readonly_fields(self, **{argument: frozen(dense)})
        if len(self.A) != len(self.B):
            sizes = f"`A` is of size {len(self.A)} and `B` of size {len(self.B)}"
            raise InputError(f"{sizes}: they must have equal sizes")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "best_known", known_cost(best_known))

    @classmethod
    def read(cls, path: str | Path) -> QAP:
        """Return the instance in a QAPLIB `.dat` file.

        If the folder has a `.sln` file of the same name, as in QAPLIB, the cost of its permutation is
        `best_known`; else it is the number behind the size in the first line, if there is one. Raises
        `FileFormatError`, with file and line.
        """
        data = read_qaplib(path)
        problem = cls(data.A, data.B, data.name, data.best)
        solution = Path(path).with_suffix(".sln")
        if not os.path.isfile(solution):
            return problem
        with beside_instance():
            best = read_solution(solution, problem.size)
        return cls(problem.A, problem.B, problem.name, problem.cost(best.permutation))

    @property
    def size(self) -> int:
        """Number of facilities and of locations."""
        return len(self.A)

    @cached_property
    def symmetric(self) -> bool:
        """Whether one of the matrices is symmetric: the other may then be replaced by its symmetric part."""
        return any(np.array_equal(matrix, matrix.T) for matrix in (self.A, self.B))

    def cost(self, permutation: Sequence[int] | Indices) -> float:
        """Return sum_ij A[i, j] B[p(i), p(j)]."""
        p = np.asarray(permutation, dtype=np.intp)
        return float(np.sum(self.A * self.B[np.ix_(p, p)]))

    def verify(self, answer: Any) -> Verdict:
        """Return whether the sequence p of locations, numbered from 0, uses each once, and its cost.

        Violations count locations that are `missing`, `repeated` (further uses) or `unknown`.
        """
        places = whole_numbers(answer, np.size(answer), "locations")
        known = places[(places >= 0) & (places < self.size)]
        uses = np.bincount(known, minlength=self.size)
        counts = {
            "missing": int((uses == 0).sum()),
            "repeated": int(np.maximum(uses - 1, 0).sum()),
            "unknown": len(places) - len(known),
        }
        violations = {name: count for name, count in counts.items() if count}
        return Verdict(not violations, None if violations else self.cost(places), violations)

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the locations, numbered from 0, that are missing, used several times, or unknown."""
        return uses_told(answer, self.size, "location", "used")

    def random_answer(self, rng: np.random.Generator) -> tuple[int, ...]:
        """Return a random permutation."""
        return tuple(rng.permutation(self.size).tolist())

    def polish(self, method: str, answer: Sequence[int]) -> tuple[int, ...]:
        """Return the permutation after a local search; raises `InputError` if it is not in `polishers`."""
        if method not in self.polishers:
            raise InputError(f"`polish` is {method!r}, expected one of {', '.join(self.polishers)}")
        return swaps.improved(self.A, self.B, answer)

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the mean costs of random assignments, and of a local search by swaps from some of them."""
        rng, n = np.random.default_rng(seed), self.size
        drawn = [self.random_answer(rng) for _ in range(min(RANDOM, max(FEW, WORK // n**2)))]

        def after(k: int) -> float:
            most = max(FEW, EXCHANGED // n**3)
            return self.cost(swaps.improved(self.A, self.B, drawn[k], limits, most))

        searches = max(1, min(SEARCHED, WORK // n**3))
        found = {
            "random": mean_until(limits, lambda k: self.cost(drawn[k]), len(drawn)),
            swaps.METHOD: mean_until(limits, after, searches, whole=False),
        }
        return {name: cost for name, cost in found.items() if cost is not None}
