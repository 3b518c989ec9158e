"""`primitives`: a circuit of the elements that the reduction knows, in place of all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    CurrentSource,
    Diode,
    Element,
    Inductor,
    Resistor,
    Switch,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Call, Current, Expr, Leaf, Number, Voltage, leaves, substitute
from analoghop.circuit.primitives.devices import (
    charged_diode,
    diode_current,
    inner_node,
    memory,
    memory_node,
    switch_current,
)
from analoghop.circuit.primitives.inductors import current_node, inductances, merged
from analoghop.circuit.primitives.lines import is_wave, without_lines
from analoghop.errors import NetlistError
from analoghop.schedules import Constant

KNOWN = (
    Resistor,
    Capacitor,
    CurrentSource,
    VoltageSource,
    VoltageControlledVoltage,
    VoltageControlledCurrent,
    BehaviouralVoltage,
    BehaviouralCurrent,
)
_BRANCHES = (
    VoltageSource,
    VoltageControlledVoltage,
    BehaviouralVoltage,
    CurrentControlledVoltage,
    Inductor,
)
_DEEPEST = 20  # currents that are defined by other currents
_QUICK = 1e-7  # of the run: the time constant in which a switch with hysteresis remembers


@dataclass(frozen=True, eq=False)
class Primitives:
    """The `circuit` of known elements.

    `currents` gives, for the name of each inductor, the node whose voltage is its current, and the sign.
    `lines` are those whose ends stand there as resistors and sources of waves.
    """

    circuit: Circuit
    currents: Mapping[str, tuple[str, float]]
    lines: tuple[TransmissionLine, ...] = ()

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The inductor whose current is the voltage of a node, by the node."""
        return {node: name for name, (node, sign) in reversed([*self.currents.items()]) if sign > 0}


def primitives(circuit: Circuit) -> Primitives:
    """Return the circuit of the elements that the reduction knows; see also `without_devices`.

    An inductor becomes a capacitor of as many farads at a node of its own, whose voltage is the current:
    L i' = V(a,b) is C v' = V(a,b) (a gyrator of 1 siemens, which loses nothing). Each end of a line becomes
    a resistor with a source of the wave that arrives there.

    Raises `NetlistError` for a current that no formula gives, and for couplings that no coils can have.
    """
    plain, lines = without_lines(without_devices(circuit))
    if not any(isinstance(e, Inductor) for e in plain.elements):
        return Primitives(plain, {}, lines)
    coupled = {name for c in plain.couplings for name in (c.first, c.second)}
    merged_elements, chains = merged(plain.elements, coupled)
    inductors = [e for e in merged_elements if isinstance(e, Inductor)]
    currents = {e.name: (current_node(e.name), 1.0) for e in inductors}
    currents |= {chain.name: (current_node(chain.whole), chain.sign) for chain in chains}
    read: dict[Leaf, Expr] = {
        Current(name): Call("mul", (Number(sign), Voltage(node))) for name, (node, sign) in currents.items()
    }
    elements: list[Element] = [
        e._replace(expression=substitute(e.expression, read))
        if isinstance(e, (BehaviouralVoltage, BehaviouralCurrent))
        else e
        for e in merged_elements
        if not isinstance(e, Inductor)
    ]
    elements += inductances(plain, inductors)
    # The waves are the last sources: analyses know the others by their places in the deck.
    elements.sort(key=is_wave)
    return Primitives(replace(plain, elements=tuple(elements), couplings=()), currents, lines)


def without_devices(circuit: Circuit) -> Circuit:
    """Return the circuit of known elements, inductors and lines.

    F and H become behavioural sources. A current that an expression reads becomes the formula of its element.
    A diode becomes a current of its voltage, with a resistor and a capacitor; a switch a voltage divided by a
    resistance that jumps. Raises `NetlistError` for a current that no formula gives.
    """
    plain = (*KNOWN, Inductor, TransmissionLine)
    if all(isinstance(e, plain) for e in circuit.elements) and not _strange(circuit):
        return circuit
    currents = _Currents(circuit)
    quick = _QUICK * (circuit.tran.stop if circuit.tran else 1.0)
    # Nodes of the deck come before those inside of diodes: the first node of a tree may have capacitors.
    ordered = sorted(circuit.elements, key=lambda e: isinstance(e, Diode) and e.model.stores_charge)
    elements = [part for element in ordered for part in _known(element, currents, quick)]
    closed = {memory_node(e): 1.0 for e in circuit.elements if isinstance(e, Switch) and e.on}
    nodeset = (*circuit.nodeset, *closed.items())
    return replace(circuit, elements=tuple(elements), nodeset=nodeset)


