"""Expressions taken apart: constants folded, affine parts split from the terms that are not affine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from analoghop.circuit.expressions.ast import CONSTANTS, Call, Expr, Leaf, Number, Variable, Voltage, rebuild
from analoghop.circuit.expressions.evaluate import FUNCTIONS, Value, divide, power
from analoghop.circuit.expressions.format import format_expression
from analoghop.errors import Location, NetlistError

ZERO, ONE = Number(0.0), Number(1.0)


def simplify(expr: Expr, *, strict: bool = False, where: Location | None = None) -> Expr:
    """Return `expr` with constants folded and what is neutral left out; the value stays that of the tree.

    With `strict`, a constant negative base under an exponent that is not an even integer raises a
    `NetlistError`: ngspice takes |x|^y there, which is hardly what was meant.
    """

    def call(node: Call) -> Expr:
        if strict and node.function == "pow":
            refuse_negative_base(node, where)
        return reduced(node)

    return rebuild(expr, _folded_name, call)


def _folded_name(node: Expr) -> Expr:
    return Number(CONSTANTS[node.name]) if isinstance(node, Variable) and node.name in CONSTANTS else node


def refuse_negative_base(node: Call, where: Location | None) -> None:
    """Raise `NetlistError` for x^y with a constant x < 0 and a y that is not an even integer constant."""
    base, exponent = node.arguments
    if not isinstance(base, Number) or base.value >= 0:
        return
    if isinstance(exponent, Number) and exponent.value % 2 == 0:
        return
    shown = format_expression(node)
    reason = f"`{shown}` has a negative base, of which ngspice takes the absolute value"
    raise NetlistError(reason, where, "a positive base, or a product")


def reduced(node: Call) -> Expr:
    """Return the simplest form of a call whose arguments are simple already."""
    if all(isinstance(a, Number) for a in node.arguments) and node.function in FUNCTIONS:
        with np.errstate(all="ignore"):
            value = float(
                FUNCTIONS[node.function](*[a.value for a in node.arguments if isinstance(a, Number)])
            )
        return Number(value) if math.isfinite(value) else node
    rule = _RULES.get(node.function)
    return rule(node) if rule else node


def negated(x: Expr) -> Expr:
    """Return -x, simplified."""
    if isinstance(x, Number):
        return Number(-x.value)
    if isinstance(x, Call) and x.function == "neg":
        return x.arguments[0]
    return Call("neg", (x,))


def _reduce_sum(node: Call) -> Expr:
    constant = sum(a.value for a in node.arguments if isinstance(a, Number))
    rest: list[Expr] = [a for a in node.arguments if not isinstance(a, Number)]
    if constant != 0:
        rest.append(Number(constant))
    if len(rest) == 1:
        return rest[0]
    if len(rest) == 2 and isinstance(rest[1], Call) and rest[1].function == "neg":
        return Call("sub", (rest[0], rest[1].arguments[0]))
    return Call("add", tuple(rest)) if rest else ZERO


def _reduce_difference(node: Call) -> Expr:
    a, b = node.arguments
    if a == b:
        return ZERO
    if isinstance(b, Number) and b.value == 0:
        return a
    return negated(b) if isinstance(a, Number) and a.value == 0 else node


def _reduce_product(node: Call) -> Expr:
    a, b = node.arguments
    if isinstance(b, Number):
        a, b = b, a
    if not isinstance(a, Number):
        return Call("mul", (a, b))
    if a.value in (0.0, 1.0, -1.0):
        return {0.0: ZERO, 1.0: b, -1.0: negated(b)}[a.value]
    if isinstance(b, Call) and b.function == "mul" and isinstance(b.arguments[0], Number):
        return _reduce_product(Call("mul", (Number(a.value * b.arguments[0].value), b.arguments[1])))
    if isinstance(b, Call) and b.function == "neg":
        return Call("mul", (Number(-a.value), b.arguments[0]))
    return Call("mul", (a, b))


def _reduce_quotient(node: Call) -> Expr:
    a, b = node.arguments
    if isinstance(a, Number) and a.value == 0:
        return ZERO
    if isinstance(b, Number) and b.value in (1.0, -1.0):
        return a if b.value > 0 else negated(a)
    return node


def _reduce_power(node: Call) -> Expr:
    base, exponent = node.arguments
    if isinstance(exponent, Number) and exponent.value in (0.0, 1.0):
        return ONE if exponent.value == 0 else Call("abs", (base,))
    return node


def _reduce_choice(node: Call) -> Expr:
    condition, yes, no = node.arguments
    if yes == no:
        return yes
    if isinstance(condition, Number):
        return yes if condition.value != 0 else no
    return node


_RULES: Mapping[str, Callable[[Call], Expr]] = {
    "neg": lambda node: negated(node.arguments[0]),
    "add": _reduce_sum,
    "sub": _reduce_difference,
    "mul": _reduce_product,
    "div": _reduce_quotient,
    "pow": _reduce_power,
    "if": _reduce_choice,
}


def constant_value(expr: Expr, where: Location | None = None) -> float:
    """Return the value of an expression without leaves, as ngspice finds a deck's parameters and values.

    It differs from the value in a source: pow(x,y) keeps the sign of x, pwr(x,y) is |x|^y. Raises
    `NetlistError` for a name that is left, for a division by zero, for the power of a negative number by
    `^` or `**` (see `simplify`), and for a value that is not finite.
    """

    def leaf(node: Expr) -> Expr:
        node = _folded_name(node)
        if not isinstance(node, Number):
            raise NetlistError(f"`{format_expression(node)}` has no value here", where)
        return node

    def call(node: Call) -> Expr:
        if node.function not in FUNCTIONS:
            raise NetlistError(f"there is no function `{node.function}`", where)
        values = [a.value for a in node.arguments if isinstance(a, Number)]
        if node.function == "pow":
            refuse_negative_base(node, where)
        if node.function == "div" and values[1] == 0:
            raise NetlistError(f"`{format_expression(node)}` divides by zero", where)
        with np.errstate(all="ignore"):
            value = float(_PARAMETER_FUNCTIONS.get(node.function, FUNCTIONS[node.function])(*values))
        if not math.isfinite(value):
            raise NetlistError(f"`{format_expression(node)}` has no finite value", where)
        return Number(value)

    result = rebuild(expr, leaf, call)
    return result.value if isinstance(result, Number) else math.nan


_PARAMETER_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "power": np.power,
    "pwr": power,
    "div": np.divide,
}


@dataclass(frozen=True)
class AffineSum:
    """`constant + sum linear[leaf] * leaf + sum k * N` over the pairs `(k, N)` of `terms`, no N affine.

    Voltages in `linear` are single-ended; every leaf and every term occurs once, none with a coefficient 0.
    """

    linear: Mapping[Leaf, float] = field(default_factory=dict)
    constant: float = 0.0
    terms: tuple[tuple[float, Expr], ...] = ()


def affine_sum(expr: Expr) -> AffineSum:
    """Return `expr` as an affine combination of its leaves and of terms that are not affine in them.

    Sums, signs, and products and quotients with constants are multiplied out; a term that remains has no
    constant factor: `3*tanh(V(a))/2` is 1.5 times tanh(V(a)), `5/(1+exp(-V(a)))` is 5 times `1/(...)`.
    """
    collector = _Collector()
    collector.collect(simplify(expr), 1.0)
    return AffineSum(
        {leaf: k for leaf, k in collector.linear.items() if k},
        collector.constant,
        tuple((k, term) for term, k in collector.terms.items() if k),
    )


def linear_form(expr: Expr) -> tuple[Mapping[Leaf, float], float] | None:
    """Return the coefficients and the constant of an affine expression, None for any other."""
    total = affine_sum(expr)
    return None if total.terms else (total.linear, total.constant)


class _Collector:
    """Adds up the parts of a simplified expression."""

    def __init__(self) -> None:
        self.linear: dict[Leaf, float] = {}
        self.constant = 0.0
        self.terms: dict[Expr, float] = {}

    def collect(self, expr: Expr, scale: float) -> None:
        if isinstance(expr, Number):
            self.constant += scale * expr.value
        elif isinstance(expr, Voltage):
            self.voltage(expr.a, scale)
            self.voltage(expr.b, -scale)
        elif not isinstance(expr, Call):
            self.linear[expr] = self.linear.get(expr, 0.0) + scale
        elif expr.function in ("add", "sub"):
            signs = (1.0, -1.0) if expr.function == "sub" else (1.0,) * len(expr.arguments)
            for sign, part in zip(signs, expr.arguments, strict=True):
                self.collect(part, sign * scale)
        else:
            factor, rest = _factored(expr)
            if rest is expr or not _is_sum(rest):
                self.leaf_or_term(rest, scale * factor)
            else:
                self.collect(rest, scale * factor)

    def leaf_or_term(self, expr: Expr, scale: float) -> None:
        if isinstance(expr, Call):
            self.terms[expr] = self.terms.get(expr, 0.0) + scale
        else:
            self.collect(expr, scale)

    def voltage(self, node: str, scale: float) -> None:
        if node != "0":
            leaf = Voltage(node)
            self.linear[leaf] = self.linear.get(leaf, 0.0) + scale


def _is_sum(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.function in ("add", "sub")


def _factored(expr: Expr) -> tuple[float, Expr]:
    """Return the constant factor of a product or quotient and what remains, without that factor."""
    if isinstance(expr, Number):
        return expr.value, ONE
    if not isinstance(expr, Call) or expr.function not in ("neg", "mul", "div"):
        return 1.0, expr
    parts = [_factored(a) for a in expr.arguments]
    if expr.function == "neg":
        return -parts[0][0], parts[0][1]
    (k, a), (m, b) = parts
    if expr.function == "mul":
        return k * m, reduced(Call("mul", (a, b)))
    if b == ONE:
        return float(divide(k, m)), a
    return k, reduced(Call("div", (a, expr.arguments[1])))
