"""Values of parameters: formulas that may name each other in any order, in nested scopes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TypeAlias

from analoghop.circuit.expressions import (
    Expr,
    Leaf,
    Number,
    Variable,
    constant_value,
    expand_functions,
    leaves,
    parse_expression,
    parse_number,
    simplify,
    substitute,
)
from analoghop.circuit.expressions.ast import CONSTANTS
from analoghop.circuit.netlist.fields import Pair, Word
from analoghop.circuit.netlist.lines import Line
from analoghop.errors import Location, NetlistError

Functions: TypeAlias = Mapping[str, tuple[tuple[str, ...], Expr]]
_INFIX = re.compile(r"[+-]?\d+(meg|[tgkmunpfrµμ])\d+$")
QUANTITIES_OF_A_RUN = frozenset(["time", "hertz"])
"""Variables that only the simulator knows."""


class Formula:
    """The text of an expression and its place; parsed when it is first needed, with its deck's functions."""

    __slots__ = ("_tree", "line", "offset", "text")

    def __init__(self, line: Line, offset: int, length: int) -> None:
        self.line, self.offset = line, offset
        self.text = line.original[offset : offset + length]
        self._tree: tuple[Expr, tuple[Leaf, ...], frozenset[str]] | None = None

    @property
    def where(self) -> Location:
        """The place of the formula's first character."""
        return self.line.at(self.offset)

    def raw(self, functions: Collection[str]) -> Expr:
        """Return the tree in which calls of `functions` stand as they are written."""
        return parse_expression(self.text, self.where, functions)

    def parse(self, functions: Functions) -> tuple[Expr, tuple[Leaf, ...], frozenset[str]]:
        """Return the tree with `functions` written out, its leaves, and the names of its variables."""
        if self._tree is None:
            tree = self.raw(functions)
            tree = expand_functions(tree, functions, self.where)
            found = leaves(tree)
            self._tree = tree, found, frozenset(leaf.name for leaf in found if isinstance(leaf, Variable))
        return self._tree


Quantity: TypeAlias = "float | Formula"


def formula(line: Line, field: Word | Pair) -> Formula:
    """Return the formula that stands in `field`."""
    return Formula(line, field.offset, len(field.text))


def quantity(line: Line, field: Word | Pair, what: str) -> Quantity:
    """Return the number in `field`, or the formula in its braces or quotes, or behind its `name=`.

    Raises `NetlistError`, calling the field `what`, for a positional word that is no number.
    """
    text = field.text
    value = parse_number(text)
    if value is not None:
        if _INFIX.match(text):
            line.notice(
                f"`{text}` is {value:g} here, but ngspice drops the digits behind the letter", field.offset
            )
        return value
    if text in ("nan", "inf", "-inf", "infinity"):
        raise line.error(f"`{text}` is no value for a circuit", field.offset, what)
    if isinstance(field, Word) and not field.braced:
        hint = f": a parameter stands in braces, {{{text}}}" if text.isidentifier() else ""
        raise line.error(f"`{text}` is no number{hint}", field.offset, what)
    return formula(line, field)


class Scope:
    """Definitions by name, over the scope of the caller; a definition that names itself means the caller's.

    As in ngspice, a subcircuit sees the parameters of whoever calls it, and an argument on the X line sees
    the subcircuit's own parameters first.
    """

    def __init__(
        self, definitions: Mapping[str, Quantity], functions: Functions, parent: Scope | None = None
    ) -> None:
        self.definitions, self.functions, self.parent = definitions, functions, parent
        self.values: dict[str, float] = {}
        self.shadowed: frozenset[str] = parent.shadowed if parent else frozenset()
        if redefined := CONSTANTS.keys() & definitions.keys():
            self.shadowed |= redefined

    def number(self, value: Quantity) -> float:
        """Return the value of a constant; raises `NetlistError` where it depends on voltages or time."""
        return value if isinstance(value, float) else self._constant(value, None)

    def expression(self, value: Formula, keep: frozenset[str] = frozenset()) -> Expr:
        """Return the tree of `value` with the parameters written out, but for the names in `keep`.

        Raises `NetlistError` for unknown names.
        """
        tree, _, _ = value.parse(self.functions)
        mapping: dict[Leaf, Expr] = {}
        for name in self._names(value) - keep:
            holder = self._holder(name)
            if holder is not None:
                mapping[Variable(name)] = Number(holder.value(name))
            elif name not in QUANTITIES_OF_A_RUN:
                raise self._unknown(name, value)
        tree = substitute(tree, mapping) if mapping else tree
        if "^" in value.text or "**" in value.text:
            simplify(tree, strict=True, where=value.where)
        return tree

    def value(self, name: str) -> float:
        """Return the parameter `name` of this very scope, evaluating what it rests on without recursion."""
        stack: list[tuple[Scope, str]] = [(self, name)]
        while stack:
            scope, current = stack[-1]
            needed = scope._missing(current)
            if needed is None:
                stack.pop()
                continue
            if needed in stack:
                circle = [n for _, n in stack[stack.index(needed) :]] + [needed[1]]
                shown = " -> ".join(circle if len(circle) < 10 else [*circle[:8], "...", circle[-1]])
                where = (
                    definition.where
                    if isinstance(definition := scope.definitions[current], Formula)
                    else None
                )
                raise NetlistError(f"the parameters define each other in a circle: {shown}", where)
            stack.append(needed)
        return self.values[name]

    def _missing(self, name: str) -> tuple[Scope, str] | None:
        """Set the value of `name`, or return a parameter that must be known before."""
        if name in self.values:
            return None
        definition = self.definitions[name]
        if isinstance(definition, float):
            self.values[name] = definition
            return None
        for other in self._names(definition):
            holder = self._holder(other, besides=name)
            if holder is not None and other not in holder.values:
                return holder, other
        self.values[name] = self._constant(definition, name)
        return None

    def _constant(self, value: Formula, name: str | None) -> float:
        tree, found, _ = value.parse(self.functions)
        for leaf in found:
            if not isinstance(leaf, Variable):
                raise NetlistError("a constant cannot depend on voltages or currents", value.where)
        known: dict[Leaf, Expr] = {}
        for other in self._names(value):
            holder = self._holder(other, besides=name)
            if holder is None:
                raise self._unknown(other, value)
            known[Variable(other)] = Number(holder.value(other))
        return constant_value(substitute(tree, known), value.where)

    def _names(self, value: Formula) -> frozenset[str]:
        names = value.parse(self.functions)[2]
        return names | self.shadowed if self.shadowed else names

    def _holder(self, name: str, besides: str | None = None) -> Scope | None:
        scope: Scope | None = self.parent if name == besides else self
        while scope is not None and name not in scope.definitions:
            scope = scope.parent
        return scope

    def _unknown(self, name: str, value: Formula) -> NetlistError:
        return NetlistError(f"there is no parameter `{name}` in `{value.text}`", value.where)
