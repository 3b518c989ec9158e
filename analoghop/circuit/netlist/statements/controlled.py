"""E, G, F and H: sources controlled by voltages and currents, linear, as polynomials or as expressions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations_with_replacement, count, islice
from math import comb
from typing import NamedTuple

from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    Element,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
)
from analoghop.circuit.expressions import Call, Current, Expr, Number, Voltage
from analoghop.circuit.expressions.ast import check_size
from analoghop.circuit.netlist.scopes import Quantity, formula, quantity
from analoghop.circuit.netlist.statements.behaviours import Behaviour, TableExpression, gnucap_tanh
from analoghop.circuit.netlist.statements.cards import Card, Plain
from analoghop.circuit.netlist.statements.components import multiplicity
from analoghop.circuit.netlist.text.fields import Word, closing, words
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.netlist.text.reader import Reader

_MOST_INPUTS = 100
_LARGEST_DEGREE = 20
_REFUSED = {
    "laplace": "LAPLACE is a transfer function, which is not simulated: build it of R, C and E elements",
    "freq": "FREQ is a table over frequency, not over time: build it of R, C and E elements",
    "chebyshev": "CHEBYSHEV is a filter, which is not simulated: build it of R, C and E elements",
}


class PolyStatement(NamedTuple):
    """POLY(n): `coefficients` of 1, x1, x2, ..., x1^2, x1 x2, ... in SPICE's order, of the `inputs`."""

    inputs: tuple[tuple[str, ...], ...]
    coefficients: tuple[Quantity, ...]

    def resolve(self, place: Place) -> Expr:
        """Return the polynomial; a single coefficient of a single input is that of x1, as in ngspice."""
        read = [_input(names, place) for names in self.inputs]
        given = [place.scope.number(c) for c in self.coefficients]
        if len(read) == len(given) == 1:
            given = [0.0, *given]
        monomials = (m for degree in count() for m in combinations_with_replacement(read, degree))
        terms: list[Expr] = []
        for coefficient, factors in zip(given, islice(monomials, len(given)), strict=True):
            if coefficient:
                term: Expr = Number(coefficient)
                for factor in factors:
                    term = Call("mul", (term, factor))
                terms.append(term)
        if not terms:
            return Number(0.0)
        total = terms[0] if len(terms) == 1 else Call("add", tuple(terms))
        check_size(total)
        return total


def _input(names: tuple[str, ...], place: Place) -> Expr:
    if len(names) == 1:
        return Current(place.element(names[0]))
    return Voltage(place.node(names[0]), place.node(names[1]))


class SourceName(NamedTuple):
    """The voltage source whose current controls an element."""

    name: str

    def resolve(self, place: Place) -> str:
        """Return the flat name."""
        return place.element(self.name)


def _polynomial(reader: Reader, keyword: Word, nodes: int) -> PolyStatement:
    line, form = reader.line, reader.form
    dimension = reader.word("number of inputs")
    if dimension.braced or not dimension.text.isdigit() or not 1 <= int(dimension.text[:9]) <= _MOST_INPUTS:
        raise line.error(f"POLY has `{dimension.text}` inputs", dimension.offset, "POLY(1), POLY(2), ...")
    inputs = tuple(reader.nodes(nodes) for _ in range(int(dimension.text)))
    coefficients = []
    while reader.more():
        coefficients.append(reader.quantity("coefficient")[0])
    if not coefficients:
        raise line.error("POLY has no coefficients", keyword.offset, form)
    if len(coefficients) > comb(len(inputs) + _LARGEST_DEGREE, _LARGEST_DEGREE):
        raise line.error(f"POLY has a degree above {_LARGEST_DEGREE}", keyword.offset, form)
    return PolyStatement(inputs, tuple(coefficients))


