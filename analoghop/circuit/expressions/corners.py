"""`corners`: the parts of an expression whose sign changes where the expression or its slope jumps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analoghop.circuit.expressions.ast import Call, Expr, Number, leaves


def corners(expr: Expr) -> tuple[Expr, ...]:
    """Return the distinct expressions that change their sign where `expr` has a corner or a jump.

    The argument of `abs`, `sgn`, `u` and `uramp`, the difference of what is compared, the distances from the
    ends of `u2` and from the points of `pwl`. The steps of `floor`, `ceil` and `nint` are not among them.
    """
    found: dict[Expr, None] = {}
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            stack.extend(node.arguments)
            rule = _RULES.get(node.function)
            if rule is not None:
                found.update(dict.fromkeys(part for part in rule(node.arguments) if leaves(part)))
    return tuple(found)


def _own(arguments: Sequence[Expr]) -> list[Expr]:
    return [arguments[0]]


def _difference(arguments: Sequence[Expr]) -> list[Expr]:
    return [Call("sub", (arguments[0], arguments[1]))]


def _ramp(arguments: Sequence[Expr]) -> list[Expr]:
    return [arguments[0], Call("sub", (arguments[0], Number(1.0)))]


def _points(arguments: Sequence[Expr]) -> list[Expr]:
    """Return the distances from all points but the outer two, through which the outer lines run on."""
    return [Call("sub", (arguments[0], x)) for x in arguments[3:-2:2]]


_RULES: Mapping[str, Callable[[Sequence[Expr]], list[Expr]]] = {
    **dict.fromkeys(("abs", "sgn", "u", "uramp", "not"), _own),
    **dict.fromkeys(("min", "max", "lt", "gt", "le", "ge", "eq", "ne"), _difference),
    "u2": _ramp,
    "pwl": _points,
}
