"""Expansion of the functions that a deck defines: each call is replaced by the function's body."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.circuit.expressions.ast import Call, Expr, Variable, check_size, rebuild, substitute
from analoghop.circuit.expressions.evaluate import FUNCTIONS
from analoghop.errors import Location, NetlistError


def expand_functions(
    expr: Expr, functions: Mapping[str, tuple[tuple[str, ...], Expr]], where: Location | None = None
) -> Expr:
    """Return `expr` with the calls of a deck's own `functions` (name: parameters, body) expanded.

    Raises `NetlistError` for a function that calls itself, directly or through others, for a wrong number of
    arguments, for a name that is neither in `functions` nor built in, and for a result that is too large.
    """
    bodies: dict[str, Expr] = {}
    open_calls: list[str] = []

    def body(name: str) -> Expr:
        if name in open_calls:
            cycle = " -> ".join([*open_calls, name])
            raise NetlistError(f"the function `{name}` calls itself: {cycle}", where)
        if name not in bodies:
            open_calls.append(name)
            bodies[name] = expand(functions[name][1])
            open_calls.pop()
        return bodies[name]

    def call(node: Call) -> Expr:
        name, given = node.function, node.arguments
        if name in FUNCTIONS or name in ("idt", "ddt"):  # the reader of a deck replaces them
            return node
        name = name.removesuffix("()")
        if name not in functions:
            raise NetlistError(f"there is no function `{name}`", where)
        parameters = functions[name][0]
        if len(parameters) != len(given):
            reason = f"the function `{name}` takes {len(parameters)} arguments, not {len(given)}"
            raise NetlistError(reason, where)
        return substitute(body(name), dict(zip(map(Variable, parameters), given, strict=True)))

    def expand(tree: Expr) -> Expr:
        result = rebuild(tree, lambda node: node, call)
        check_size(result, where)
        return result

    return expand(expr)