def by_voltage(
    linear: Callable[..., Element], free: Callable[..., Element], keyword: str
) -> Callable[[DeckLine, str], Card]:
    """E and G: linear, `POLY(n)`, `VALUE={}`, `TABLE {}`, or gnucap's `tanh`."""

    def read(line: DeckLine, form: str) -> Card:
        reader = Reader(line, form)
        name, nodes = reader.name(), reader.nodes(2)
        number = multiplicity(reader)
        given = reader.pair("value", keyword)
        if given:
            reader.end()
            return Card(free, name, nodes, (Behaviour(formula(line, given)),), line, number)
        first = reader.word("controlling node")
        if first.text in _REFUSED:
            raise line.error(_REFUSED[first.text], first.offset, form)
        if first.text == "poly":
            polynomial = _polynomial(reader, first, 2)
            reader.end()
            return Card(free, name, nodes, (polynomial,), line, number)
        if first.text in ("value", keyword):
            word = reader.word("expression")
            reader.end()
            return Card(free, name, nodes, (Behaviour(formula(line, word)),), line, number)
        if first.text == "table":
            return Card(free, name, nodes, (_table(line, first, form),), line, number)
        reader.position -= 1
        c, d = reader.nodes(2)
        if reader.more() and reader.words[reader.position].text == "tanh":
            given_names = {p: reader.pair(p) for p in ("gain", "limit", "ioffset", "ooffset")}
            positional = reader.words[reader.position + 1 :]
            reader.position = len(reader.words)
            reader.end()
            limiter = gnucap_tanh(line, (c, d), positional, given_names, form)
            return Card(free, name, nodes, (limiter,), line, number)
        gain, _ = reader.quantity("gain")
        reader.end()
        return Card(linear, name, (*nodes, c, d), (Plain(gain),), line, number)

    return read


by_voltage_e = by_voltage(VoltageControlledVoltage, BehaviouralVoltage, "vol")
by_voltage_g = by_voltage(VoltageControlledCurrent, BehaviouralCurrent, "cur")


def by_current(
    linear: Callable[..., Element], free: Callable[..., Element], keyword: str
) -> Callable[[DeckLine, str], Card]:
    """F and H: linear in the current of a voltage source, `POLY(n)`, or an expression, as E and G have."""

    def read(line: DeckLine, form: str) -> Card:
        reader = Reader(line, form)
        name, nodes = reader.name(), reader.nodes(2)
        number = multiplicity(reader)
        given = reader.pair("value", keyword)
        if given:
            reader.end()
            return Card(free, name, nodes, (Behaviour(formula(line, given)),), line, number)
        first = reader.word("controlling source")
        if first.text == "poly":
            polynomial = _polynomial(reader, first, 1)
            reader.end()
            return Card(free, name, nodes, (polynomial,), line, number)
        if first.braced or first.text == "=":
            raise line.error(f"`{first.text}` is no voltage source", first.offset, form)
        gain, _ = reader.quantity("gain")
        reader.end()
        return Card(linear, name, nodes, (SourceName(first.text), Plain(gain)), line, number)

    return read


by_current_f = by_current(CurrentControlledCurrent, BehaviouralCurrent, "cur")
by_current_h = by_current(CurrentControlledVoltage, BehaviouralVoltage, "vol")


def _table(line: DeckLine, keyword: Word, form: str) -> TableExpression:
    start = keyword.offset + len(keyword.text)
    start += len(line.text[start:]) - len(line.text[start:].lstrip(" \t="))
    if line.text[start : start + 1] not in ("{", "'", '"', "("):
        raise line.error("TABLE needs its input in braces", start, form)
    stop = closing(line, start)
    argument = Word(line.text[start:stop], start, True)
    points = [w for w in words(line, stop) if w.text != "="]
    if len(points) < 4 or len(points) % 2:
        raise line.error("TABLE needs pairs (x,y), at least two", stop, form)
    line.notice("ngspice rounds the corners of a TABLE; pwl(x, x1,y1, ...) in a B source has sharp ones")
    return TableExpression(
        formula(line, argument), tuple(quantity(line, p, form) for p in points), line, stop
    )
