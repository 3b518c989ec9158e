"""Which factor an expression has: taken out of its sums, products and quotients, as its form shows."""

from __future__ import annotations

from typing import NamedTuple

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import GROUND, VoltageSource
from analoghop.circuit.expressions import Call, Expr, Leaf, Number, Voltage, simplify
from analoghop.circuit.expressions.ast import rebuild
from analoghop.circuit.expressions.simplify import ONE, reduced
from analoghop.schedules import Signal


def moving_sources(circuit: Circuit) -> dict[Leaf, Signal]:
    """Return the time-dependent signals of sources to ground, by the V(node) under which they are read."""
    return {
        Voltage(e.a, GROUND): e.signal
        for e in circuit.elements
        if isinstance(e, VoltageSource) and e.b == GROUND and e.signal.quiet_after() > 0
    }


def single_ended(expression: Expr) -> Expr:
    """Return the simplified expression with every V(a,b) written as V(a) - V(b)."""

    def leaf(node: Expr) -> Expr:
        if not isinstance(node, Voltage):
            return node
        above = Number(0.0) if node.a == GROUND else Voltage(node.a)
        return above if node.b == GROUND else reduced(Call("sub", (above, Voltage(node.b))))

    return rebuild(simplify(expression), leaf, reduced)


class Factored(NamedTuple):
    """`factor ** power * rest`, where `rest` does not read the factor."""

    power: int
    rest: Expr


def factored(expression: Expr, factor: Leaf) -> Factored | None:
    """Return a single-ended expression as a power of `factor` times what does not read it, None if it is not.

    A factor is taken out of sums of which every term has it, of products, quotients and choices.
    """
    if expression == factor:
        return Factored(1, ONE)
    if not isinstance(expression, Call):
        return Factored(0, expression)
    name, given = expression.function, expression.arguments
    parts = [factored(argument, factor) for argument in given]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    powers, rests = [part.power for part in found], tuple(part.rest for part in found)
    if not any(powers):
        return Factored(0, expression)
    if name in ("mul", "div"):
        power = powers[0] + powers[1] if name == "mul" else powers[0] - powers[1]
    elif name in ("neg", "add", "sub") or (name == "if" and powers[0] == 0):
        alike = set(powers[1:] if name == "if" else powers)
        if len(alike) > 1:
            return None
        power = alike.pop()
    else:
        return None
    return Factored(power, reduced(Call(name, rests)))


def proportional(expression: Expr, factor: Leaf) -> Expr | None:
    """Return E(1, x) where E(a, x) = a E(1, x) follows from the form of the expression, else None."""
    found = factored(single_ended(expression), factor)
    return found.rest if found is not None and found.power == 1 else None
