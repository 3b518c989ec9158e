"""Expressions of sources, resolved in their place: parameters, node names, TABLE and gnucap's tanh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analoghop.circuit.expressions import (
    Call,
    Current,
    Expr,
    Leaf,
    Number,
    Voltage,
    leaves,
    simplify,
    substitute,
)
from analoghop.circuit.expressions.ast import rebuild
from analoghop.circuit.netlist.scopes import Formula, Quantity, quantity
from analoghop.circuit.netlist.text.fields import Pair, Word
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.errors import NetlistError


class Behaviour(NamedTuple):
    """An expression of voltages, currents, parameters and time."""

    formula: Formula

    def resolve(self, place: Place) -> Expr:
        """Return the expression with the flat names and the parameters' values of `place`."""
        try:
            return _with_points(placed(place.scope.expression(self.formula), place))
        except NetlistError as error:
            if error.where is None:
                raise NetlistError(error.reason, self.formula.where, error.expected) from error
            raise


def _with_points(expr: Expr) -> Expr:
    """Return `expr` with the points of its polylines as numbers: those of a table are differences of them."""

    def call(node: Call) -> Expr:
        if node.function != "pwl":
            return node
        return Call("pwl", (node.arguments[0], *map(simplify, node.arguments[1:])))

    return rebuild(expr, lambda leaf: leaf, call)


def placed(expr: Expr, place: Place) -> Expr:
    """Return `expr` with the flat names of its nodes and sources."""
    mapping: dict[Leaf, Expr] = {}
    for leaf in leaves(expr):
        if isinstance(leaf, Voltage):
            mapping[leaf] = Voltage(place.node(leaf.a), place.node(leaf.b))
        elif isinstance(leaf, Current):
            mapping[leaf] = Current(place.element(leaf.source))
    if all(new == leaf for leaf, new in mapping.items()):
        return expr
    return substitute(expr, mapping)


class TableExpression(NamedTuple):
    """TABLE {input} = (x,y) ...: straight lines, constant outside the points."""

    formula: Formula
    points: tuple[Quantity, ...]
    line: DeckLine
    offset: int

    def resolve(self, place: Place) -> Expr:
        """Return `pwl(input, ...)` with one more point at each end, so that it is constant outside them."""
        numbers = [place.scope.number(p) for p in self.points]
        x, y = numbers[::2], numbers[1::2]
        if any(b <= a for a, b in zip(x, x[1:], strict=False)):
            raise self.line.error("the points of TABLE must increase in x", self.offset)
        width = x[-1] - x[0]
        x, y = [x[0] - width, *x, x[-1] + width], [y[0], *y, y[-1]]
        points = [Number(value) for point in zip(x, y, strict=True) for value in point]
        return Call("pwl", (Behaviour(self.formula).resolve(place), *points))


class SoftLimiter(NamedTuple):
    """gnucap's tanh: `ooffset + limit*tanh(gain*(V(c,d) - ioffset)/limit)`."""

    c: str
    d: str
    gain: Quantity
    limit: Quantity
    ioffset: Quantity
    ooffset: Quantity
    line: DeckLine

    def resolve(self, place: Place) -> Expr:
        """Return the expression; raises `NetlistError` for a limit that is not positive."""
        gain, limit, ioffset, ooffset = (
            place.scope.number(q) for q in (self.gain, self.limit, self.ioffset, self.ooffset)
        )
        if limit <= 0:
            raise self.line.error(f"tanh has the limit {limit:g}", 0, "a positive limit")
        z: Expr = Voltage(place.node(self.c), place.node(self.d))
        if ioffset:
            z = Call("sub", (z, Number(ioffset)))
        swing = Call("mul", (Number(limit), Call("tanh", (Call("mul", (Number(gain / limit), z)),))))
        return Call("add", (Number(ooffset), swing)) if ooffset else swing


def gnucap_tanh(
    line: DeckLine,
    nodes: Sequence[str],
    positional: Sequence[Word],
    named: Mapping[str, Pair | None],
    form: str,
) -> SoftLimiter:
    """Return the source that follows `tanh`: gain and limit by position or by name, two offsets by name.

    Source: the gnucap manual, "TANH: Hyperbolic tangent transfer function".
    """
    given = {name: quantity(line, pair, form) for name, pair in named.items() if pair}
    for name, word in zip(("gain", "limit"), positional, strict=False):
        if name in given:
            raise line.error(f"`{name}` is given twice", word.offset, form)
        given[name] = quantity(line, word, form)
    if len(positional) > 2:
        raise line.error(f"`{positional[2].text}` is unexpected", positional[2].offset, form)
    for name in ("gain", "limit"):
        if name not in given:
            raise line.error(f"tanh needs `{name}=`", len(line.text), "tanh gain=... limit=...")
    offsets = given.get("ioffset", 0.0), given.get("ooffset", 0.0)
    return SoftLimiter(nodes[0], nodes[1], given["gain"], given["limit"], *offsets, line)
