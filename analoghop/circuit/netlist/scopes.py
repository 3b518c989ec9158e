"""Values of parameters: formulas that may refer to each other in any order, in nested scopes."""

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
    variables,
)
from analoghop.circuit.expressions.ast import CONSTANTS
from analoghop.circuit.netlist.text.fields import Pair, Word
from analoghop.circuit.netlist.text.lines import DeckLine, shortened
from analoghop.errors import Location, NetlistError

Functions: TypeAlias = Mapping[str, tuple[tuple[str, ...], Expr]]
_INFIX = re.compile(r"[+-]?\d+(meg|[tgkmunpfrµμ])\d+$", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?<![\w.])(?:(?P<number>\d+(?:meg|[tgkmunpfrµμ])\d+)(?![\w.])|if(?=\s*\())", re.IGNORECASE
)
_PROBE = re.compile(r"(?<!\w)[vi]\s*\([^()]*\)", re.IGNORECASE)
_TERNARY = ": write `c ? a : b`, or in a source `ternary_fcn(c, a, b)`"
QUANTITIES_OF_A_RUN = frozenset(["time", "hertz"])
"""Variables that have a value only during a simulation."""


class Formula:
    """The text of an expression and its location; parsed on first use, with its deck's functions."""

    __slots__ = ("_noticed", "_tree", "line", "offset", "text")

    def __init__(self, line: DeckLine, offset: int, length: int) -> None:
        self.line, self.offset = line, offset
        self.text = line.original[offset : offset + length]
        self._tree: tuple[Expr, tuple[Leaf, ...], frozenset[str]] | None = None
        self._noticed = False

    @property
    def where(self) -> Location:
        """The place of the formula's first character."""
        return self.line.at(self.offset)

    def raw(self, functions: Collection[str]) -> Expr:
        """Return the tree in which calls of `functions` are not expanded."""
        tree = parse_expression(self.text, self.where, functions)
        if not self._noticed:
            self._noticed = True
            self._notice_foreign(functions)
        return tree

    def _notice_foreign(self, functions: Collection[str]) -> None:
        """Add notices of words that ngspice does not know."""
        # A node may be called 2k2.
        text = _PROBE.sub(lambda probe: " " * len(probe.group()), self.text)
        for found in _FOREIGN.finditer(text):
            word, offset = found.group(), self.offset + found.start()
            if found["number"]:
                notice_infix(self.line, word, offset, in_expression=True)
            elif "if" not in functions:
                self.line.notice(
                    f"`if(c, a, b)` is c ? a : b here, but ngspice 39 refuses it{_TERNARY}", offset
                )

    def moves(self, functions: Functions) -> bool:
        """Return whether the formula depends on voltages, currents or time."""
        _, found, names = self.parse(functions)
        return bool(names & QUANTITIES_OF_A_RUN) or not all(isinstance(leaf, Variable) for leaf in found)

    def parse(self, functions: Functions) -> tuple[Expr, tuple[Leaf, ...], frozenset[str]]:
        """Return the tree with `functions` expanded, its leaves, and the names of its variables."""
        if self._tree is None:
            try:
                tree = expand_functions(self.raw(functions), functions, self.where)
            except RecursionError:
                raise NetlistError("functions call each other too deeply", self.where) from None
            self._tree = tree, leaves(tree), variables(tree)
        return self._tree


Quantity: TypeAlias = "float | Formula"


def formula(line: DeckLine, field: Word | Pair) -> Formula:
    """Return the formula that stands in `field`."""
    return Formula(line, field.offset, len(field.text))


def notice_infix(line: DeckLine, text: str, offset: int, in_expression: bool) -> None:
    """Add the notice that ngspice reads a number such as `4k7` in another way."""
    value = parse_number(text)
    theirs = "refuses it in an expression" if in_expression else "drops the digits behind the letter"
    line.notice(f"`{text}` is {value:g} here, but ngspice 39 {theirs}: write a decimal point", offset)


def quantity(line: DeckLine, field: Word | Pair, what: str, in_expression: bool = False) -> Quantity:
    """Return the number in `field`, or the formula in its braces or quotes, or after its `name=`.

    `in_expression`: ngspice reads the field as an expression, also without braces.
    Raises `NetlistError`, calling the field `what`, for a positional word that is no number.
    """
    text = field.text
    value = parse_number(text)
    if value is not None:
        if _INFIX.match(text):
            notice_infix(
                line, text, field.offset, in_expression or (isinstance(field, Word) and field.braced)
            )
        return value
    if text in ("nan", "inf", "-inf", "infinity"):
        raise line.error(f"`{text}` is no value for a circuit", field.offset, what)
    if isinstance(field, Word) and not field.braced:
        hint = f": a parameter stands in braces, {{{text}}}" if text.isidentifier() else ""
        raise line.error(f"`{text}` is no number{hint}", field.offset, what)
    return formula(line, field)


