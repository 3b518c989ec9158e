"""The parser of a deck's expressions: a tokenizer and precedence climbing for ngspice's B source grammar."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import NoReturn

from analoghop.circuit.expressions.ast import (
    MAX_HEIGHT,
    Call,
    Current,
    Expr,
    Number,
    Variable,
    Voltage,
    check_size,
)
from analoghop.circuit.expressions.numbers import INFIX, NUMBER, parse_number
from analoghop.circuit.expressions.simplify import reduced
from analoghop.errors import Location, NetlistError

MAX_LENGTH = 2_000_000
_MAX_NESTING = 2 * MAX_HEIGHT + 2  # an operand in parentheses nests twice

_TOKEN = re.compile(
    rf"(?P<probe>[vViI]\s*\()|(?P<number>{NUMBER})|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<operator>\*\*|<=|>=|==|!=|<>|&&|\|\||[-+*/^<>!?:(),{}'\"])"
)
_INFIX = re.compile(rf"(?:{INFIX.pattern})(?![\w.])", re.IGNORECASE)
_NODES = re.compile(r"\s*([^\s(),{}'\"=]+)\s*(?:,\s*([^\s(),{}'\"=]+)\s*)?\)")
_WORD_NODES = {"gnd": "0"}

_SUM = 5
BINARY = {
    "||": ("or", 1),
    "&&": ("and", 2),
    "==": ("eq", 3),
    "!=": ("ne", 3),
    "<>": ("ne", 3),
    "<": ("lt", 4),
    ">": ("gt", 4),
    "<=": ("le", 4),
    ">=": ("ge", 4),
    "+": ("add", _SUM),
    "-": ("sub", _SUM),
    "*": ("mul", 6),
    "/": ("div", 6),
}
"""Operator: function, binding strength; all associate to the left."""

_REFUSED = {
    "limit": "ngspice's `limit` gives a wrong number without a warning: write max(lo, min(hi, x))",
    "atan2": "ngspice has no `atan2`: write 2*atan(y/(sqrt(x*x+y*y)+x))",
    "round": "ngspice has no `round`: write nint(x)",
}
_AGAINST_ZERO = {"eq0": "eq", "ne0": "ne", "gt0": "gt", "lt0": "lt", "ge0": "ge", "le0": "le"}
_ONE_ARGUMENT = (
    "tanh atan exp ln log log10 sqrt sin cos tan asin acos sinh cosh asinh acosh atanh",
    "abs sgn u u2 uramp floor ceil nint int eq0 ne0 gt0 lt0 ge0 le0",
)
ARITY: Mapping[str, tuple[int, float]] = {
    **dict.fromkeys(" ".join(_ONE_ARGUMENT).split(), (1, 1)),
    **dict.fromkeys(["pow", "pwr"], (2, 2)),
    **dict.fromkeys(["min", "max"], (2, math.inf)),
    **dict.fromkeys(["if", "ternary_fcn"], (3, 3)),
    **dict.fromkeys(["idt", "sdt"], (1, 2)),
    "ddt": (1, 1),
}
"""Built-in functions except pwl, with the smallest and the largest number of arguments of each."""
_CLOSING = {"(": ")", "{": "}", "'": "'", '"': '"'}


def parse_expression(text: str, where: Location | None = None, functions: Collection[str] = ()) -> Expr:
    """Return the tree of `text`; `functions` names a deck's own functions, which come before built-in ones.

    Unknown function names become calls, which `expand_functions` expands or rejects. Braces and quotes
    group as parentheses do. Raises `NetlistError` for a text that is not an expression.
    """
    return _Parser(text, where, functions).whole()


class _Parser:
    """One pass over one expression."""

    def __init__(self, text: str, where: Location | None, functions: Collection[str]) -> None:
        self.text, self.where, self.functions = text, where, functions
        self.position = self.start = 0
        self.nesting = 0
        self.kind = self.token = ""

    def whole(self) -> Expr:
        if len(self.text) > MAX_LENGTH:
            raise NetlistError(f"an expression has more than {MAX_LENGTH} characters", self.where)
        self.advance()
        expr = self.ternary()
        if self.kind != "end":
            self.fail(f"`{self.token}` cannot follow here")
        check_size(expr, self.where)
        return expr

    def fail(self, reason: str, expected: str = "", at: int | None = None) -> NoReturn:
        where = self.where
        shown = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        if where and where.text[where.column - 1 :].startswith(self.text):
            where = replace(where, column=where.column + (self.start if at is None else at))
        raise NetlistError(f"in the expression `{shown}`: {reason}", where, expected)

    def advance(self) -> None:
        text = self.text
        while self.position < len(text) and text[self.position].isspace():
            self.position += 1
        self.start = self.position
        if self.position == len(text):
            self.kind = self.token = "end"
            return
        found = _TOKEN.match(text, self.position)
        if not found:
            self.fail(f"`{text[self.position]}` is no part of an expression")
        self.kind, self.token, self.position = str(found.lastgroup), found.group(), found.end()

    def expect(self, token: str) -> None:
        if self.token != token:
            got = "the end" if self.kind == "end" else f"`{self.token}`"
            self.fail(f"got {got}", f"`{token}`")
        self.advance()

    def ternary(self) -> Expr:
        expr = self.binary(1)
        if self.token == "?":
            self.advance()
            self.deepen()
            yes = self.ternary()
            self.expect(":")
            expr = Call("if", (expr, yes, self.ternary()))
            self.nesting -= 1
        return expr

    def binary(self, weakest: int) -> Expr:
        self.deepen()
        expr = self.unary()
        while (entry := BINARY.get(self.token)) and entry[1] >= weakest:
            function, strength = entry
            if strength == _SUM:
                expr = self.sum(expr)
            else:
                self.advance()
                expr = Call(function, (expr, self.binary(strength + 1)))
        self.nesting -= 1
        return expr

    def sum(self, first: Expr) -> Expr:
        terms, signs = [first], ["+"]
        while self.token in ("+", "-"):
            signs.append(self.token)
            self.advance()
            terms.append(self.binary(_SUM + 1))
        if len(terms) == 2:
            return Call(BINARY[signs[1]][0], tuple(terms))
        negated = (t if s == "+" else Call("neg", (t,)) for s, t in zip(signs, terms, strict=True))
        return Call("add", tuple(negated))

    def unary(self) -> Expr:
        operators = []
        while self.token in ("-", "+", "!"):
            operators.append(self.token)
            self.advance()
        literal = self.kind == "number"
        expr = self.power()
        for operator in reversed(operators):
            if operator == "!":
                expr = Call("not", (expr,))
            elif operator == "-":
                negative = literal and isinstance(expr, Number)
                expr = Number(-expr.value) if negative and isinstance(expr, Number) else Call("neg", (expr,))
        return expr

    def power(self) -> Expr:
        expr = self.primary()
        while self.token in ("^", "**"):
            self.advance()
            self.deepen()
            exponent = self.unary() if self.token in ("-", "+", "!") else self.primary()
            self.nesting -= 1
            expr = Call("pow", (expr, exponent))
        return expr

    def deepen(self) -> None:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            self.fail(f"nested deeper than {MAX_HEIGHT} levels")

    def primary(self) -> Expr:
        token = self.token
        if self.kind == "number":
            return self.number()
        if self.kind == "probe":
            return self.probe()
        if self.kind == "name":
            self.advance()
            return self.call(token.lower()) if self.token == "(" else Variable(token.lower())
        if self.kind == "operator" and token in _CLOSING:
            self.advance()
            expr = self.ternary()
            self.expect(_CLOSING[token])
            return expr
        got = "the end" if self.kind == "end" else f"`{token}`"
        self.fail(f"got {got}", "a number, a name, V(...), I(...) or a parenthesis")

    def number(self) -> Expr:
        if infix := _INFIX.match(self.text, self.start):
            self.token, self.position = infix.group(), infix.end()
        value = parse_number(self.token)
        if value is None:
            self.fail(f"`{self.token}` is too large a number")
        rest = self.text[self.position : self.position + 1]
        if rest and (rest.isalnum() or rest in "_."):
            self.fail(f"`{self.token}{rest}` is no number")
        self.advance()
        return Number(value)

    def probe(self) -> Expr:
        found = _NODES.match(self.text, self.position)
        name = self.token[0].upper()
        form = "V(node) or V(node,node)" if name == "V" else "I(source)"
        if not found or (name == "I" and found[2]):
            self.fail(f"cannot read `{name}(`", form)
        self.position = found.end()
        self.advance()
        a, b = found[1].lower(), (found[2] or "0").lower()
        return Voltage(_WORD_NODES.get(a, a), _WORD_NODES.get(b, b)) if name == "V" else Current(a)

    def call(self, name: str) -> Expr:
        start = self.start
        self.advance()
        arguments: list[Expr] = []
        if self.token != ")":
            arguments.append(self.ternary())
            while self.token == ",":
                self.advance()
                arguments.append(self.ternary())
        self.expect(")")
        given = tuple(arguments)
        if name in self.functions:
            return Call(f"{name}()", given)
        if name in _REFUSED:
            self.fail(_REFUSED[name], at=start)
        if name in ("pwl", "table", "tbl"):
            line = self.polyline(given, start)
            return line if name == "pwl" else _table(line)
        if name not in ARITY:
            return Call(f"{name}()", given)
        fewest, most = ARITY[name]
        if not fewest <= len(given) <= most:
            count = f"{fewest} argument{'s' * (fewest > 1)}"
            self.fail(f"`{name}` takes {count}, not {len(given)}", at=start)
        return _built_in(name, given)

    def polyline(self, given: tuple[Expr, ...], start: int) -> Call:
        if len(given) < 5 or len(given) % 2 == 0:
            form = "pwl(x, x1,y1, x2,y2, ...)"
            self.fail("`pwl` takes an expression and at least two points", form, at=start)
        points = [p.value for p in given[1::2] if isinstance(p, Number)]
        if len(points) == len(given) // 2 and any(b <= a for a, b in pairwise(points)):
            self.fail("the points of `pwl` must increase in x", at=start)
        return Call("pwl", given)


def _table(line: Call) -> Call:
    """Return `table(x, x1,y1, ...)` as pwl with one more point at each end: it is constant outside."""
    x, *points = line.arguments
    width = Call("sub", (points[-2], points[0]))
    before, after = Call("sub", (points[0], width)), Call("add", (points[-2], width))
    return Call("pwl", (x, reduced(before), points[1], *points, reduced(after), points[-1]))


def _built_in(name: str, given: tuple[Expr, ...]) -> Expr:
    if name in _AGAINST_ZERO:
        return Call(_AGAINST_ZERO[name], (given[0], Number(0.0)))
    if name == "int":
        return Call("mul", (Call("sgn", given), Call("floor", (Call("abs", given),))))
    if name in ("min", "max"):
        while len(given) > 1:  # ngspice takes two at a time; a balanced tree of pairs keeps the height small
            pairs = [Call(name, given[k : k + 2]) for k in range(0, len(given) - 1, 2)]
            given = (*pairs, *given[2 * len(pairs) :])
        return given[0]
    return Call({"sdt": "idt", "log": "ln", "ternary_fcn": "if", "pow": "power"}.get(name, name), given)
