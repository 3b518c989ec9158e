"""`Model`: choices, bounds and an objective over variables of 0 and 1, the problem that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.problems.answers import bits
from analoghop.problems.base import Problem, Verdict

Sense = Literal["==", "<=", ">="]
SENSES: tuple[Sense, ...] = ("==", "<=", ">=")
ROUNDING = 1e-9
"""By how much a sum may miss its bound for rounding alone."""
LARGEST = 1_000_000


@dataclass(frozen=True)
class Constraint:
    """`sum_k coefficients_k x[variables_k]` against `bound`; `name` is what its violations count under."""

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
        """Whether exactly one of the variables is to be 1."""
        return self.plain and self.sense == "==" and self.bound == 1.0


@dataclass(frozen=True, eq=False)
class Constrained(Problem):
    """`count` variables of 0 and 1 under `constraints`, with an `objective` to be kept low, or None.

    `fixed` variables have the given values. An answer is a value for each variable; its cost is the objective
    plus `constant`, 0 without one, defined for answers that violate nothing.
    """

    count: int
    constraints: tuple[Constraint, ...]
    objective: Quadratic | None = None
    constant: float = 0.0
    fixed: Mapping[int, int] = field(default_factory=dict)
    name: str = "model"

    kind: ClassVar[str] = "model"
    cost_name: ClassVar[str] = "objective"

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.count

    @cached_property
    def matrix(self) -> Any:
        """The coefficients, a sparse matrix (constraints, variables)."""
        from scipy.sparse import csr_array

        rows = np.repeat(np.arange(len(self.constraints)), [len(c.variables) for c in self.constraints])
        columns = [k for c in self.constraints for k in c.variables]
        values = [a for c in self.constraints for a in c.coefficients]
        return csr_array((values, (rows, columns)), shape=(len(self.constraints), self.count))

    def excess(self, values: Array) -> Array:
        """Return how far each constraint is from holding, (constraints, members), for (count, members)."""
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

    @property
    def steepest(self) -> float:
        """The largest change of the objective that one variable can make; 1 where it never changes."""
        if self.objective is None:
            return 1.0
        slope, form = np.abs(self.objective.linear), self.objective
        for end in form.pairs.T:
            slope = slope + np.bincount(end, np.abs(form.values), form.n)
        return float(slope.max()) or 1.0

    def verify(self, answer: Any) -> Verdict:
        """Return whether the values (count,) obey every constraint, and their cost.

        Violations count constraints by name, and `changed fixed values`.
        """
        values = bits(answer, self.count, "values, 0 or 1, one per variable")
        over = self.excess(values[:, None].astype(np.float64))[:, 0] > ROUNDING * (1 + self._scale)
        violations: dict[str, int] = {}
        for k in np.flatnonzero(over).tolist():
            name = self.constraints[k].name
            violations[name] = violations.get(name, 0) + 1
        changed = sum(values[k] != value for k, value in self.fixed.items())
        if changed:
            violations["changed fixed values"] = int(changed)
        if violations:
            return Verdict(False, None, violations)
        return Verdict(True, float(self.cost(values[:, None].astype(np.float64))[0]))

    @cached_property
    def _scale(self) -> Array:
        """The size of the sums of the constraints."""
        return np.asarray(abs(self.matrix) @ np.ones(self.count))


class Model:
    """Collects variables, constraints and an objective; `problem` is what they make.

        model = Model()
        x = model.variables(3)
        model.exactly_one(x)
        model.minimise({x[0]: 2.0, x[1]: 1.0}, {(x[0], x[2]): -1.0})
        analoghop.solve(model.problem())

    Variables are numbers, from 0. Every method raises `InputError` for a variable that is not there.
    """

    def __init__(self) -> None:
        self._count = 0
        self._constraints: list[Constraint] = []
        self._linear: dict[int, float] = {}
        self._quadratic: dict[tuple[int, int], float] = {}
        self._constant = 0.0
        self._fixed: dict[int, int] = {}

    def variables(self, count: int) -> Integers:
        """Add `count` variables and return their numbers, (count,)."""
        if not 1 <= count <= LARGEST - self._count:
            raise InputError(f"`count` is {count}, expected 1 to {LARGEST - self._count} more variables")
        self._count += count
        return np.arange(self._count - count, self._count)

    def linear(
        self,
        variables: ArrayLike,
        coefficients: ArrayLike,
        sense: Sense,
        bound: float,
        name: str = "linear constraints",
    ) -> None:
        """Ask for a weighted sum that is equal to, at most or at least `bound`; names count violations."""
        chosen = self._known(variables)
        if sense not in SENSES:
            raise InputError(f"`sense` is {sense!r}, expected one of {', '.join(SENSES)}")
        weights = np.broadcast_to(np.asarray(coefficients, dtype=np.float64), len(chosen))
        if not (np.isfinite(weights).all() and np.isfinite(bound)):
            raise InputError(f"`coefficients` and `bound` of {name} must be finite numbers")
        self._constraints.append(Constraint(chosen, tuple(weights.tolist()), sense, float(bound), name))

    def exactly_one(self, variables: ArrayLike, name: str = "choices") -> None:
        """Ask for one of the variables to be 1."""
        self.linear(variables, 1.0, "==", 1.0, name)

    def at_most(self, variables: ArrayLike, bound: float = 1.0, name: str = "upper bounds") -> None:
        """Ask for at most `bound` of the variables to be 1."""
        self.linear(variables, 1.0, "<=", bound, name)

    def at_least(self, variables: ArrayLike, bound: float = 1.0, name: str = "lower bounds") -> None:
        """Ask for at least `bound` of the variables to be 1."""
        self.linear(variables, 1.0, ">=", bound, name)

    def fix(self, variable: int, value: int) -> None:
        """Give a variable its value, 0 or 1; raises `InputError` for another, or two different ones."""
        (known,) = self._known([variable])
        if value not in (0, 1):
            raise InputError(f"`value` of variable {known} is {value}, expected 0 or 1")
        if self._fixed.get(known, value) != value:
            raise InputError(f"variable {known} is fixed at 0 and at 1")
        self._fixed[known] = int(value)

    def minimise(
        self,
        linear: Mapping[int, float],
        quadratic: Mapping[tuple[int, int], float] | None = None,
        constant: float = 0.0,
    ) -> None:
        """Add coefficients of variables and of products of two, and a constant, to the objective."""
        for variable, value in linear.items():
            (k,) = self._known([variable])
            self._linear[k] = self._linear.get(k, 0.0) + self._finite(value)
        for pair, value in (quadratic or {}).items():
            a, b = self._known(pair)
            self._quadratic[(a, b)] = self._quadratic.get((a, b), 0.0) + self._finite(value)
        self._constant += self._finite(constant)

    def problem(self, name: str = "model") -> Constrained:
        """Return the problem; raises `InputError` for a model without variables."""
        if not self._count:
            raise InputError("the model has no variables")
        objective = None
        if self._linear or self._quadratic:
            entries = [*((k, k) for k in self._linear), *self._quadratic]
            values = [*self._linear.values(), *self._quadratic.values()]
            objective = Quadratic.of(self._count, np.array(entries), np.array(values), name)
        constraints = tuple(self._constraints)
        return Constrained(self._count, constraints, objective, self._constant, dict(self._fixed), name)

    def _known(self, variables: ArrayLike | Sequence[int] | Iterable[int]) -> tuple[int, ...]:
        numbers = np.atleast_1d(np.asarray(variables))
        if numbers.dtype.kind not in "iu" or numbers.ndim != 1 or not len(numbers):
            raise InputError("`variables` must be one or more whole numbers, as `Model.variables` gives them")
        if ((numbers < 0) | (numbers >= self._count)).any():
            raise InputError(f"`variables` must lie from 0 to {self._count - 1}, the model has no others")
        if len(np.unique(numbers)) < len(numbers):
            raise InputError("a variable stands twice in one constraint or product")
        return tuple(numbers.tolist())

    @staticmethod
    def _finite(value: float) -> float:
        if not np.isfinite(value):
            raise InputError(f"a coefficient of the objective is {value}, expected a finite number")
        return float(value)
