"""`ddt(x)`: the rate of an expression, by the chain rule from currents into small capacitors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    Element,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import (
    Call,
    Current,
    Expr,
    Leaf,
    Number,
    Variable,
    Voltage,
    differentiate,
    leaves,
    simplify,
)
from analoghop.circuit.expressions.ast import check_size, rebuild
from analoghop.errors import NetlistError
from analoghop.schedules import Constant, Signal

_FARADS = 1e-12  # small beside the capacitors of a circuit, whose energy is counted with it
_ZERO, _ONE = Number(0.0), Number(1.0)


def reads_rates(element: Element) -> bool:
    """Return whether the expression of an element contains `ddt`."""
    if not isinstance(element, (BehaviouralVoltage, BehaviouralCurrent)):
        return False
    stack: list[Expr] = [element.expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            if node.function == "ddt":
                return True
            stack.extend(node.arguments)
    return False


def with_rates(
    elements: Sequence[Element], numbers: Sequence[int], initial: Mapping[str, float]
) -> tuple[list[Element], list[int]]:
    """Return the elements with every `ddt` replaced, followed by the parts that measure rates, and the lines.

    d/dt f(V1, V2, ...) is the sum of df/dVk dVk/dt. The rate of a node's voltage is the current into a
    capacitor of 1 pF that a source of the same voltage charges, times 1e12. The voltage of an ideal source is
    differentiated in its own expression, so that no capacitor is put on an amplifier. The capacitor begins
    with the voltage that `initial` or a capacitor to ground gives the node: ngspice would charge it in its
    first step. Raises `NetlistError` for a rate that depends on itself, the rate of a current or of a rate,
    and too large an expression.
    """
    rates = _Rates(elements, initial)
    found, lines = list[Element](), list[int]()
    for element, number in zip(elements, numbers, strict=True):
        if reads_rates(element):
            assert isinstance(element, (BehaviouralVoltage, BehaviouralCurrent))
            rates.owner, rates.number = element.name, number
            element = element._replace(expression=rates.replaced(element.expression))
        found.append(element)
        lines.append(number)
    return found + rates.parts, lines + rates.lines


class _Rates:
    """The rates of voltages and currents that have been asked for, and the `parts` that measure them."""

    def __init__(self, elements: Sequence[Element], initial: Mapping[str, float]) -> None:
        self.parts, self.lines = list[Element](), list[int]()
        self.owner, self.number = "", 0
        self._sensors: dict[Leaf, Expr] = {}
        self._open: list[str] = []
        self._defined: dict[str, Expr] = {}
        self._initial = dict(initial)
        for e in elements:
            if isinstance(e, Capacitor) and e.b == GROUND and e.ic is not None:
                self._initial[e.a] = e.ic
        for e in elements:
            if isinstance(e, (BehaviouralVoltage, VoltageControlledVoltage, VoltageSource)) and e.b == GROUND:
                formula = _formula(e)
                if formula is not None:
                    self._defined[e.a] = formula

    def replaced(self, expr: Expr) -> Expr:
        """Return the expression with its rates written out, the inner ones first."""

        def call(node: Call) -> Expr:
            return self._of(node.arguments[0]) if node.function == "ddt" else node

        result = rebuild(expr, lambda leaf: leaf, call)
        check_size(result)
        return result

    def _of(self, expr: Expr) -> Expr:
        terms: list[Expr] = []
        nodes: dict[Leaf, None] = {}
        for leaf in leaves(expr):
            if isinstance(leaf, Voltage):
                nodes.update({Voltage(node): None for node in (leaf.a, leaf.b) if node != GROUND})
            else:
                nodes[leaf] = None
        for leaf in nodes:
            slope = differentiate(expr, leaf)
            if slope != _ZERO:
                terms.append(Call("mul", (slope, self._rate(leaf))))
        return simplify(Call("add", tuple(terms)) if len(terms) > 1 else (terms or [_ZERO])[0])

    def _rate(self, leaf: Leaf) -> Expr:
        if isinstance(leaf, Variable):
            return _ONE if leaf.name == "time" else _ZERO
        if isinstance(leaf, Voltage) and leaf.a in self._defined:
            if leaf.a in self._open:
                raise NetlistError(
                    f"the rate of V({leaf.a}) is defined by itself: put a capacitor in the way"
                )
            self._open.append(leaf.a)
            formula = self._of(self.replaced(self._defined[leaf.a]))
            self._open.pop()
            return formula
        if isinstance(leaf, Current):
            raise NetlistError(
                f"the rate of {self._shown(leaf)} is not simulated: `ddt` takes the rates of voltages"
            )
        if leaf not in self._sensors:
            self._sensors[leaf] = self._sensor(leaf)
        return self._sensors[leaf]

    def _shown(self, current: Current) -> str:
        sensors = {part.name for part in self.parts}
        return "a rate" if current.source in sensors else f"I({current.source})"

    def _sensor(self, leaf: Voltage) -> Expr:
        name = f"{self.owner}_ddt{len(self.parts) // 3 + 1}"
        probe = VoltageSource(f"v{name}", name, f"{name}_c", Constant(0.0))
        self.parts += [
            VoltageControlledVoltage(f"e{name}", name, GROUND, leaf.a, leaf.b, 1.0),
            probe,
            Capacitor(f"c{name}", f"{name}_c", GROUND, _FARADS, self._initial.get(leaf.a)),
        ]
        self.lines += [self.number] * 3
        return Call("mul", (Number(1.0 / _FARADS), Current(probe.name)))


def _formula(source: BehaviouralVoltage | VoltageControlledVoltage | VoltageSource) -> Expr | None:
    """Return the voltage of a source as an expression; None for a signal, whose rate a capacitor measures."""
    if isinstance(source, BehaviouralVoltage):
        return source.expression
    if isinstance(source, VoltageControlledVoltage):
        return Call("mul", (Number(source.gain), Voltage(source.c, source.d)))
    signal: Signal = source.signal
    return Number(signal.level) if isinstance(signal, Constant) else None
