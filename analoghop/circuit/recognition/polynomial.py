"""Expressions as polynomials in their leaves and in what is no polynomial: when two of them are the same."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TypeAlias

from analoghop.circuit.expressions.ast import Call, Expr, Number
from analoghop.circuit.expressions.simplify import simplify

Monomial: TypeAlias = tuple[tuple[Expr, int], ...]
Polynomial: TypeAlias = Mapping[Monomial, float]
"""The coefficient of each product of powers of atoms: leaves, and calls of polynomials."""

_MOST = 1000  # monomials up to which products are multiplied out
_DIGITS = 11  # to which numbers inside a call must agree
_SAME = 1e-9  # relative difference below which coefficients are the same, up to rounding


def polynomial(expression: Expr) -> Polynomial:
    """Return the polynomial that `expression` is.

    Even powers are multiplied out, odd powers of |x| are |x| times an even one. Quotients by a sum, and
    all other functions, are atoms.
    """
    return _expanded(simplify(expression))


def same(a: Polynomial, b: Polynomial) -> bool:
    """Return whether two polynomials have the same coefficients up to rounding."""
    size = max((abs(c) for c in (*a.values(), *b.values())), default=0.0)
    return all(abs(a.get(m, 0.0) - b.get(m, 0.0)) <= _SAME * size for m in {*a, *b})


def _expanded(expr: Expr) -> Polynomial:
    if isinstance(expr, Number):
        return {(): expr.value} if expr.value else {}
    if not isinstance(expr, Call):
        return {((expr, 1),): 1.0}
    name, given = expr.function, expr.arguments
    if name == "add":
        return _sum(1.0, *map(_expanded, given))
    if name in ("sub", "neg"):
        return _sum(-1.0, *([{}] if name == "neg" else []), *map(_expanded, given))
    if name == "mul":
        product = _product(*map(_expanded, given))
        return _atom(expr) if product is None else product
    if name == "div":
        return _quotient(expr)
    if name in ("pow", "power", "pwr"):
        return _power(expr)
    return _atom(expr)


def _sum(sign: float, first: Polynomial, *rest: Polynomial) -> Polynomial:
    total = dict(first)
    for part in rest:
        for monomial, c in part.items():
            total[monomial] = total.get(monomial, 0.0) + sign * c
    return {m: c for m, c in total.items() if c}


def _product(a: Polynomial, b: Polynomial) -> Polynomial | None:
    if len(a) * len(b) > _MOST:
        return None
    total: dict[Monomial, float] = {}
    for (m, c), (n, d) in itertools.product(a.items(), b.items()):
        powers = dict(m)
        for atom, exponent in n:
            powers[atom] = powers.get(atom, 0) + exponent
        monomial = tuple(sorted(((x, k) for x, k in powers.items() if k), key=repr))
        total[monomial] = total.get(monomial, 0.0) + c * d
    return {m: c for m, c in total.items() if c}


def _quotient(expr: Call) -> Polynomial:
    above, below = map(_expanded, expr.arguments)
    if len(below) == 1:
        ((monomial, c),) = below.items()
        inverse: Polynomial = {tuple((x, -k) for x, k in monomial): 1.0 / c}
    else:
        inverse = {((_canonical(below), -1),): 1.0}
    product = _product(above, inverse)
    return _atom(expr) if product is None else product


def _power(expr: Call) -> Polynomial:
    """|x|^n and, for `pwr`, sign(x) |x|^n with a whole n > 0: x^n, or |x| x^(n-1)."""
    base, exponent = expr.arguments
    n = exponent.value if isinstance(exponent, Number) else 0.0
    if not (n.is_integer() and 0 < n <= 12):
        return _atom(expr)
    whole = _expanded(base)
    absolute = (n % 2 == 1) != (expr.function == "pwr")
    result: Polynomial | None = _atom(Call("abs", (base,))) if absolute else {(): 1.0}
    for _ in range(int(n) - absolute):
        result = None if result is None else _product(result, whole)
    return _atom(expr) if result is None else result


def _atom(expr: Call) -> Polynomial:
    inner = tuple(a if isinstance(a, Number) else _canonical(_expanded(a)) for a in expr.arguments)
    return {((Call(expr.function, inner), 1),): 1.0}


def _canonical(terms: Polynomial) -> Expr:
    """Return one expression for all that are the same polynomial."""
    parts: list[Expr] = []
    for monomial, c in sorted(terms.items(), key=repr):
        factors = tuple(Call("power", (atom, Number(float(k)))) if k != 1 else atom for atom, k in monomial)
        number = Number(float(f"{c:.{_DIGITS}g}"))
        parts.append(
            factors[0] if number.value == 1.0 and len(factors) == 1 else Call("*", (number, *factors))
        )
    return parts[0] if len(parts) == 1 else Call("+", tuple(parts))
