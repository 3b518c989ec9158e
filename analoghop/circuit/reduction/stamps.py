"""The reduction of a circuit for many values of its resistors, capacitors and constant sources at once.

Conductances and capacitances enter the nodal equations linearly, each as one stamp: a column of ends times a
row of readings. The stamps are found once; a product with the values of the members gives all their matrices,
and the elimination of nodes without capacitance is a solution of many small equations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Capacitor, CurrentSource, Element, Resistor, VoltageSource
from analoghop.circuit.expressions import Current, Voltage
from analoghop.circuit.reduction.elimination import change_of_variables, gathered_nodes
from analoghop.circuit.reduction.nodal import Nodal
from analoghop.circuit.reduction.sparse import Builder
from analoghop.circuit.reduction.topology import Topology
from analoghop.schedules import Constant
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.observation import LinearMap

VARIED = (Resistor, Capacitor, VoltageSource, CurrentSource)
"""Elements whose values may differ from member to member in one reduction."""
_WRITTEN = 1 << 24  # numbers of stamps that are multiplied together

Values = Mapping[str, Array]
"""Values by the name of an element, (members,)."""


class Stamps:
    """The equations of a circuit as functions of the values of some of its elements.

    `circuit` has these elements with any values, `lure` is its reduction. None of the amplifiers may read a
    current.
    """

    def __init__(self, circuit: Circuit, lure: Lure, topology: Topology | None = None) -> None:
        self.circuit, self.lure = circuit, lure
        self.topology = topology

    def matrices(self, values: Values, members: int) -> dict[str, Array] | None:
        """Return the arrays of a `Family` with these values: matrices (rows, columns, members or 1), "start".

        None where this reduction does not apply, because an amplifier reads a current or a charge.
        """
        varied = [e for e in self.circuit.elements if e.name in values]
        nodal = Nodal(self._without(varied), self.topology)
        if any(isinstance(leaf, Current) for form in nodal.bank.input_forms for leaf, _ in form.items):
            return None
        voltage = nodal.node_voltages()
        leaving, charging = nodal.currents(voltage)
        change, names, algebraic = change_of_variables(nodal)
        to_roots = change.T @ gathered_nodes(nodal)
        resistors = [e for e in varied if isinstance(e, Resistor)]
        capacitors = [e for e in varied if isinstance(e, Capacitor)]
        conductances = np.array([1.0 / values[e.name] for e in resistors]).reshape(-1, members)
        capacitances = np.array([values[e.name] for e in capacitors]).reshape(-1, members)
        flow = _stamped(nodal, to_roots, change, leaving, voltage, resistors, conductances)
        charge = _stamped(nodal, to_roots, change, charging, voltage, capacitors, capacitances)
        dynamic = np.setdiff1d(np.arange(change.shape[0]), algebraic)
        place = {name: k for k, name in enumerate(names[k] for k in dynamic)}
        order = np.array([place[name] for name in self.lure.states], dtype=np.intp)
        found, roots = _eliminated(flow, charge, change.toarray(), dynamic[order], algebraic)
        at_nodes = _through(voltage, roots)
        readings = _readings(nodal)
        for name, part in zip(("P", "Q", "R"), at_nodes, strict=True):
            found[name] = _times(readings[0], part)
        found["R"] = found["R"] + readings[1][:, :, None]
        found |= dict(zip(("Vx", "Vv", "Vw"), at_nodes, strict=True))
        levels = {nodal.drive.column(e.name): values[e.name] for e in varied if _is_source(e)}
        for column, level in levels.items():
            for name in ("S", "S_charge", "R", "Vw"):
                found[name] = _scaled(found[name], column, level)
        found["start"] = self._starts(nodal, to_roots, dynamic[order], found, values, members)
        return found

    def _without(self, varied: Sequence[Element]) -> Circuit:
        """Return the circuit with elements that carry nothing in the place of the varied ones."""
        names = {e.name for e in varied}

        def bare(element: Element) -> Element:
            if element.name not in names:
                return element
            if isinstance(element, Resistor):
                return element._replace(value=float("inf"))
            if isinstance(element, Capacitor):
                return element._replace(value=0.0)
            if isinstance(element, (VoltageSource, CurrentSource)):
                return element._replace(signal=Constant(1.0))
            raise TypeError(f"{element.name} has no value that may vary")

        return replace(self.circuit, elements=tuple(map(bare, self.circuit.elements)))

    def _starts(
        self,
        nodal: Nodal,
        to_roots: Any,
        dynamic: Indices,
        found: dict[str, Array],
        values: Values,
        members: int,
    ) -> Array:
        """Return the states at t = 0 with `uic`, (states, members): see `uic_state`."""
        known = dict(self.circuit.initial)
        charge = np.zeros((len(nodal.topology.nodes), members))
        for element in self.circuit.elements:
            if isinstance(element, Capacitor):
                across = element.ic
                if across is None:
                    across = known.get(element.a, 0.0) - known.get(element.b, 0.0)
                for node, sign in ((element.a, 1.0), (element.b, -1.0)):
                    if node in nodal.index and across:
                        charge[nodal.index[node]] += sign * values.get(element.name, element.value) * across
        w0 = nodal.drive.signals.value(0.0)
        held = np.einsum("rcm,ck->rm", found["S_charge"], w0)
        put = (to_roots @ charge)[dynamic] - held
        return _solved(found["C"], put[:, None, :])[:, 0, :]


def _is_source(element: Element) -> bool:
    return isinstance(element, (VoltageSource, CurrentSource))


def _stamped(
    nodal: Nodal,
    to_roots: Any,
    change: Any,
    fixed: LinearMap,
    voltage: LinearMap,
    elements: Sequence[Element],
    values: Array,
) -> tuple[Array, Array, Array]:
    """Return the currents (or charges) of the roots as maps of roots, outputs and sources.

    Each (roots, columns, members or 1): what the `fixed` elements carry, and a stamp for each of `elements`.
    """
    own = [(to_roots @ part).toarray() for part in (fixed.x @ change, fixed.v, fixed.w)]
    if not elements:
        return tuple(part[:, :, None] for part in own)
    across = nodal.across(elements)
    ends = (to_roots @ across.T).toarray()
    found = []
    for base, reading in zip(own, (voltage.x @ change, voltage.v, voltage.w), strict=True):
        read = (across @ reading).toarray()
        total = np.repeat(base[:, :, None], values.shape[1], axis=2)
        used = np.flatnonzero(ends.any(axis=1)[:, None].any() & read.any(axis=1))
        step = max(1, _WRITTEN // max(base.size, 1))
        for k in range(0, len(used), step):
            part = used[k : k + step]
            stamps = ends[:, None, part] * read[part].T[None, :, :]
            total += np.einsum("rce,em->rcm", stamps, values[part], optimize=False)
        found.append(total)
    return found[0], found[1], found[2]


def _eliminated(
    flow: tuple[Array, Array, Array],
    charge: tuple[Array, Array, Array],
    change: Array,
    dynamic: Indices,
    algebraic: Indices,
) -> tuple[dict[str, Array], tuple[Array, Array, Array]]:
    """Return the matrices of the states, and the roots as maps of states, outputs and sources."""
    x, v, w = flow[0][dynamic][:, dynamic], flow[1][dynamic], flow[2][dynamic]
    states = change[:, dynamic][:, :, None]
    roots = states, np.zeros((len(change), v.shape[1], 1)), np.zeros((len(change), w.shape[1], 1))
    if len(algebraic):
        inside, across = flow[0][algebraic][:, algebraic], flow[0][dynamic][:, algebraic]
        right = [-flow[0][algebraic][:, dynamic], -flow[1][algebraic], -flow[2][algebraic]]
        inner = [_solved(inside, part) for part in right]
        x, v, w = (outer + _product(across, part) for outer, part in zip((x, v, w), inner, strict=True))
        lifted = [_times(change[:, algebraic], part) for part in inner]
        roots = states + lifted[0], lifted[1], lifted[2]
    C, S_charge = charge[0][dynamic][:, dynamic], charge[2][dynamic]
    A, B, S, S_rate = (_solved(C, part) for part in (x, -v, -w, -S_charge))
    found = {"A": A, "B": B, "S": S, "S_rate": S_rate, "C": C, "S_charge": S_charge}
    return found, roots


def _solved(left: Array, right: Array) -> Array:
    """Return left^-1 right for every member; both (rows, columns, members or 1)."""
    rows = np.arange(left.shape[0])
    diagonal = left[rows, rows]
    beside = left.copy()
    beside[rows, rows] = 0.0
    if not beside.any():
        return np.asarray(right / diagonal[:, None, :])
    count = max(left.shape[2], right.shape[2])
    full: list[Any] = [np.broadcast_to(part, (*part.shape[:2], count)) for part in (left, right)]
    solved = np.linalg.solve(np.moveaxis(full[0], 2, 0), np.moveaxis(full[1], 2, 0))
    return np.moveaxis(solved, 0, 2)


def _product(left: Array, right: Array) -> Array:
    count = max(left.shape[2], right.shape[2])
    full = [np.broadcast_to(part, (*part.shape[:2], count)) for part in (left, right)]
    return np.asarray(np.einsum("rkm,kcm->rcm", *full, optimize=False))


def _times(left: Any, right: Array) -> Array:
    """Return the product of one matrix with those of all members."""
    flat = right.reshape(right.shape[0], -1)
    return np.asarray(left @ flat).reshape(left.shape[0], *right.shape[1:])


def _through(voltage: LinearMap, roots: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
    x, v, w = (_times(voltage.x, part) for part in roots)
    return x, v + voltage.v.toarray()[:, :, None], w + voltage.w.toarray()[:, :, None]


def _readings(nodal: Nodal) -> tuple[Any, Array]:
    """Return the map of node voltages to the amplifiers' inputs, and what these read of the sources."""
    nodes = Builder(nodal.bank.inputs, len(nodal.topology.nodes))
    sources = Builder(nodal.bank.inputs, len(nodal.drive))
    for row, form in enumerate(nodal.bank.input_forms):
        for leaf, coefficient in form.items:
            if isinstance(leaf, Voltage):
                nodal.add_voltage(nodes, row, leaf.a, leaf.b, coefficient)
            else:
                sources.add(row, nodal.drive.time, coefficient)
    return nodes.build(), sources.build().toarray()


def _scaled(matrix: Array, column: int, level: Array) -> Array:
    wide = np.repeat(matrix, len(level), axis=2) if matrix.shape[2] == 1 else matrix.copy()
    wide[:, column] *= level
    return wide
