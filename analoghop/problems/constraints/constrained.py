"""`Constraint`, `Constrained`: bounds on sums of variables of 0 and 1, and the problem that they define."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.programs.program import Program, ProgramRow
from analoghop.formats.programs.reading import read_lp
from analoghop.formats.programs.scan import plain_name
from analoghop.formats.programs.writing import write_lp
from analoghop.problems.answers import bits
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.constraints.expressions import SENSES, Polynomial, Sense, shown

ROUNDING = 1e-9
"""Largest violation of a bound that counts as a rounding error."""


@dataclass(frozen=True)
class Constraint:
    """`sum_k coefficients_k x[variables_k]` against `bound`; `name` is the key of its violations."""

    variables: tuple[int, ...]
    coefficients: tuple[float, ...]
    sense: Sense
    bound: float
    name: str

    @property
    def plain(self) -> bool:
        """Whether all coefficients are 1."""
        return all(c == 1.0 for c in self.coefficients)

    @property
    def is_choice(self) -> bool:
        """Whether the constraint is that exactly one of the variables is 1."""
        return self.plain and self.sense == "==" and self.bound == 1.0


@dataclass(frozen=True, eq=False)
class Constrained(Problem):
    """`count` variables of 0 and 1 under `constraints`, with an `objective` or None.

    The objective is minimised, or maximised if `sense` is "max". `fixed` variables have the given values;
    `names` are those of all variables, () for x0, x1 ... An answer is a value for each variable; its cost is
    the objective plus `constant`, 0 without one, defined for valid answers.
    """

    count: int
    constraints: tuple[Constraint, ...]
    objective: Quadratic | None = None
    constant: float = 0.0
    fixed: Mapping[int, int] = field(default_factory=dict)
    name: str = "model"
    names: tuple[str, ...] = ()
    sense: Literal["min", "max"] = "min"

    kind: ClassVar[str] = "model"
    cost_name: ClassVar[str] = "objective"

    @classmethod
    def read(cls, path: str | Path) -> Constrained:
        """Return the problem of an LP file whose variables are all 0 or 1, see `read_lp`."""
        found = read_lp(path)
        objective = None
        if found.linear or found.quadratic:
            entries = [*((k, k) for k in found.linear), *found.quadratic]
            values = [*found.linear.values(), *found.quadratic.values()]
            objective = Quadratic.of(len(found.names), np.array(entries), values, found.name)
        constraints = tuple(
            Constraint(
                tuple(k for k, _ in row.terms),
                tuple(a for _, a in row.terms),
                row.sense,
                row.bound,
                row.name,
            )
            for row in found.rows
        )
        return cls(
            len(found.names),
            constraints,
            objective,
            found.constant,
            found.fixed,
            found.name,
            found.names,
            found.sense,
        )

    def write(self, path: str | Path, comment: str = "") -> None:
        """Write the problem to an LP file, which other solvers read too.

        A constraint whose name is no word of LP files, or is used again, gets another name. Raises
        `InputError` for a variable's name that LP files cannot hold: brackets become `_`.
        """
        names = [re.sub(r"[\[\]]", "_", self.name_of(k)).rstrip("_") for k in range(self.count)]
        if len(set(names)) < len(names):
            names = [f"x{k}" for k in range(self.count)]
        form, rows, used = self.objective, list[ProgramRow](), set[str]()
        for number, c in enumerate(self.constraints, 1):
            plain = plain_name(c.name) and c.name not in used
            name = c.name if plain else f"R{number}"
            used.add(name)
            terms = tuple(zip(c.variables, c.coefficients, strict=True))
            rows.append(ProgramRow(name, terms, c.sense, c.bound))
        linear = {} if form is None else {k: a for k, a in enumerate(form.linear.tolist()) if a}
        quadratic: dict[tuple[int, int], float] = {}
        if form is not None:
            pairs = map(tuple, form.pairs.tolist())
            quadratic = dict(zip(pairs, form.values.tolist(), strict=True))
        parts = (linear, quadratic, self.constant, self.sense, tuple(rows), dict(self.fixed), self.name)
        write_lp(path, Program(tuple(names), *parts), comment)

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.count

    @property
    def labels(self) -> tuple[Hashable, ...]:
        """Names of the variables."""
        return self.names

    @cached_property
    def matrix(self) -> Any:
        """The coefficients, a sparse matrix (constraints, variables)."""
        from scipy.sparse import csr_array

        rows = np.repeat(np.arange(len(self.constraints)), [len(c.variables) for c in self.constraints])
        columns = [k for c in self.constraints for k in c.variables]
        values = [a for c in self.constraints for a in c.coefficients]
        return csr_array((values, (rows, columns)), shape=(len(self.constraints), self.count))

    def excess(self, values: Array) -> Array:
        """Return the violation of each constraint, (constraints, members), for `values` (count, members)."""
        beyond: Array = self.matrix @ values - np.array([c.bound for c in self.constraints])[:, None]
        senses = np.array([SENSES.index(c.sense) for c in self.constraints])[:, None]
        return np.where(senses == 0, np.abs(beyond), np.maximum(np.where(senses == 1, beyond, -beyond), 0.0))

    def cost(self, values: Array) -> Array:
        """Return the objective (members,) for `values` (count, members), whole or between 0 and 1."""
        if self.objective is None:
            return np.full(values.shape[1], self.constant)
        form = self.objective
        products = values[form.pairs[:, 0]] * values[form.pairs[:, 1]]
        return np.asarray(self.constant + form.linear @ values + form.values @ products)

    def minimised(self) -> Constrained:
        """Return the problem as a minimisation: the objective of a maximisation changes its sign."""
        if self.sense == "min":
            return self
        form = self.objective
        if form is not None:
            form = Quadratic(form.n, -form.linear, form.pairs, -form.values, form.name)
        return replace(self, objective=form, constant=-self.constant, sense="min")

    @property
    def steepest(self) -> float:
        """The largest change of the objective by one variable; 1 for a constant objective."""
        if self.objective is None:
            return 1.0
        slope, form = np.abs(self.objective.linear), self.objective
        for end in form.pairs.T:
            slope = slope + np.bincount(end, np.abs(form.values), form.n)
        return float(slope.max()) or 1.0

    def verify(self, answer: Any) -> Verdict:
        """Return whether the values (count,) satisfy every constraint, and their cost.

        Violations count constraints by name, and `changed fixed values`.
        """
        values = bits(answer, self.count, "values, 0 or 1, one per variable")
        violations: dict[str, int] = {}
        for k in self._broken(values):
            name = self.constraints[k].name
            violations[name] = violations.get(name, 0) + 1
        changed = sum(values[k] != value for k, value in self.fixed.items())
        if changed:
            violations["changed fixed values"] = int(changed)
        if violations:
            return Verdict(False, None, violations)
        return Verdict(True, float(self.cost(values[:, None].astype(np.float64))[0]))

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the constraints that do not hold, with their sums, and the fixed values that are changed."""
        values = bits(answer, self.count, "values, 0 or 1, one per variable")
        found = []
        for k in self._broken(values):
            c = self.constraints[k]
            total = sum(a * values[v] for v, a in zip(c.variables, c.coefficients, strict=True))
            terms = Polynomial(dict(zip(c.variables, c.coefficients, strict=True)), {}, 0.0)
            found.append(f"{c.name}: {shown(terms, self.name_of)} is {total:g}, not {c.sense} {c.bound:g}")
        for k, value in self.fixed.items():
            if values[k] != value:
                found.append(f"fixed values: {self.name_of(k)} is {values[k]}, not {value}")
        return found

    def name_of(self, number: int) -> str:
        """Return the name of a variable."""
        return self.names[number] if self.names else f"x{number}"

    def _broken(self, values: Integers) -> list[int]:
        """Return the indices of the constraints that do not hold."""
        if not self.constraints:
            return []
        over = self.excess(values[:, None].astype(np.float64))[:, 0] > ROUNDING * (1 + self._scale)
        broken: list[int] = np.flatnonzero(over).tolist()
        return broken

    @cached_property
    def _scale(self) -> Array:
        """The magnitude of each constraint's sum, for rounding errors."""
        return np.asarray(abs(self.matrix) @ np.ones(self.count))
