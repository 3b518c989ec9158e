"""`MaxSat`: truth values that satisfy all hard clauses, and soft ones of as much weight as possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Integers
from analoghop.errors import InputError
from analoghop.formats.instances.cnf import Clause
from analoghop.formats.instances.wcnf import WeightedCNF, read_wcnf
from analoghop.limits import Limits
from analoghop.problems.answers import bits
from analoghop.problems.base import Problem, Verdict

RANDOM = 10
"""Random answers whose mean is a baseline."""


@dataclass(frozen=True, eq=False)
class MaxSat(Problem):
    """A weighted formula.

    An answer is a truth value, 0 or 1, for each variable; its cost is the weight of the soft clauses that do
    not hold, and it is valid where all hard ones do.
    """

    formula: WeightedCNF

    kind: ClassVar[str] = "maxsat"
    cost_name: ClassVar[str] = "weight of unsatisfied clauses"

    def __post_init__(self) -> None:
        if not isinstance(self.formula, WeightedCNF):
            raise InputError(f"`formula` is a {type(self.formula).__name__}, expected a WeightedCNF")

    @classmethod
    def read(cls, path: str | Path) -> MaxSat:
        """Return the problem of a `.wcnf` file, see `read_wcnf`."""
        return cls(read_wcnf(path))

    @classmethod
    def of(cls, hard: Iterable[Sequence[int]], soft: Iterable[tuple[float, Sequence[int]]]) -> MaxSat:
        """Return the problem of clauses, sequences of literals k or -k from 1, the soft ones with weights."""
        must = tuple(map(tuple, hard))
        may = tuple((float(weight), tuple(clause)) for weight, clause in soft)
        literals = [abs(k) for clause in (*must, *(clause for _, clause in may)) for k in clause]
        return cls(WeightedCNF(max(literals, default=0), must, may))

    @property
    def name(self) -> str:
        """Name of the formula."""
        return self.formula.name

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.formula.variables

    def broken(self, answer: Any) -> list[int]:
        """Return the indices, from 0, of the hard clauses that do not hold."""
        values = bits(answer, self.size, "truth values, one per variable")
        return [k for k, clause in enumerate(self.formula.hard) if not holds(clause, values)]

    def verify(self, answer: Any) -> Verdict:
        """Return whether all hard clauses hold, and the weight of the soft ones that do not.

        Violations count `unsatisfied hard clauses`; an invalid answer has no cost.
        """
        values, count = bits(answer, self.size, "truth values, one per variable"), len(self.broken(answer))
        if count:
            return Verdict(False, None, {"unsatisfied hard clauses": count})
        return Verdict(True, sum(weight for weight, clause in self.formula.soft if not holds(clause, values)))

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the hard clauses that do not hold, numbered from 1 among the hard ones."""
        return [f"hard clause {k + 1}" for k in self.broken(answer)]

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the mean cost of random truth values, of those among 10 that satisfy the hard clauses."""
        rng, costs = np.random.default_rng(seed), []
        for _ in range(RANDOM):
            if limits.over:
                return {}
            verdict = self.verify(rng.integers(0, 2, self.size))
            if verdict.cost is not None:
                costs.append(verdict.cost)
        return {"random": float(np.mean(costs))} if costs else {}


def holds(clause: Clause, values: Integers) -> bool:
    """Return whether a literal of `clause` is true."""
    return any((values[abs(literal) - 1] == 1) == (literal > 0) for literal in clause)
