"""`settle_constants`: what has one value whatever the circuit does becomes a number."""

from __future__ import annotations

from analoghop.circuit.expressions.affine import affine_sum
from analoghop.circuit.expressions.ast import Call, Expr, Number, Voltage
from analoghop.circuit.expressions.format import format_expression
from analoghop.circuit.expressions.simplify import ZERO, negated, reduced, simplify
from analoghop.errors import Location, NetlistError


def settle_constants(expr: Expr, where: Location | None = None) -> Expr:
    """Return `expr` simplified, where V(0), V(a,a), and sums that cancel out are the number 0.

    Raises `NetlistError` for a part that is no number, such as `acos(2)`, unless a condition may avoid it.
    """
    return _settled(expr, where, certain=True)


def _settled(expr: Expr, where: Location | None, certain: bool) -> Expr:
    if isinstance(expr, Voltage):
        return _above_ground(expr)
    if not isinstance(expr, Call):
        return simplify(expr)
    if expr.function == "if":
        condition, yes, no = expr.arguments
        known = _settled(condition, where, certain)
        if isinstance(known, Number):
            return _settled(yes if known.value != 0 else no, where, certain)
        return reduced(Call("if", (known, _settled(yes, where, False), _settled(no, where, False))))
    call = Call(expr.function, tuple(_settled(part, where, certain) for part in expr.arguments))
    found = reduced(call)
    if certain and found == call and all(isinstance(part, Number) for part in call.arguments):
        raise NetlistError(f"`{format_expression(call)}` is no number", where)
    if isinstance(found, Call) and found.function in ("add", "sub"):
        total = affine_sum(found)
        if not total.terms and not total.linear:
            return Number(total.constant)
    return found


def _above_ground(voltage: Voltage) -> Expr:
    if voltage.a == voltage.b:
        return ZERO
    return negated(Voltage(voltage.b)) if voltage.a == "0" else voltage
