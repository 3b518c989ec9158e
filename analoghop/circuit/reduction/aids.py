"""Resistors beside the diodes and switches of a loop, whose currents these take away again.

With them, every node is well determined by resistors while the circuit is reduced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import GROUND, BehaviouralCurrent, Element, Resistor
from analoghop.circuit.expressions import Voltage
from analoghop.circuit.reduction.joint import part_of
from analoghop.circuit.reduction.nodal import Nodal
from analoghop.circuit.reduction.sparse import Builder
from analoghop.systems.circuits.matrices import Matrix

SIEMENS = 1e-3
"""Of an aid. Its current is taken away exactly, so that any number will do that is no rounding error."""


def with_aids(circuit: Circuit, names: Sequence[str]) -> Circuit:
    """Return the circuit with a resistor beside each of the named elements."""
    chosen = set(names)
    aids = [Resistor(f"{e.name}#aid", e.a, e.b, 1.0 / SIEMENS) for e in circuit.elements if e.name in chosen]
    return replace(circuit, elements=(*circuit.elements, *aids)) if aids else circuit


def aidable(nodal: Nodal, names: Sequence[str]) -> list[str]:
    """Return those of the units that are the current of one element, and rise with its voltage."""
    bank, chosen = nodal.bank, set(names)
    found = []
    for e in nodal.circuit.elements:
        if isinstance(e, BehaviouralCurrent) and e.name in chosen and _relation(nodal, e) is not None:
            unit = bank.unit_names.index(e.name)
            activation = bank.amplifiers.activations[unit]
            if part_of(activation, np.arange(activation.inputs)) is not None:
                found.append(e.name)
    return found


def aids_of(nodal: Nodal, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return what the amplifiers take away: the slope along their first input, and where it is nothing."""
    found = {}
    for e in nodal.circuit.elements:
        relation = _relation(nodal, e) if e.name in names and isinstance(e, BehaviouralCurrent) else None
        if relation is not None:
            row, weight, reading = relation
            bank = nodal.bank.amplifiers
            gain = float(bank.gain[row, 0])
            found[e.name] = SIEMENS / (weight * gain * reading), -gain * float(bank.offset[row, 0])
    return found


def current_of_aids(nodal: Nodal, elements: Sequence[Element], names: Sequence[str]) -> Matrix:
    """Return the matrix (elements, nodes) of the currents that flow in the aids instead of the elements."""
    chosen = set(names)
    builder = Builder(len(elements), len(nodal.topology.nodes))
    for row, e in enumerate(elements):
        if e.name in chosen:
            nodal.add_voltage(builder, row, e.a, e.b, SIEMENS)
    return builder.build()


def _relation(nodal: Nodal, element: BehaviouralCurrent) -> tuple[int, float, float] | None:
    """Return the first input of an element's amplifier, the weight of its output, and of V(a,b) there."""
    bank = nodal.bank
    outputs = bank.outputs_of(element.name)
    if len(outputs) != 1:
        return None
    (output, weight) = outputs[0]
    unit = int(bank.amplifiers.unit_of_output[output])
    users = [1 for e in nodal.behavioural for other, _ in bank.outputs_of(e.name) if other == output]
    if len(users) != 1 or bank.unit_names[unit] != element.name or bank.amplifiers.scale[output, 0] != 1.0:
        return None
    row = int((bank.amplifiers.unit_of_input == unit).argmax())
    read: dict[str, float] = {}
    for leaf, factor in bank.input_forms[row].items:
        if not isinstance(leaf, Voltage):
            return None
        read[leaf.a] = read.get(leaf.a, 0.0) + factor
        read[leaf.b] = read.get(leaf.b, 0.0) - factor
    read = {node: factor for node, factor in read.items() if factor and node != GROUND}
    ends = {node: sign for node, sign in ((element.a, 1.0), (element.b, -1.0)) if node != GROUND}
    if read.keys() != ends.keys():
        return None
    readings = {factor * ends[node] for node, factor in read.items()}
    return (row, weight, readings.pop()) if len(readings) == 1 else None
