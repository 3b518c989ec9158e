"""`Model`: collects variables of 0 and 1, constraints and an objective, written as sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import real_array, whole_number
from analoghop.errors import InputError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.problems.answers import bits
from analoghop.problems.constraints.constrained import Constrained, Constraint
from analoghop.problems.constraints.expressions import (
    SENSES,
    Arithmetic,
    Expression,
    ModelVariable,
    Polynomial,
    Relation,
    Sense,
    VariableArray,
    array_of,
)

LARGEST = 1_000_000


class Model:
    """Collects variables, constraints and an objective; `problem` returns the problem that they define.

        model = Model()
        x = model.variables(3)
        model.exactly_one(x)
        model.add(x[0] + 2 * x[1] <= x[2] + 1)
        model.minimise(2 * x[0] + x[1] - x[0] * x[2])
        result = analoghop.solve(model.problem())
        model.values(result.answer)

    Variables are objects, in arrays with the shapes, indices and sums of NumPy's. A number in place of a
    variable raises `InputError`, and so does a variable of another model; only in the dictionaries of
    `minimise` and `maximise` a whole number is the variable with that number.
    """

    def __init__(self) -> None:
        self._variables: list[ModelVariable] = []
        self._names: dict[str, int] = {}
        self._constraints: list[Constraint] = []
        self._objective = Polynomial({}, {}, 0.0)
        self._senses: set[str] = set()
        self._fixed: dict[int, int] = {}

    def __repr__(self) -> str:
        return f"Model({len(self._variables)} variables, {len(self._constraints)} constraints)"

    def variables(self, count: int, name: str | None = None) -> VariableArray:
        """Add `count` variables and return them in an array (count,), which may be reshaped.

        With `name` "x" they are called x[0], x[1] ..., without a name x0, x1 ... by their number. Raises
        `InputError` for a name that is already used.
        """
        count = whole_number(count, "count", "a whole number of variables")
        room = LARGEST - len(self._variables)
        if not 1 <= count <= room:
            raise InputError(f"`count` is {count}, expected 1 to {room} more variables")
        return array_of([self._new(None if name is None else f"{name}[{k}]") for k in range(count)])

    def variable(self, name: str | None = None) -> ModelVariable:
        """Add a variable and return it; raises `InputError` for a name that is already used."""
        if len(self._variables) >= LARGEST:
            raise InputError(f"the model has {LARGEST} variables, and no room for more")
        return self._new(name)

    def _new(self, name: str | None) -> ModelVariable:
        number = len(self._variables)
        name = f"x{number}" if name is None else name
        if not isinstance(name, str) or not name:
            raise InputError(f"`name` is {name!r}, expected a word")
        if name in self._names:
            raise InputError(f"`name` is {name!r}: another variable has this name")
        made = ModelVariable(self, number, name)
        self._names[name] = number
        self._variables.append(made)
        return made

    def variable_of(self, number: int) -> ModelVariable:
        """Return the variable with the given number."""
        return self._variables[number]

    def name_of(self, number: int) -> str:
        """Return the name of the variable with the given number."""
        return self._variables[number].name

    def add(self, constraint: Relation | Iterable[Any], name: str = "linear constraints") -> None:
        """Add a constraint: a comparison of sums such as `x[0] + 2 * x[1] <= 3`, or several comparisons.

        `name` is the key of its violations. Raises `InputError` for a value that is not a comparison, and for
        a comparison without variables or with products of variables.
        """
        if isinstance(constraint, Relation):
            difference = self._terms(constraint.difference(), name)
            self._bounded(difference, constraint.sense, 0.0, name)
        elif isinstance(constraint, (list, tuple, np.ndarray)):
            for one in np.asarray(constraint, dtype=object).ravel():
                self.add(one, name)
        else:
            raise InputError(
                f"`constraint` is {constraint!r}, expected a comparison such as `x[0] + x[1] <= 1`"
            )

    def linear(
        self,
        variables: Arithmetic | Iterable[Any],
        coefficients: ArrayLike,
        sense: Sense,
        bound: float,
        name: str = "linear constraints",
    ) -> None:
        """Add the constraint that a weighted sum is equal to, at most or at least `bound`."""
        terms = self._terms(variables, name)
        if sense not in SENSES:
            raise InputError(f"`sense` is {sense!r}, expected one of {', '.join(SENSES)}")
        weights = real_array(coefficients, "coefficients", "numbers")
        count = len(terms.linear)
        if weights.shape not in ((), (1,), (count,)) or (terms.constant and weights.size != 1):
            raise InputError(f"`coefficients` has shape {weights.shape}, expected one number or {count}")
        if not np.isfinite(weights).all():
            raise InputError(f"`coefficients` and `bound` of {name} must be finite numbers")
        factors = np.broadcast_to(weights, count).tolist()
        linear = {k: value * a for (k, value), a in zip(terms.linear.items(), factors, strict=True)}
        constant = terms.constant * float(weights.ravel()[0]) if terms.constant else 0.0
        self._bounded(Polynomial(linear, {}, constant), sense, bound, name)

    def exactly_one(self, variables: Arithmetic | Iterable[Any], name: str = "choices") -> None:
        """Add the constraint that exactly one of the variables, a sequence or a sum, is 1."""
        self._bounded(self._terms(variables, name), "==", 1.0, name)

    def at_most(
        self, variables: Arithmetic | Iterable[Any], bound: float = 1.0, name: str = "upper bounds"
    ) -> None:
        """Add the constraint that at most `bound` of the variables, a sequence or a sum, are 1."""
        self._bounded(self._terms(variables, name), "<=", bound, name)

    def at_least(
        self, variables: Arithmetic | Iterable[Any], bound: float = 1.0, name: str = "lower bounds"
    ) -> None:
        """Add the constraint that at least `bound` of the variables, a sequence or a sum, are 1."""
        self._bounded(self._terms(variables, name), ">=", bound, name)

    def fix(self, variable: ModelVariable, value: int) -> None:
        """Fix a variable at 0 or 1; raises `InputError` for another value, or a second, different one."""
        number = self._number(variable, "variable")
        if not isinstance(value, (int, np.integer)) or value not in (0, 1):
            raise InputError(f"`value` of variable {variable!r} is {value}, expected 0 or 1")
        if self._fixed.get(number, value) != value:
            raise InputError(f"variable {variable!r} is fixed at 0 and at 1")
        self._fixed[number] = int(value)

    def minimise(
        self,
        objective: Arithmetic | float | Mapping[Any, float],
        quadratic: Mapping[tuple[Any, Any], float] | None = None,
        constant: float = 0.0,
    ) -> None:
        """Add a sum to the objective, which is minimised.

        `objective`: a sum of variables and of products of two; or a dictionary of coefficients by variable,
        with the coefficients of products by pair in `quadratic`. In the dictionaries, and there alone, whole
        numbers denote the variables with these numbers. A maximised sum is subtracted.
        """
        self._senses.add("min")
        self._add_objective(objective, quadratic, constant, 1.0)

    def maximise(
        self,
        objective: Arithmetic | float | Mapping[Any, float],
        quadratic: Mapping[tuple[Any, Any], float] | None = None,
        constant: float = 0.0,
    ) -> None:
        """Add a sum to the objective, which is maximised; arguments as in `minimise`.

        The cost of an answer is then the maximised sum. If there is also a minimised sum, the cost is the
        minimised sum minus the maximised one, and it is minimised.
        """
        self._senses.add("max")
        self._add_objective(objective, quadratic, constant, -1.0)

    def problem(self, name: str = "model") -> Constrained:
        """Return the problem; raises `InputError` for a model without variables."""
        count = len(self._variables)
        if not count:
            raise InputError("the model has no variables")
        linear, quadratic, constant = self._objective
        sign = -1.0 if self._senses == {"max"} else 1.0
        objective = None
        if linear or quadratic:
            entries = [*((k, k) for k in linear), *quadratic]
            values = [*linear.values(), *quadratic.values()]
            objective = Quadratic.of(count, np.array(entries), sign * np.array(values), name)
        return Constrained(
            count,
            tuple(self._constraints),
            objective,
            sign * constant,
            dict(self._fixed),
            name,
            tuple(self._names),
            "max" if sign < 0 else "min",
        )

    def values(self, answer: Any) -> dict[str, int]:
        """Return the values of an answer by the names of the variables."""
        values = bits(answer, len(self._variables), "values, 0 or 1, one per variable")
        return dict(zip(self._names, values.tolist(), strict=True))

    def _add_objective(self, objective: Any, quadratic: Any, constant: Any, sign: float) -> None:
        linear, products, total = self._objective
        found = self._coefficients(objective, quadratic)
        for k, value in found.linear.items():
            linear[k] = linear.get(k, 0.0) + sign * _finite(value)
        for pair, value in found.quadratic.items():
            products[pair] = products.get(pair, 0.0) + sign * _finite(value)
        self._objective = Polynomial(linear, products, total + sign * _finite(constant + found.constant))

    def _coefficients(self, objective: Any, quadratic: Any) -> Polynomial:
        if isinstance(objective, Arithmetic):
            self._check_owner(objective, "objective")
            found = objective.polynomial()
        elif isinstance(objective, (int, float, np.integer, np.floating)):
            found = Polynomial({}, {}, _finite(objective))
        elif isinstance(objective, Mapping):
            found = Polynomial({}, {}, 0.0)
            for key, value in objective.items():
                k = self._key(key)
                found.linear[k] = found.linear.get(k, 0.0) + value
        else:
            kind = type(objective).__name__
            raise InputError(f"`objective` is a {kind}, expected a sum of variables, or a dictionary")
        for pair, value in (quadratic or {}).items():
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise InputError(f"`quadratic` has the key {pair!r}, expected pairs of variables")
            a, b = map(self._key, pair)
            if a == b:
                raise InputError("a variable occurs twice in one constraint or product")
            found.quadratic[(a, b)] = found.quadratic.get((a, b), 0.0) + value
        return found

    def _key(self, key: Any) -> int:
        """Return the number of the variable of a dictionary's key, a variable or a number."""
        if isinstance(key, ModelVariable):
            return self._number(key, "objective")
        if not isinstance(key, (int, np.integer)) or isinstance(key, bool):
            raise InputError(f"`objective` has the key {key!r}, expected a variable, or its number")
        if not 0 <= key < len(self._variables):
            last = len(self._variables) - 1
            raise InputError(
                f"`objective` has the key {key}, expected variables, or numbers from 0 to {last}"
            )
        return int(key)

    def _bounded(self, terms: Polynomial, sense: Sense, bound: Any, name: str) -> None:
        limit = real_array(bound, "bound", "a number")
        if limit.shape != ():
            raise InputError(f"`bound` has shape {limit.shape}, expected a number")
        if not np.isfinite(limit):
            raise InputError(f"`coefficients` and `bound` of {name} must be finite numbers")
        variables, coefficients = tuple(terms.linear), tuple(terms.linear.values())
        self._constraints.append(
            Constraint(variables, coefficients, sense, float(limit) - terms.constant, name)
        )

    def _terms(self, variables: Any, name: str) -> Polynomial:
        """Return a sum of variables, or the sum of a sequence of them, without products."""
        if isinstance(variables, Arithmetic):
            self._check_owner(variables, "variables")
            found = variables.polynomial()
            if found.quadratic:
                raise InputError(f"one of the {name} contains a product of variables, expected sums")
            linear = {k: value for k, value in found.linear.items() if value}
            if not linear:
                raise InputError(f"one of the {name} has no variables, expected one at least")
            return found._replace(linear=linear)
        if isinstance(variables, np.ndarray):
            variables = variables.ravel().tolist()
        if isinstance(variables, (str, bytes)) or not isinstance(variables, Iterable):
            self._number(variables, "variables")
        numbers = [self._number(variable, "variables") for variable in variables]
        if not numbers:
            raise InputError("`variables` is empty, expected one variable at least")
        linear = dict.fromkeys(numbers, 1.0)
        if len(linear) < len(numbers):
            raise InputError("a variable occurs twice in one constraint or product")
        return Polynomial(linear, {}, 0.0)

    def _number(self, variable: Any, argument: str) -> int:
        """Return the number of a variable of this model."""
        if isinstance(variable, ModelVariable):
            self._check_owner(variable, argument)
            return variable.number
        if isinstance(variable, Expression):
            raise InputError(f"`{argument}` holds the sum {variable!r}, expected variables, or one sum")
        number = isinstance(variable, (int, float, np.integer, np.floating))
        held = f"the number {variable}" if number else repr(variable)
        raise InputError(f"`{argument}` holds {held}, expected variables as `Model.variables` gives them")

    def _check_owner(self, term: Arithmetic, argument: str) -> None:
        if term.owner is not None and term.owner is not self:
            raise InputError(f"`{argument}` holds a variable of another model")


def _finite(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise InputError(f"a coefficient of the objective is {value}, expected a finite number")
    return number