def _strange(circuit: Circuit) -> bool:
    """Return whether an expression reads the current of an element that is no source of voltage."""
    read = {
        leaf.source
        for e in circuit.elements
        if isinstance(e, (BehaviouralVoltage, BehaviouralCurrent))
        for leaf in leaves(e.expression)
        if isinstance(leaf, Current)
    }
    return bool(read) and any(e.name in read and not isinstance(e, _BRANCHES) for e in circuit.elements)


def _known(element: Element, currents: _Currents, quick: float) -> list[Element]:
    name, a, b = element[:3]
    if isinstance(element, (BehaviouralVoltage, BehaviouralCurrent)):
        return [element._replace(expression=currents.settled(element.expression))]
    if isinstance(element, CurrentControlledVoltage):
        return [BehaviouralVoltage(name, a, b, currents.settled(_controlled(element)))]
    if isinstance(element, CurrentControlledCurrent):
        return [BehaviouralCurrent(name, a, b, currents.settled(_formula(element)))]
    if isinstance(element, Switch):
        settled = element._replace(control=currents.settled(element.control))
        closing = memory(settled, quick) if element.model.hysteresis else []
        return [BehaviouralCurrent(name, a, b, switch_current(settled)), *closing]
    if isinstance(element, Diode) and element.model.stores_charge:
        return charged_diode(element)
    if isinstance(element, Diode):
        inside = inner_node(element)
        found: list[Element] = [BehaviouralCurrent(name, inside, b, diode_current(element))]
        if element.model.rs:
            found.append(Resistor(f"{name}#rs", a, inside, element.model.rs))
        if element.model.cjo:
            found.append(Capacitor(f"{name}#cjo", inside, b, element.model.cjo))
        return found
    return [element]


def _controlled(element: CurrentControlledCurrent | CurrentControlledVoltage) -> Expr:
    return Call("mul", (Number(element.gain), Current(element.source)))


def _formula(element: Element) -> Expr | None:
    """Return the current from `a` through an element to `b`; None where no formula gives it."""
    match element:
        case Resistor(_, a, b, value):
            return Call("div", (Voltage(a, b), Number(value)))
        case VoltageControlledCurrent(_, _, _, c, d, gain):
            return Call("mul", (Number(gain), Voltage(c, d)))
        case CurrentControlledCurrent():
            return _controlled(element)
        case BehaviouralCurrent():
            return element.expression
        case CurrentSource(_, _, _, Constant(level)):
            return Number(level)
        case Switch():
            return switch_current(element)
        case Diode(_, a, _, model):
            inside = inner_node(element)
            return Call("div", (Voltage(a, inside), Number(model.rs))) if model.rs else _junction(element)
    return None


def _junction(element: Diode) -> Expr | None:
    return None if element.model.cjo else diode_current(element)


class _Currents:
    """Currents of elements as formulas; those of voltage sources stay."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.others = {e.name: e for e in circuit.elements if not isinstance(e, _BRANCHES)}

    def settled(self, expr: Expr | None, depth: int = 0) -> Expr:
        """Return the expression with the currents of all other elements replaced."""
        assert expr is not None
        mapping: dict[Leaf, Expr] = {}
        for leaf in leaves(expr):
            if isinstance(leaf, Current) and leaf.source in self.others:
                mapping[leaf] = self._of(leaf.source, depth)
        return substitute(expr, mapping) if mapping else expr

    def _of(self, name: str, depth: int) -> Expr:
        found = _formula(self.others[name])
        where = self.circuit.locations.get(name)
        if found is None:
            raise NetlistError(
                f"I({name}) is read, but no formula gives this current: put a voltage source of 0 V in "
                "series and read its current",
                where,
            )
        if depth > _DEEPEST:
            raise NetlistError(f"I({name}) is defined by itself", where)
        return self.settled(found, depth + 1)