class Scope:
    """Definitions by name inside the caller's scope; a name in its own definition is the caller's parameter.

    As in ngspice, a subcircuit can read the parameters of its caller, and in an argument on the X line the
    subcircuit's own parameters come first.
    """

    def __init__(
        self, definitions: Mapping[str, Quantity], functions: Functions, parent: Scope | None = None
    ) -> None:
        self.definitions, self.functions, self.parent = definitions, functions, parent
        self.values: dict[str, float] = {}

    def number(self, value: Quantity) -> float:
        """Return the value of a constant; raises `NetlistError` where it depends on voltages or time."""
        return value if isinstance(value, float) else self._constant(value, None)

    def settle(self) -> None:
        """Evaluate every definition, used or not: raises `NetlistError` for those that have no value."""
        for name, definition in self.definitions.items():
            if isinstance(definition, Formula):
                self.value(name)

    def expression(self, value: Formula, keep: frozenset[str] = frozenset()) -> Expr:
        """Return the tree of `value` with the parameters substituted, except the names in `keep`.

        Raises `NetlistError` for unknown names.
        """
        tree, _, names = value.parse(self.functions)
        mapping: dict[Leaf, Expr] = {}
        for name in names - keep:
            holder = self._holder(name)
            if holder is not None:
                mapping[Variable(name)] = Number(holder.value(name))
            elif name not in CONSTANTS and name not in QUANTITIES_OF_A_RUN:
                raise self._unknown(name, value)
        tree = substitute(tree, mapping) if mapping else tree
        if "^" in value.text or "**" in value.text:
            kept: dict[Leaf, Expr] = {Variable(n): Variable(f"{n}()") for n in keep & CONSTANTS.keys()}
            simplify(substitute(tree, kept) if kept else tree, strict=True, where=value.where)
        return tree

    def value(self, name: str) -> float:
        """Return the parameter `name` of this scope; parameters that it needs are evaluated iteratively."""
        if name in self.values:
            return self.values[name]
        stack: list[tuple[Scope, str]] = [(self, name)]
        opened: dict[tuple[Scope, str], None] = {}
        while stack:
            current = stack[-1]
            scope, inner = current
            if inner in scope.values:
                stack.pop()
            elif current in opened:
                scope.values[inner] = scope._evaluate(inner)
                del opened[current]
            else:
                opened[current] = None
                missing = scope._missing(inner)
                for needed in missing:
                    if needed in opened:
                        raise scope._circle(inner, [*opened], needed)
                stack += missing
        return self.values[name]

    def _missing(self, name: str) -> list[tuple[Scope, str]]:
        """Return the parameters that must be known before `name`."""
        definition = self.definitions[name]
        if isinstance(definition, float):
            return []
        holders = [(self._holder(n, besides=name), n) for n in definition.parse(self.functions)[2]]
        return [(holder, n) for holder, n in holders if holder is not None and n not in holder.values]

    def _evaluate(self, name: str) -> float:
        definition = self.definitions[name]
        return definition if isinstance(definition, float) else self._constant(definition, name)

    def _circle(self, name: str, opened: list[tuple[Scope, str]], needed: tuple[Scope, str]) -> NetlistError:
        names = [n for _, n in opened[opened.index(needed) :]] + [needed[1]]
        shown = " -> ".join(names if len(names) < 10 else [*names[:8], "...", names[-1]])
        definition = self.definitions[name]
        where = definition.where if isinstance(definition, Formula) else None
        return NetlistError(f"the parameters define each other in a circle: {shown}", where)

    def _constant(self, value: Formula, name: str | None) -> float:
        tree, found, names = value.parse(self.functions)
        if not all(isinstance(leaf, Variable) for leaf in found):
            raise NetlistError("a constant cannot depend on voltages or currents", value.where)
        known: dict[Leaf, Expr] = {}
        for other in names:
            holder = self._holder(other, besides=name)
            if holder is not None:
                known[Variable(other)] = Number(holder.value(other))
            elif other not in CONSTANTS:
                raise self._unknown(other, value)
        return constant_value(substitute(tree, known), value.where)

    def _holder(self, name: str, besides: str | None = None) -> Scope | None:
        scope: Scope | None = self.parent if name == besides else self
        while scope is not None and name not in scope.definitions:
            scope = scope.parent
        return scope

    def _unknown(self, name: str, value: Formula) -> NetlistError:
        if name in QUANTITIES_OF_A_RUN:
            return NetlistError(f"a constant cannot depend on `{name}`", value.where)
        return NetlistError(f"there is no parameter `{name}` in `{shortened(value.text)}`", value.where)
