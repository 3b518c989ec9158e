"""`idt(x)` and `sdt(x)`: integrals over time, each as a capacitor of one farad that x amperes charge."""

from __future__ import annotations

from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    Element,
)
from analoghop.circuit.expressions import Call, Expr, Voltage, constant_value
from analoghop.circuit.expressions.ast import rebuild


def with_integrals(element: Element) -> list[Element]:
    """Return the element with its integrals replaced by voltages, and after it the parts that make these.

    The second argument of `idt` is the value at t = 0, which counts with `uic`; without one it is 0. Raises
    `NetlistError` for a value at t = 0 that is no constant.
    """
    if not isinstance(element, (BehaviouralVoltage, BehaviouralCurrent)):
        return [element]
    parts: list[Element] = []

    def call(node: Call) -> Expr:
        if node.function != "idt":
            return node
        name = f"{element.name}_idt{len(parts) // 2 + 1}"
        start = constant_value(node.arguments[1]) if len(node.arguments) > 1 else 0.0
        parts.append(BehaviouralCurrent(f"b{name}", GROUND, name, node.arguments[0]))
        parts.append(Capacitor(f"c{name}", name, GROUND, 1.0, start or None))
        return Voltage(name)

    expression = rebuild(element.expression, lambda leaf: leaf, call)
    return [element._replace(expression=expression), *parts] if parts else [element]
