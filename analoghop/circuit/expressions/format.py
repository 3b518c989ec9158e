"""Expressions written as text that ngspice accepts, and that is read back as an equal tree."""

from __future__ import annotations

from analoghop.circuit.expressions.ast import Call, Current, Expr, Number, Variable, Voltage

_TERNARY, _OR, _SUM, _PRODUCT, _UNARY, _POWER, _ATOM = 0, 1, 5, 6, 7, 8, 9
_OPERATORS = {
    "or": ("||", 1),
    "and": ("&&", 2),
    "eq": ("==", 3),
    "ne": ("!=", 3),
    "lt": ("<", 4),
    "gt": (">", 4),
    "le": ("<=", 4),
    "ge": (">=", 4),
    "mul": ("*", 6),
    "div": ("/", 6),
}


def format_expression(expr: Expr) -> str:
    """Return the text of `expr`, from which `parse_expression` returns an equal tree."""
    return _write(expr)[0]


def _write(expr: Expr) -> tuple[str, int]:
    if isinstance(expr, Number):
        return _number(expr.value)
    if isinstance(expr, Variable):
        return expr.name, _ATOM
    if isinstance(expr, Voltage):
        return (f"V({expr.a})" if expr.b == "0" else f"V({expr.a},{expr.b})"), _ATOM
    if isinstance(expr, Current):
        return f"I({expr.source})", _ATOM
    return _call(expr)


def _number(value: float) -> tuple[str, int]:
    text = repr(float(value)).removesuffix(".0")
    return text, _UNARY if text.startswith("-") else _ATOM


def _call(expr: Call) -> tuple[str, int]:
    name, given = expr.function, expr.arguments
    if name == "if":
        condition, yes, no = given
        return f"{_at(condition, _OR)} ? {_at(yes, _OR)} : {_at(no, _TERNARY)}", _TERNARY
    if name in ("neg", "not"):
        strength = _ATOM if isinstance(given[0], Number) else _POWER
        operand = _at(given[0], strength)
        if isinstance(given[0], Number) and name == "neg":
            operand = f"({operand.strip('()')})"
        return f"{'-' if name == 'neg' else '!'}{operand}", _UNARY
    if name in ("add", "sub"):
        return _sum(name, given), _SUM
    if name == "pow":
        return f"{_at(given[0], _POWER)}^{_at(given[1], _ATOM)}", _POWER
    if name in _OPERATORS:
        symbol, strength = _OPERATORS[name]
        right = _POWER if strength == _PRODUCT else strength + 1
        spaced = symbol if strength == _PRODUCT else f" {symbol} "
        return f"{_at(given[0], strength)}{spaced}{_at(given[1], right)}", strength
    inside = ", ".join(_write(a)[0] for a in given)
    return f"{'pow' if name == 'power' else name.removesuffix('()')}({inside})", _ATOM


def _sum(name: str, given: tuple[Expr, ...]) -> str:
    parts = [_at(given[0], _PRODUCT)]
    for term in given[1:]:
        negative = isinstance(term, Call) and term.function == "neg" and len(given) > 2
        shown = term.arguments[0] if negative and isinstance(term, Call) else term
        symbol = "-" if negative or name == "sub" else "+"
        text, strength = _write(shown)
        parts.append(
            f"{symbol} {text if strength >= _PRODUCT and not text.startswith(('-', '!')) else f'({text})'}"
        )
    return " ".join(parts)


def _at(expr: Expr, weakest: int) -> str:
    text, strength = _write(expr)
    return text if strength >= weakest else f"({text})"
