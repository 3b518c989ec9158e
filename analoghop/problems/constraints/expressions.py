"""Variables of a model and their expressions: sums, products of two variables, and comparisons of sums."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.errors import InputError

Sense = Literal["==", "<=", ">="]
SENSES: tuple[Sense, ...] = ("==", "<=", ">=")
SHOWN = 8
"""Largest number of terms of a sum that are written out."""


class Polynomial(NamedTuple):
    """`constant + sum linear_k x_k + sum quadratic_jk x_j x_k`, variables by their numbers, j < k."""

    linear: dict[int, float]
    quadratic: dict[tuple[int, int], float]
    constant: float


class Arithmetic:
    """The operators of variables and expressions: +, -, * and the comparisons ==, <=, >=.

    A comparison is a `Relation`, the argument of `Model.add`. Either side may be a number, or an array, for
    which the operation is done element by element.
    """

    __slots__ = ()
    __array_ufunc__ = None  # operators of NumPy's arrays and numbers then defer to these
    __hash__ = object.__hash__

    @property
    def owner(self) -> object:
        """The model that the variables belong to, None for an expression without variables."""
        raise NotImplementedError

    def polynomial(self) -> Polynomial:
        """Return the coefficients; the square of a variable is the variable."""
        raise NotImplementedError

    def __add__(self, other: Any) -> Any:
        return _with(other, lambda term: _total(self, 1.0, term, 1.0))

    def __radd__(self, other: Any) -> Any:
        return _with(other, lambda term: _total(term, 1.0, self, 1.0))

    def __sub__(self, other: Any) -> Any:
        return _with(other, lambda term: _total(self, 1.0, term, -1.0))

    def __rsub__(self, other: Any) -> Any:
        return _with(other, lambda term: _total(term, 1.0, self, -1.0))

    def __mul__(self, other: Any) -> Any:
        return _with(other, lambda term: _product(self, term))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if not isinstance(other, Real):
            return NotImplemented
        if other == 0:
            raise InputError(f"{self!r} is divided by 0")
        return _product(self, 1.0 / float(other))

    def __pow__(self, power: Any) -> Any:
        if not (isinstance(power, Real) and power in (1, 2)):
            raise InputError(f"{self!r} has the power {power!r}, expected 1 or 2")
        return self if power == 1 else _product(self, self)

    def __neg__(self) -> Expression:
        return _total(self, -1.0, 0.0, 1.0)

    def __pos__(self) -> Arithmetic:
        return self

    def __eq__(self, other: object) -> Any:
        return _with(other, lambda term: Relation(self, "==", term))

    def __le__(self, other: Any) -> Any:
        return _with(other, lambda term: Relation(self, "<=", term))

    def __ge__(self, other: Any) -> Any:
        return _with(other, lambda term: Relation(self, ">=", term))

    def __lt__(self, other: Any) -> Any:
        raise InputError(f"{self!r} is compared by < or >, expected <=, >= or ==")

    __gt__ = __lt__


class ModelVariable(Arithmetic):
    """A variable of 0 and 1: its `number` in `model`, from 0, also as `int(variable)`, and its `name`."""

    __slots__ = ("model", "name", "number")

    def __init__(self, model: object, number: int, name: str) -> None:
        self.model, self.number, self.name = model, number, name

    @property
    def owner(self) -> object:
        """The model."""
        return self.model

    def polynomial(self) -> Polynomial:
        """Return the polynomial of the variable alone."""
        return Polynomial({self.number: 1.0}, {}, 0.0)

    def __int__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return self.name


class Expression(Arithmetic):
    """A sum of `parts`, each with a factor, of `products` of two variables, and of a `constant`.

    Sums are stored nested, as they are written, and are added up only in `polynomial`: a sum of n terms takes
    n steps.
    """

    __slots__ = ("_owner", "constant", "parts", "products")

    def __init__(
        self,
        owner: object,
        parts: tuple[tuple[ModelVariable | Expression, float], ...],
        constant: float = 0.0,
        products: Mapping[tuple[int, int], float] | None = None,
    ) -> None:
        self._owner, self.parts, self.constant = owner, parts, constant
        self.products = products or {}

    @property
    def owner(self) -> object:
        """The model that the variables belong to, None for an expression without variables."""
        return self._owner

    def polynomial(self) -> Polynomial:
        """Return the sums of the coefficients, variables in the order in which they come."""
        linear: dict[int, float] = {}
        quadratic: dict[tuple[int, int], float] = {}
        constant = 0.0
        waiting: list[tuple[ModelVariable | Expression, float]] = [(self, 1.0)]
        while waiting:
            term, factor = waiting.pop()
            if isinstance(term, ModelVariable):
                linear[term.number] = linear.get(term.number, 0.0) + factor
                continue
            constant += factor * term.constant
            for pair, value in term.products.items():
                quadratic[pair] = quadratic.get(pair, 0.0) + factor * value
            waiting += [(part, factor * inner) for part, inner in reversed(term.parts)]
        return Polynomial(linear, quadratic, constant)

    def __repr__(self) -> str:
        return shown(self.polynomial(), getattr(self._owner, "name_of", "x{}".format))


class Relation:
    """`left` compared with `right`: a constraint for `Model.add`. It has no truth value.

    Except for the `==` of two variables, which is true for one and the same variable: `in` and dictionaries
    need it.
    """

    __slots__ = ("left", "right", "sense")

    def __init__(self, left: Arithmetic, sense: Sense, right: Arithmetic | float) -> None:
        self.left, self.sense, self.right = left, sense, right

    def difference(self) -> Arithmetic:
        """Return the left side minus the right side, which is compared with 0."""
        return _total(self.left, 1.0, self.right, -1.0)

    def __bool__(self) -> bool:
        if (
            self.sense == "=="
            and isinstance(self.left, ModelVariable)
            and isinstance(self.right, ModelVariable)
        ):
            return self.left is self.right
        raise InputError(
            f"the constraint `{self!r}` is neither true nor false: give it to `Model.add`, "
            "and write a sum between two bounds as two constraints"
        )

    def __repr__(self) -> str:
        right = f"{self.right:g}" if isinstance(self.right, float) else repr(self.right)
        return f"{self.left!r} {self.sense} {right}"


class VariableArray(np.ndarray):
    """Variables in an array, with its shape, indices and sums. Comparisons are made for each element."""

    __hash__ = None

    def __eq__(self, other: Any) -> Any:
        return np.equal(self, other, dtype=object)

    def __le__(self, other: Any) -> Any:
        return np.less_equal(self, other, dtype=object)

    def __ge__(self, other: Any) -> Any:
        return np.greater_equal(self, other, dtype=object)

    def __array_wrap__(self, array: Any, *_: Any) -> Any:
        """Return a sum of all variables as an `Expression`, not as an array."""
        return array[()] if array.ndim == 0 else array.view(VariableArray)

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[Any]:
            """Yield the rows, or the variables."""


def array_of(items: list[Any], shape: tuple[int, ...] | None = None) -> VariableArray:
    """Return an array of `items`."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array.reshape(array.shape if shape is None else shape).view(VariableArray)


