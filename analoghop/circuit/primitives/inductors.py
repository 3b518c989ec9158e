"""Inductors as capacitors whose voltages are the currents."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    Capacitor,
    Element,
    Inductor,
    VoltageControlledCurrent,
)
from analoghop.errors import NetlistError


def current_node(name: str) -> str:
    """Return the node whose voltage is the current of the inductor `name`."""
    return f"{name}#current"


def inductances(circuit: Circuit, inductors: Sequence[Inductor]) -> list[Element]:
    """Return capacitors and controlled currents that obey L i' = V(a,b), with the circuit's couplings.

    The matrix of inductances is that of capacitances between the nodes of the currents: -M between two of
    them, L plus all its M to ground. Raises `NetlistError` for couplings that no coils can have.
    """
    mutual = _mutual(circuit, inductors)
    ic = {e.name: e.ic or 0.0 for e in inductors}
    own = {e.name: e.value for e in inductors}
    found: list[Element] = []
    for (first, second), m in mutual.items():
        own[first], own[second] = own[first] + m, own[second] + m
        ends = current_node(first), current_node(second)
        found.append(Capacitor(f"{first}#{second}", *ends, -m, ic[first] - ic[second]))
    for name, a, b, _, _ in inductors:
        node = current_node(name)
        found.append(Capacitor(f"{name}#flux", node, GROUND, own[name], ic[name]))
        found.append(VoltageControlledCurrent(name, a, b, node, GROUND, 1.0))
        found.append(VoltageControlledCurrent(f"{name}#voltage", GROUND, node, a, b, 1.0))
    return found


def _mutual(circuit: Circuit, inductors: Sequence[Inductor]) -> dict[tuple[str, str], float]:
    """Return M = k sqrt(L1 L2) of each pair of coupled inductors."""
    value = {e.name: e.value for e in inductors}
    found: dict[tuple[str, str], float] = {}
    for name, first, second, factor in circuit.couplings:
        pair = (first, second) if first < second else (second, first)
        if pair in found:
            raise NetlistError(f"{name} couples {first} and {second}, which are coupled already")
        found[pair] = factor * math.sqrt(value[first] * value[second])
    names = sorted({name for pair in found for name in pair})
    place = {name: k for k, name in enumerate(names)}
    matrix = np.eye(len(names))
    for (first, second), m in found.items():
        k = m / math.sqrt(value[first] * value[second])
        matrix[place[first], place[second]] = matrix[place[second], place[first]] = k
    if len(names) and np.linalg.eigvalsh(matrix)[0] <= 0:
        raise NetlistError(
            f"no coils can have the couplings of {', '.join(names[:6])}: together their energy would be negative"
        )
    return found
