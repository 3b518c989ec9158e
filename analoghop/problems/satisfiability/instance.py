"""`Satisfiability`: truth values under which every clause holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from analoghop.arrays import Integers
from analoghop.formats.instances.cnf import CNF, Clause, read_cnf
from analoghop.limits import Limits
from analoghop.problems.answers import bits
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.baselines.walksat import walksat


class Literals(NamedTuple):
    """The literals of clause m are those from `first[m]` up to `first[m + 1]`.

    `variables` from 0, `signs` 1 or -1.
    """

    first: Integers
    variables: Integers
    signs: Integers


@dataclass(frozen=True, eq=False)
class Satisfiability(Problem):
    """A formula in conjunctive normal form.

    An answer is a truth value for each variable; its cost is the number of clauses that do not hold.
    """

    formula: CNF

    kind: ClassVar[str] = "sat"
    cost_name: ClassVar[str] = "unsatisfied clauses"

    @classmethod
    def read(cls, path: str | Path) -> Satisfiability:
        """Return the problem of a DIMACS `.cnf` file."""
        return cls(read_cnf(path))

    @classmethod
    def of(cls, variables: int, clauses: Any, name: str = "formula") -> Satisfiability:
        """Return the problem of `clauses`, sequences of literals k or -k, variables counted from 1."""
        return cls(CNF(variables, tuple(tuple(map(int, clause)) for clause in clauses), name))

    @property
    def name(self) -> str:
        """Name of the formula."""
        return self.formula.name

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.formula.variables

    @property
    def variables(self) -> int:
        """Number of variables."""
        return self.formula.variables

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses: literals k or -k, variables counted from 1."""
        return self.formula.clauses

    @property
    def notices(self) -> tuple[str, ...]:
        """What was left out of the formula."""
        return self.formula.notices

    @cached_property
    def literals(self) -> Literals:
        """The clauses as arrays."""
        flat = np.array([literal for clause in self.clauses for literal in clause], dtype=np.int64)
        first = np.concatenate([[0], np.cumsum([len(clause) for clause in self.clauses])])
        return Literals(first, np.abs(flat) - 1, np.sign(flat))

    def unsatisfied(self, answer: Any) -> Integers:
        """Return the numbers, from 0, of the clauses that do not hold."""
        values = 2 * bits(answer, self.size, "truth values, one per variable") - 1
        first, variables, signs = self.literals
        holds = np.logical_or.reduceat(values[variables] == signs, first[:-1])
        return np.flatnonzero(~holds)

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the clauses that do not hold, numbered from 1."""
        return [f"clause {m + 1}" for m in self.unsatisfied(answer).tolist()]

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the clauses that a short WalkSAT leaves unsatisfied."""
        if limits.over:
            return {}
        return {"WalkSAT": float(len(self.unsatisfied(walksat(self, seed, limits=limits))))}

    def verify(self, answer: Any) -> Verdict:
        """Return whether every clause holds under the truth values (n,), and how many do not."""
        count = len(self.unsatisfied(answer))
        return Verdict(count == 0, float(count), {"unsatisfied clauses": count} if count else {})