def shown(polynomial: Polynomial, name_of: Callable[[int], str]) -> str:
    """Return a sum as it is written: "x0 + 2 x1 - x2 x3 - 1"."""
    terms = [(name_of(k), value) for k, value in polynomial.linear.items()]
    terms += [(f"{name_of(a)} {name_of(b)}", value) for (a, b), value in polynomial.quadratic.items()]
    more = len(terms) - SHOWN
    terms = terms[:SHOWN]
    text = ""
    for name, value in terms:
        sign = " - " if value < 0 else " + "
        text += sign + (name if abs(value) == 1 else f"{abs(value):g} {name}")
    if more > 0:
        text += f" + ... ({more} more)"
    if polynomial.constant or not terms:
        text += f" {'-' if polynomial.constant < 0 else '+'} {abs(polynomial.constant):g}"
    return text.removeprefix(" + ").replace(" - ", "-", 1) if text.startswith(" - ") else text[3:]


def _with(other: Any, make: Callable[[Any], Any]) -> Any:
    """Return `make(other)`, element by element for an array."""
    if isinstance(other, Arithmetic):
        return make(other)
    if isinstance(other, Real):
        return make(_finite(other))
    if isinstance(other, np.ndarray):
        return array_of([_with(element, make) for element in other.ravel()], other.shape)
    return NotImplemented


def _finite(number: Any) -> float:
    if not math.isfinite(number):
        raise InputError(f"a coefficient is {number}, expected a finite number")
    return float(number)


def _owner_of(*terms: Arithmetic | float) -> object:
    owners = [term.owner for term in terms if isinstance(term, Arithmetic) and term.owner is not None]
    if any(owner is not owners[0] for owner in owners):
        raise InputError("one expression contains variables of two models")
    return owners[0] if owners else None


def _total(a: Arithmetic | float, by: float, b: Arithmetic | float, also: float) -> Expression:
    """Return `by a + also b`."""
    parts: list[tuple[ModelVariable | Expression, float]] = []
    constant = 0.0
    for term, factor in ((a, by), (b, also)):
        if isinstance(term, (ModelVariable, Expression)):
            parts.append((term, factor))
        elif isinstance(term, float):
            constant += factor * term
    return Expression(_owner_of(a, b), tuple(parts), constant)


def _product(a: Arithmetic, b: Arithmetic | float) -> Expression:
    if isinstance(b, float):
        return _total(a, b, 0.0, 1.0)
    owner, left, right = _owner_of(a, b), a.polynomial(), b.polynomial()
    if (left.quadratic and (right.linear or right.quadratic)) or (right.quadratic and left.linear):
        raise InputError("an expression contains a product of more than two variables, expected two at most")
    linear: dict[int, float] = {}
    products: dict[tuple[int, int], float] = {}
    for one, other in ((left, right), (right, left)):
        if other.constant:
            for k, value in one.linear.items():
                linear[k] = linear.get(k, 0.0) + value * other.constant
            for pair, value in one.quadratic.items():
                products[pair] = products.get(pair, 0.0) + value * other.constant
    for j, x in left.linear.items():
        for k, y in right.linear.items():
            if j == k:  # x x = x for 0 and 1
                linear[k] = linear.get(k, 0.0) + x * y
            else:
                pair = (min(j, k), max(j, k))
                products[pair] = products.get(pair, 0.0) + x * y
    return _expression(owner, Polynomial(linear, products, left.constant * right.constant))


def _expression(owner: Any, polynomial: Polynomial) -> Expression:
    parts = tuple((owner.variable_of(k), value) for k, value in polynomial.linear.items())
    return Expression(owner, parts, polynomial.constant, polynomial.quadratic)


Variables = NDArray[np.object_]
"""An array of variables."""
