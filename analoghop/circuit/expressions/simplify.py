"""Simplification of expressions: constants are folded, neutral elements (+ 0, * 1) removed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from analoghop.circuit.expressions.ast import CONSTANTS, Call, Expr, Number, Variable, rebuild
from analoghop.circuit.expressions.evaluate import FUNCTIONS, Value, power
from analoghop.circuit.expressions.format import format_expression
from analoghop.errors import Location, NetlistError

ZERO, ONE = Number(0.0), Number(1.0)


def simplify(expr: Expr, *, strict: bool = False, where: Location | None = None) -> Expr:
    """Return `expr` with constants folded and neutral elements removed; its value does not change.

    With `strict`, a constant negative base under an exponent that is not an even integer raises a
    `NetlistError`: ngspice computes |x|^y there, which the author of the deck hardly meant.
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
    """Return the simplified form of a call whose arguments are simplified already."""
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
        return _reduce_difference(Call("sub", (rest[0], rest[1].arguments[0])))
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
    """Return the value of an expression without leaves, by ngspice's rules for parameters and values.

    It differs from the value in a source: pow(x,y) keeps the sign of x, pwr(x,y) is |x|^y. Raises
    `NetlistError` for a name without a value, for a division by zero, for the power of a negative number by
    `^` or `**` (see `simplify`), and for a value that is not finite.
    """

    def leaf(node: Expr) -> Expr:
        node = _folded_name(node)
        if not isinstance(node, Number):
            raise NetlistError(f"`{format_expression(node)}` has no value here", where)
        return node

    def call(node: Call) -> Expr:
        if node.function not in FUNCTIONS:
            raise NetlistError(f"there is no function `{node.function.removesuffix('()')}`", where)
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
    "exp": np.exp,
    "ln": np.log,
    "log10": np.log10,
}


def absolute_bases(expr: Expr) -> tuple[Expr, ...]:
    """Return the bases x of every x^y whose value would change with the sign of x.

    They are not constant, and their exponent is not an even integer: if one of them becomes negative during
    a run, ngspice and analoghop compute |x|^y, and the user should be warned.
    """
    found: dict[Expr, None] = {}
    stack = [simplify(expr)]
    while stack:
        node = stack.pop()
        if not isinstance(node, Call):
            continue
        stack.extend(reversed(node.arguments))
        if node.function == "pow" and not isinstance(node.arguments[0], Number):
            exponent = node.arguments[1]
            if not (isinstance(exponent, Number) and exponent.value % 2 == 0):
                found[node.arguments[0]] = None
    return tuple(found)
