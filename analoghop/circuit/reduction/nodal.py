"""`Nodal`: Kirchhoff's laws of a circuit as sparse maps of roots, amplifier outputs and sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentSource,
    Element,
    Resistor,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Expr, Variable, Voltage, settle_constants
from analoghop.circuit.recognition.bank import Bank, build_bank
from analoghop.circuit.recognition.gain_source import recognise_with_gain, split_coupling
from analoghop.circuit.reduction.noise_source import split_noise
from analoghop.circuit.reduction.source_vector import SourceVector
from analoghop.circuit.reduction.sparse import Builder, identity, incidence, laplacian
from analoghop.circuit.reduction.topology import Topology, analyse
from analoghop.errors import NetlistError
from analoghop.systems.circuits.matrices import Matrix
from analoghop.systems.circuits.observation import LinearMap
from analoghop.systems.circuits.solving import solve

Behavioural = BehaviouralVoltage | BehaviouralCurrent
Injected = CurrentSource | VoltageControlledCurrent | BehaviouralCurrent


class Nodal:
    """A circuit with its graph, its amplifiers and its sources numbered.

    `topology`: that of a circuit with the same elements at the same nodes, where it is known already. Raises
    `NetlistError` if the graph has no solution (see `analyse`).
    """

    def __init__(self, circuit: Circuit, topology: Topology | None = None) -> None:
        self.circuit = circuit
        self.topology: Topology = analyse(circuit) if topology is None else topology
        self.index = {node: k for k, node in enumerate(self.topology.nodes)}
        behavioural = [e for e in circuit.elements if isinstance(e, (BehaviouralVoltage, BehaviouralCurrent))]
        settled = [settle_constants(e.expression, circuit.locations.get(e.name)) for e in behavioural]
        expressions, self.noise_factor = split_noise(circuit, behavioural, settled)
        scaled, self.coupling_factor = split_coupling(circuit, expressions)
        self._recognise(behavioural, scaled)
        if self.coupling_factor is not None and not self._outputs_alone(expressions, scaled):
            self.coupling_factor = None
            self._recognise(behavioural, expressions)

    def _recognise(self, behavioural: Sequence[Behavioural], expressions: Sequence[Expr]) -> None:
        found, self.gain_factor = recognise_with_gain(self.circuit, expressions)
        self.drive = SourceVector(self.circuit, {e.name: r for e, r in zip(behavioural, found, strict=True)})
        self.bank: Bank = build_bank(list(zip(behavioural, found, strict=True)))
        self.behavioural = behavioural

    def _outputs_alone(self, expressions: Sequence[Expr], scaled: Sequence[Expr]) -> bool:
        """Return whether a factor was divided out of all amplifier outputs, and of nothing else."""
        for element, before, after in zip(self.behavioural, expressions, scaled, strict=True):
            linear = self.bank.linear(element.name)
            if before == after and self.bank.outputs_of(element.name):
                return False
            if before != after and (linear.items or linear.constant or self.drive.timed(element.name)):
                return False
        return True

    def alike(self, other: Nodal) -> bool:
        """Return whether another circuit differs in resistors, capacitors, sources and values of amplifiers.

        It has the same elements at the same nodes.
        """
        mine, theirs = self.bank, other.bank
        return (
            mine.amplifiers.blocks == theirs.amplifiers.blocks
            and mine.input_forms == theirs.input_forms
            and mine.unit_names == theirs.unit_names
            and all(
                mine.linear(e.name) == theirs.linear(e.name)
                and mine.outputs_of(e.name) == theirs.outputs_of(e.name)
                and self.drive.timed(e.name) == other.drive.timed(e.name)
                for e in self.behavioural
            )
            and (self.gain_factor, self.coupling_factor, self.noise_factor)
            == (other.gain_factor, other.coupling_factor, other.noise_factor)
            and [s for s in self.drive.signals.signals if s.quiet_after() > 0]
            == [s for s in other.drive.signals.signals if s.quiet_after() > 0]
        )

    def fail(self, reason: str, element: str | None = None) -> NoReturn:
        """Raise `NetlistError` at an element's location in the deck."""
        raise NetlistError(reason, self.circuit.locations.get(element) if element else None)

    def node_voltages(self) -> LinearMap:
        """Return all node voltages as a map of (roots, amplifier outputs, sources)."""
        nodes, roots = self.topology.nodes, self.topology.roots
        to_root = Builder(len(nodes), len(roots))
        place = {node: k for k, node in enumerate(roots)}
        for node in nodes:
            root = self.topology.root[node]
            if root != GROUND:
                to_root.add(self.index[node], place[root], 1.0)
        branch_path = self._branch_paths()
        outputs = Builder(len(self.topology.branches), self.bank.outputs)
        sources = Builder(len(self.topology.branches), len(self.drive))
        control = Builder(len(self.topology.branches), len(nodes))
        for k, branch in enumerate(self.topology.branches):
            if isinstance(branch, VoltageSource):
                sources.add(k, self.drive.column(branch.name), 1.0)
            elif isinstance(branch, VoltageControlledVoltage):
                self.add_voltage(control, k, branch.c, branch.d, branch.gain)
            else:
                self.add_expression(branch.name, k, control, outputs, sources)
        direct = LinearMap(to_root.build(), branch_path @ outputs.build(), branch_path @ sources.build())
        feedback = branch_path @ control.build()
        if not _has_loop(feedback):
            # What no source reaches stays exactly zero, which the pivoting of a factorisation would not keep.
            total, term = direct, direct
            while any(part.count_nonzero() for part in (term.x, term.v, term.w)):
                term = feedback @ term
                total = total + term
            return total
        solved = solve(identity(len(nodes)) - feedback, [direct.x, direct.v, direct.w])
        if solved is None:
            first = next(b for b in self.topology.branches if not isinstance(b, VoltageSource))
            self.fail("controlled voltage sources form a loop whose gain is exactly one", first.name)
        return LinearMap(*solved)

    def _branch_paths(self) -> Matrix:
        """Return the matrix (nodes, branches) of signs of the branches between each node and its root."""
        paths: dict[str, dict[int, float]] = {}
        for link in self.topology.links:
            paths[link.node] = {**paths.get(link.parent, {}), link.branch: float(link.sign)}
        builder = Builder(len(self.topology.nodes), len(self.topology.branches))
        for node, path in paths.items():
            if node != GROUND:
                for branch, sign in path.items():
                    builder.add(self.index[node], branch, sign)
        return builder.build()

    def add_voltage(self, builder: Builder, row: int, a: str, b: str, factor: float) -> None:
        """Add `factor` V(a,b) to a row; raises `NetlistError` for a node without a connection."""
        for node, sign in ((a, factor), (b, -factor)):
            if node == GROUND:
                continue
            if node not in self.index:
                self.fail(f"node {node} is read but nothing is connected to it")
            builder.add(row, self.index[node], sign)

    def add_expression(
        self, name: str, row: int, control: Builder, outputs: Builder, sources: Builder
    ) -> None:
        """Add an expression's linear part, amplifier outputs and sources to row `row`."""
        for leaf, coefficient in self.bank.linear(name).items:
            if isinstance(leaf, Voltage):
                self.add_voltage(control, row, leaf.a, leaf.b, coefficient)
            else:
                assert isinstance(leaf, Variable)
                sources.add(row, self.drive.time, coefficient)
        constant = self.bank.linear(name).constant
        if constant:
            sources.add(row, self.drive.one, constant)
        for column, coefficient in self.bank.outputs_of(name):
            outputs.add(row, column, coefficient)
        for coefficient, column in self.drive.timed(name):
            sources.add(row, column, coefficient)

    def currents(self, voltage: LinearMap) -> tuple[LinearMap, LinearMap]:
        """Return the current that leaves each node through everything but voltage-defined branches.

        The first map acts on (roots, outputs, sources), the second, of capacitor currents, on their rate.
        """
        nodes = len(self.topology.nodes)
        control = Builder(nodes, nodes)
        outputs, sources = Builder(nodes, self.bank.outputs), Builder(nodes, len(self.drive))
        for element in self.circuit.elements:
            if isinstance(element, (VoltageControlledCurrent, BehaviouralCurrent, CurrentSource)):
                for node, sign in ((element.a, 1.0), (element.b, -1.0)):
                    if node != GROUND:
                        self.add_current(element, self.index[node], sign, control, outputs, sources)
        resistors = [e for e in self.circuit.elements if isinstance(e, Resistor)]
        capacitors = [e for e in self.circuit.elements if isinstance(e, Capacitor)]
        conductance = laplacian(self.across(resistors), [1.0 / e.value for e in resistors])
        capacitance = laplacian(self.across(capacitors), [e.value for e in capacitors])
        flow = (conductance + control.build()) @ voltage
        direct = LinearMap(flow.x, flow.v + outputs.build(), flow.w + sources.build())
        return direct, capacitance @ voltage

    def add_current(
        self, element: Injected, row: int, sign: float, control: Builder, outputs: Builder, sources: Builder
    ) -> None:
        """Add `sign` times the current of a source to a row."""
        if isinstance(element, VoltageControlledCurrent):
            self.add_voltage(control, row, element.c, element.d, sign * element.gain)
        elif isinstance(element, CurrentSource):
            sources.add(row, self.drive.column(element.name), sign)
        else:
            views = [builder.scaled(sign) for builder in (control, outputs, sources)]
            self.add_expression(element.name, row, *views)

    def through(self, injected: Sequence[Injected], at_nodes: LinearMap) -> LinearMap:
        """Return the currents of current sources, from `a` through the source to `b`."""
        rows = len(injected)
        control = Builder(rows, len(self.topology.nodes))
        outputs, sources = Builder(rows, self.bank.outputs), Builder(rows, len(self.drive))
        for row, element in enumerate(injected):
            self.add_current(element, row, 1.0, control, outputs, sources)
        flow = control.build() @ at_nodes
        return LinearMap(flow.x, flow.v + outputs.build(), flow.w + sources.build())

    def across(self, elements: Sequence[Element]) -> Matrix:
        """Return the matrix that maps node voltages to the voltages V(a,b) of elements."""
        index = self.index
        ends = [[index.get(e.a, -1) for e in elements], [index.get(e.b, -1) for e in elements]]
        return incidence(np.array(ends, dtype=np.intp), len(self.topology.nodes))


def _has_loop(feedback: Matrix) -> bool:
    """Return whether a node's voltage depends on itself through controlled sources."""
    if not feedback.count_nonzero():
        return False  # without the import, which takes longer than the reduction of a small circuit
    from scipy.sparse.csgraph import connected_components

    parts = connected_components(feedback, connection="strong", return_labels=False)
    return bool(parts < feedback.shape[0] or feedback.diagonal().any())
