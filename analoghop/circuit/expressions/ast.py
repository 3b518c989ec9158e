"""The syntax tree of a deck's expression: numbers, leaves that a circuit supplies, and calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from analoghop.errors import Location, NetlistError

MAX_HEIGHT = 50
"""Largest accepted height of a tree: traversals are recursive, and Python allows about 1000 frames."""
MAX_NODES = 100_000
"""Largest accepted number of nodes of a tree: functions that call functions grow exponentially."""


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """A lower-case name: a parameter, `time` (s), `temper` (Celsius), `hertz`, `pi` or `e`."""

    name: str


@dataclass(frozen=True, slots=True)
class Voltage:
    """V(a) or V(a,b): the voltage of node `a` above node `b`."""

    a: str
    b: str = "0"


@dataclass(frozen=True, slots=True)
class Current:
    """I(source): the current through a voltage source, positive if it enters at the first node."""

    source: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function with its arguments.

    Operators: `neg` `not`; `sub` `mul` `div` `pow` (`^` and `**`), `lt` `gt` `le` `ge` `eq` `ne`, `and` `or`
    with two arguments; `add` with two **or more** (a chain `a + b - c` is one sum `add(a, b, neg(c))`, so
    that a sum of a thousand terms is no deeper than one of three); `if` with three. Functions carry their
    own name, except that `power` is the function pow(x, y), and that a function which is not built in, or
    which a deck defines anew, ends in `()`: `f()` is the call f(...).
    """

    function: str
    arguments: tuple[Expr, ...]


Leaf: TypeAlias = Variable | Voltage | Current
Expr: TypeAlias = Number | Variable | Voltage | Current | Call

CONSTANTS: Mapping[str, float] = {"pi": 3.141592653589793, "e": 2.718281828459045}
"""Names that are numbers unless a deck defines a parameter of that name."""


def leaves(expr: Expr) -> tuple[Leaf, ...]:
    """Return the distinct leaves in the order in which they are written; without `pi` and `e`."""
    found: dict[Leaf, None] = {}
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            stack.extend(reversed(node.arguments))
        elif not isinstance(node, Number) and not (isinstance(node, Variable) and node.name in CONSTANTS):
            found[node] = None
    return tuple(found)


def variables(expr: Expr) -> frozenset[str]:
    """Return the names of all variables, `pi` and `e` among them, for a deck may redefine these."""
    found: set[str] = set()
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            stack.extend(node.arguments)
        elif isinstance(node, Variable):
            found.add(node.name)
    return frozenset(found)


def rebuild(expr: Expr, leaf: Callable[[Expr], Expr], call: Callable[[Call], Expr]) -> Expr:
    """Return the tree with `leaf` applied to every leaf and, from the bottom up, `call` to every call."""
    if not isinstance(expr, Call):
        return leaf(expr)
    return call(Call(expr.function, tuple(rebuild(a, leaf, call) for a in expr.arguments)))


def substitute(expr: Expr, mapping: Mapping[Leaf, Expr]) -> Expr:
    """Return `expr` with the leaves in `mapping` replaced; `NetlistError` if the result is too large."""

    def leaf(node: Expr) -> Expr:
        return node if isinstance(node, (Number, Call)) else mapping.get(node, node)

    result = rebuild(expr, leaf, lambda node: node)
    check_size(result)
    return result


def check_size(expr: Expr, where: Location | None = None) -> None:
    """Raise `NetlistError` for a tree that is too high or too large to be traversed."""
    level: list[Expr] = [expr]
    height = nodes = 0
    while level:
        height, nodes = height + 1, nodes + len(level)
        if height > MAX_HEIGHT:
            raise NetlistError(f"the expression is nested deeper than {MAX_HEIGHT} levels", where)
        if nodes > MAX_NODES:
            raise NetlistError(f"the expression has more than {MAX_NODES} parts", where)
        level = [a for node in level if isinstance(node, Call) for a in node.arguments]
