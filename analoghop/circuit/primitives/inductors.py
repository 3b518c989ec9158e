"""Inductors as capacitors whose voltages are the currents."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    Capacitor,
    Element,
    Inductor,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
)
from analoghop.errors import NetlistError

_MOST_COUPLED = 2000  # inductors in the matrix of all couplings


def current_node(name: str) -> str:
    """Return the node whose voltage is the current of the inductor `name`."""
    return f"{name}#current"


class Chain(NamedTuple):
    """Inductors in series as one: `sign` is that of the current of `name` in the direction of `whole`."""

    name: str
    whole: str
    sign: float


def merged(elements: Sequence[Element], coupled: Container[str]) -> tuple[list[Element], list[Chain]]:
    """Return the elements with inductors in series replaced by one, and which inductors these were.

    The currents of two inductors that alone meet at a node are the same, so that they are one state. The
    voltage of the node divides as the inductances do. Coupled inductors stay.
    """
    found = list(elements)
    members: dict[str, list[Chain]] = {}
    while (pair := _in_series(found, coupled, members)) is not None:
        first, second, node = pair
        near = first.a if first.b == node else first.b
        far = second.b if second.a == node else second.a
        same = (first.b == node) == (second.a == node)
        onward = 1.0 if same else -1.0
        total = first.value + second.value
        flux = first.value * (first.ic or 0.0) + second.value * onward * (second.ic or 0.0)
        ends = (near, far) if first.b == node else (far, near)
        whole = Inductor(first.name, *ends, total, flux / total)
        middle = VoltageControlledVoltage(f"{node}#middle", node, far, near, far, second.value / total)
        before = members.pop(first.name, [Chain(first.name, first.name, 1.0)])
        after = members.pop(second.name, [Chain(second.name, second.name, 1.0)])
        members[whole.name] = [
            *(Chain(c.name, whole.name, c.sign) for c in before),
            *(Chain(c.name, whole.name, c.sign * onward) for c in after),
        ]
        found = [whole if e is first else e for e in found if e is not second]
        found.append(middle)
    return found, [chain for chains in members.values() for chain in chains]


def _in_series(
    elements: Sequence[Element], coupled: Container[str], members: Mapping[str, object]
) -> tuple[Inductor, Inductor, str] | None:
    """Return two inductors and the node where they meet alone."""
    ends: dict[str, list[Element]] = {}
    for element in elements:
        if isinstance(element, Inductor) and element.a != element.b and element.name not in coupled:
            ends.setdefault(element.a, []).append(element)
            ends.setdefault(element.b, []).append(element)
    for element in elements:
        if element.name.endswith("#middle"):
            continue  # no current flows through it
        if not isinstance(element, Inductor) or element.name in coupled or element.a == element.b:
            ends.pop(element.a, None)
            ends.pop(element.b, None)
    ends.pop(GROUND, None)
    for node, (first, *others) in ends.items():
        if len(others) == 1 and isinstance(first, Inductor) and isinstance(others[0], Inductor):
            second = others[0]
            if {first.a, first.b} != {second.a, second.b}:
                return first, second, node
    return None


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
    if len(names) > _MOST_COUPLED:
        raise NetlistError(f"more than {_MOST_COUPLED} inductors are coupled")
    place = {name: k for k, name in enumerate(names)}
    matrix = np.eye(len(names))
    for (first, second), m in found.items():
        k = m / math.sqrt(value[first] * value[second])
        matrix[place[first], place[second]] = matrix[place[second], place[first]] = k
    if len(names) and np.linalg.eigvalsh(matrix)[0] <= 0:
        raise NetlistError(
            f"no coils can have the couplings of {', '.join(names[:6])}: their energy would be negative"
        )
    return found
