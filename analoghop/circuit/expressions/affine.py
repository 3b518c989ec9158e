"""Expressions as affine combinations of their leaves and of terms that are not affine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analoghop.circuit.expressions.ast import Call, Expr, Leaf, Number, Voltage
from analoghop.circuit.expressions.evaluate import divide
from analoghop.circuit.expressions.simplify import ONE, reduced, simplify


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

    Sums, signs, and products and quotients with constants are multiplied out; the terms that are not affine
    have no constant factor: `3*tanh(V(a))/2` is 1.5 times tanh(V(a)), `5/(1+exp(-V(a)))` is 5 times
    `1/(...)`.
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
    """Return the constant factor of a product or quotient, and the expression without that factor."""
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
