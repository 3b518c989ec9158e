"""`schematic_of`: the elements of a small circuit as plain values, with what a drawing needs to know."""

from __future__ import annotations

from typing import Any

from analoghop.bench.kinds import as_network_itself
from analoghop.bench.session import Session
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
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
from analoghop.circuit.expressions import Voltage
from analoghop.circuit.expressions.ast import leaves
from analoghop.circuit.expressions.format import format_expression
from analoghop.circuit.synthesis.synthesize import synthesize
from analoghop.errors import InputError
from analoghop.schedules import Constant

LARGEST = 12
"""Amplifiers of the largest circuit that is drawn with its parts."""
MOST_ELEMENTS = 600
MOST_RESISTORS = 5000
"""Largest number of resistors that are listed to be broken."""
_KINDS: dict[type, str] = {
    Resistor: "resistor",
    Capacitor: "capacitor",
    Inductor: "inductor",
    CurrentSource: "current",
    VoltageSource: "voltage",
    VoltageControlledVoltage: "amplifier",
    BehaviouralVoltage: "amplifier",
    CurrentControlledVoltage: "amplifier",
    VoltageControlledCurrent: "transconductor",
    BehaviouralCurrent: "transconductor",
    CurrentControlledCurrent: "transconductor",
    Diode: "diode",
    Switch: "switch",
    TransmissionLine: "line",
}


def schematic_of(session: Session) -> dict[str, Any] | None:
    """Return the elements of the circuit; None for one that is too large or has no parts.

    Each has `name`, `kind`, nodes `a` and `b`, the nodes that it `reads`, its `value` (SI, None without one)
    and a `text`. A network is drawn as the circuit that `synthesize` makes of it, and `built` is then False:
    its parts are not those of the session.
    """
    system = session.rig.system
    if not 0 < system.n_outputs <= 2 * LARGEST:
        return None
    circuit = session.rig.built.circuit
    built = circuit is not None
    if circuit is None:
        circuit = _synthesized(session)
    if circuit is None or len(circuit.elements) > MOST_ELEMENTS:
        return None
    elements = [_described(element) for element in circuit.elements]
    if sum(each["kind"] in ("amplifier", "transconductor") for each in elements) > 3 * LARGEST:
        return None
    return {"built": built, "elements": elements}


def resistors_of(session: Session) -> list[list[Any]]:
    """Return names and ohms of the resistors of a deck, with the faults that it has."""
    circuit = session.rig.built.circuit
    if circuit is None:
        return []
    found = [[e.name, e.value] for e in circuit.elements if isinstance(e, Resistor)]
    return found[:MOST_RESISTORS]


def _synthesized(session: Session) -> Circuit | None:
    network = as_network_itself(session.rig.built.system)
    if network is None or network.size > LARGEST:
        return None
    try:
        return synthesize(network).circuit
    except InputError:
        # Some networks have amplifiers that no deck can describe: they are not drawn.
        return None


def _described(element: Element) -> dict[str, Any]:
    reads: list[str] = []
    value: float | None = None
    if isinstance(element, (Resistor, Capacitor, Inductor)):
        value = element.value
        text = ""
    elif isinstance(element, (CurrentSource, VoltageSource)):
        signal = element.signal
        value = float(signal.level) if isinstance(signal, Constant) else None
        text = "" if value is not None else type(signal).__name__.lower()
    elif isinstance(element, (VoltageControlledVoltage, VoltageControlledCurrent)):
        reads, value, text = [element.c, element.d], None, f"{element.gain:g} V({element.c},{element.d})"
    elif isinstance(element, (BehaviouralVoltage, BehaviouralCurrent)):
        for leaf in leaves(element.expression):
            if isinstance(leaf, Voltage):
                reads += [leaf.a, leaf.b]
        text = format_expression(element.expression)
    else:
        text = type(element).__name__
    return {
        "name": element.name,
        "kind": _KINDS[type(element)],
        "a": element.a,
        "b": element.b,
        "reads": [node for node in dict.fromkeys(reads) if node != GROUND],
        "value": value,
        "text": text if len(text) <= 80 else f"{text[:77]}...",
    }
