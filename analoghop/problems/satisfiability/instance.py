"""`Satisfiability`: truth values that satisfy every clause of a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from analoghop.arrays import Integers, whole_number
from analoghop.errors import InputError
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


@dataclass(frozen=True, eq=False, init=False)
class Satisfiability(Problem):
    """A formula in conjunctive normal form.

    An answer is a truth value for each variable; its cost is the number of clauses that do not hold.
    """

    formula: CNF

    kind: ClassVar[str] = "sat"
    cost_name: ClassVar[str] = "unsatisfied clauses"

    def __init__(self, formula: CNF | Any, *, variables: int | None = None, name: str = "formula") -> None:
        """Take a `CNF`, or its clauses: sequences of literals k or -k, variables counted from 1.

        `variables`: their number, by default that of the largest literal. Raises `InputError` for literals
        that are 0 or not whole numbers, and for an empty formula.
        """
        if isinstance(formula, CNF):
            if variables is not None:
                raise InputError("`variables` is given twice: a `CNF` holds their number too")
            made = formula
        else:
            made = _formula(formula, variables, name)
        object.__setattr__(self, "formula", made)

    @classmethod
    def read(cls, path: str | Path) -> Satisfiability:
        """Return the problem of a DIMACS `.cnf` file."""
        return cls(read_cnf(path))

    @classmethod
    def of(cls, variables: int, clauses: Any, name: str = "formula") -> Satisfiability:
        """Return the problem of `clauses`, sequences of literals k or -k, variables counted from 1."""
        return cls(clauses, variables=variables, name=name)

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
        """Notices about clauses that were left out of the formula."""
        return self.formula.notices

    @cached_property
    def literals(self) -> Literals:
        """The clauses as arrays."""
        flat = np.array([literal for clause in self.clauses for literal in clause], dtype=np.int64)
        first = np.concatenate([[0], np.cumsum([len(clause) for clause in self.clauses])])
        return Literals(first, np.abs(flat) - 1, np.sign(flat))

    def unsatisfied(self, answer: Any) -> Integers:
        """Return the indices, from 0, of the clauses that do not hold."""
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
        """Return whether the truth values (n,) satisfy every clause, and the number of violated clauses."""
        count = len(self.unsatisfied(answer))
        return Verdict(count == 0, float(count), {"unsatisfied clauses": count} if count else {})


def _formula(clauses: Any, variables: int | None, name: str) -> CNF:
    expected = "sequences of literals such as 1 or -2"
    if isinstance(clauses, str) or not isinstance(clauses, Iterable):
        raise InputError(f"`formula` is a {type(clauses).__name__}, expected clauses: {expected}")
    found: list[Clause] = []
    for number, clause in enumerate(clauses, 1):
        if isinstance(clause, str) or not isinstance(clause, Iterable):
            raise InputError(f"clause {number} of `formula` is {clause!r}, expected {expected}")
        found.append(tuple(whole_number(x, "formula", f"a literal in clause {number}") for x in clause))
    largest = max((abs(literal) for clause in found for literal in clause), default=0)
    count = max(largest, 1) if variables is None else whole_number(variables, "variables", "a whole number")
    return CNF(count, tuple(found), name)
