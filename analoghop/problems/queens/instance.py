"""`Queens`: n queens on a board of n by n such that none attacks another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Integers, whole_number
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.answers import whole_numbers
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.baselines.means import mean_until
from analoghop.problems.baselines.min_conflicts import min_conflicts

LARGEST = 1_000
RANDOM = 10


@dataclass(frozen=True)
class Queens(Problem):
    """A board with `n` rows and columns.

    An answer is the column, from 0, of the queen in each row; its cost is the number of pairs that attack
    each other. Raises `InputError` for fewer than one queen, and for two and three, which have no solution.
    """

    n: int

    kind: ClassVar[str] = "queens"
    cost_name: ClassVar[str] = "attacking pairs"

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", whole_number(self.n, "n", "a whole number of queens"))
        if not 1 <= self.n <= LARGEST:
            raise InputError(f"there are {self.n} queens, expected 1 to {LARGEST}")
        if self.n in (2, 3):
            raise InputError(f"{self.n} queens always attack each other: expected 1, or 4 and more")

    @classmethod
    def read(cls, number: str) -> Queens:
        """Return the board of the size `number`, a text; raises `InputError` for an invalid one."""
        try:
            return cls(int(number))
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{number!r} is no number of queens, expected one such as 8") from None

    @property
    def name(self) -> str:
        """The name of the instance: the word queens and the number."""
        return f"queens{self.n}"

    @property
    def size(self) -> int:
        """Number of queens."""
        return self.n

    def attacks(self, answer: Any) -> Integers:
        """Return the pairs of rows (k, 2) whose queens share a column or a diagonal."""
        columns = whole_numbers(answer, self.n, "columns, one per row")
        rows, others = np.triu_indices(self.n, 1)
        sideways = np.abs(columns[rows] - columns[others])
        bad = (sideways == 0) | (sideways == others - rows)
        return np.stack([rows[bad], others[bad]], axis=1)

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the pairs of rows, from 0, whose queens attack each other: "3-7"; then unknown columns."""
        columns = whole_numbers(answer, self.n, "columns, one per row")
        found = [f"{r}-{s}" for r, s in self.attacks(answer).tolist()]
        unknown = np.flatnonzero((columns < 0) | (columns >= self.n))
        return found + [f"row {r} has its queen in column {columns[r]}" for r in unknown]

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the pairs that attack each other in random permutations and after min-conflicts."""
        rng = np.random.default_rng(seed)
        attacks = mean_until(limits, lambda _: len(self.attacks(rng.permutation(self.n))), RANDOM)
        found = {} if attacks is None else {"random permutation": attacks}
        if not limits.over:
            found["min-conflicts"] = float(len(self.attacks(min_conflicts(self.n, seed, limits=limits))))
        return found

    def verify(self, answer: Any) -> Verdict:
        """Return whether no queen attacks another, and how many pairs do.

        Violations count `attacking pairs` and queens in an `unknown column`.
        """
        columns = whole_numbers(answer, self.n, "columns, one per row")
        counts = {
            "attacking pairs": len(self.attacks(answer)),
            "unknown column": int(((columns < 0) | (columns >= self.n)).sum()),
        }
        violations = {name: count for name, count in counts.items() if count}
        return Verdict(not violations, float(counts["attacking pairs"]), violations)
