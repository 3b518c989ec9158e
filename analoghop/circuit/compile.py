"""`compile_circuit`: reduce any circuit of R, C, sources and amplifiers to a `Lure` system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from analoghop.arrays import Array, frozen
from analoghop.circuit.bank import Bank, build_bank
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.drive import Drive
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentSource,
    Resistor,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Current, Variable, Voltage
from analoghop.circuit.initial import uic_state
from analoghop.circuit.recognise import Recognised, recognise
from analoghop.circuit.sparse import Builder, Matrix, compact, identity, selection, solve
from analoghop.circuit.topology import Topology, analyse, capacitor_clusters
from analoghop.errors import NetlistError
from analoghop.systems.lure import Lure
from analoghop.systems.observation import LinearMap, Observation, PowerBalance

TINY = 1e-12  # what remains of a sum of equal terms of opposite sign, relative to the terms


def compile_circuit(circuit: Circuit) -> Lure:
    """Return the ordinary differential equations of a circuit.

    Voltage-defined branches are substituted along their spanning forest, nodes without capacitance are
    eliminated by a Schur complement, and amplifiers are recognised in the expressions. Raises `NetlistError`,
    naming node or element and the cure, for a circuit that has no such equations: nodes without a path for
    direct current, loops of voltage sources, amplifiers in a loop without a capacitor, a capacitor between an
    ideal amplifier output and a dynamic node.
    """
    return _Reduction(circuit).lure()


@dataclass(frozen=True)
class _Dynamics:
    """`C x' = -(G x + B v + S w + S_rate w')` in the states, and the roots as a map of the point."""

    C: Matrix
    G: Matrix
    B: Matrix
    S: Matrix
    S_rate: Matrix
    roots: LinearMap
    from_roots: Matrix  # charge of the states from charge of the roots
    names: tuple[str, ...]


class _Reduction:
    """The working state of one compilation; every method is one step of it."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.topology: Topology = analyse(circuit)
        self.index = {node: k for k, node in enumerate(self.topology.nodes)}
        self.behavioural = [
            e for e in circuit.elements if isinstance(e, (BehaviouralVoltage, BehaviouralCurrent))
        ]
        found: list[Recognised] = recognise(e.expression for e in self.behavioural)
        self.recognised = {e.name: r for e, r in zip(self.behavioural, found, strict=True)}
        self.drive = Drive(circuit, self.recognised)
        self.bank: Bank = build_bank([(e, self.recognised[e.name]) for e in self.behavioural])

    def fail(self, reason: str, element: str | None = None) -> NoReturn:
        """Raise `NetlistError` at an element's place in the deck."""
        raise NetlistError(reason, self.circuit.locations.get(element) if element else None)

    def lure(self) -> Lure:
        """Carry out the reduction."""
        voltage = self._node_voltages()
        leaving, charging = self._currents(voltage)
        dynamics = self._eliminate(voltage, leaving, charging)
        at_nodes = self._substitute(voltage, dynamics.roots)
        leaving = self._substitute(leaving, dynamics.roots)
        charging = self._substitute(charging, dynamics.roots)
        observation = self._observation(at_nodes, leaving, charging)
        P, Q, R = self._readings(observation)
        order = _state_order(P, self.bank, dynamics)
        return self._assemble(dynamics, observation, (P, Q, R), order)

    def _node_voltages(self) -> LinearMap:
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
                self._add_voltage(control, k, branch.c, branch.d, branch.gain)
            else:
                self._add_expression(branch.name, k, control, outputs, sources)
        direct = LinearMap(to_root.build(), branch_path @ outputs.build(), branch_path @ sources.build())
        feedback = branch_path @ control.build()
        if feedback.nnz == 0:
            return direct
        solved = solve(identity(len(nodes)) - feedback, [direct.x, direct.v, direct.w])
        if solved is None:
            first = next(b for b in self.topology.branches if not isinstance(b, VoltageSource))
            self.fail("controlled voltage sources form a loop whose gain is exactly one", first.name)
        return LinearMap(*solved)

    def _branch_paths(self) -> Matrix:
        """Return which branches, with which sign, lie between each node and its root."""
        paths: dict[str, dict[int, float]] = {}
        for link in self.topology.links:
            paths[link.node] = {**paths.get(link.parent, {}), link.branch: float(link.sign)}
        builder = Builder(len(self.topology.nodes), len(self.topology.branches))
        for node, path in paths.items():
            if node != GROUND:
                for branch, sign in path.items():
                    builder.add(self.index[node], branch, sign)
        return builder.build()

    def _add_voltage(self, builder: Builder, row: int, a: str, b: str, factor: float) -> None:
        for node, sign in ((a, factor), (b, -factor)):
            if node == GROUND:
                continue
            if node not in self.index:
                self.fail(f"node {node} is read but nothing is connected to it")
            builder.add(row, self.index[node], sign)

    def _add_expression(
        self, name: str, row: int, control: Builder, outputs: Builder, sources: Builder
    ) -> None:
        """Add an expression's linear part, amplifier outputs and sources to row `row`."""
        for leaf, coefficient in self.bank.linear(name).items:
            if isinstance(leaf, Voltage):
                self._add_voltage(control, row, leaf.a, leaf.b, coefficient)
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

    def _currents(self, voltage: LinearMap) -> tuple[LinearMap, LinearMap]:
        """Return the current that leaves each node through everything but voltage-defined branches.

        The first map acts on the point, the second, of what flows into capacitors, on its rate.
        """
        nodes = len(self.topology.nodes)
        conductance, capacitance = Builder(nodes, nodes), Builder(nodes, nodes)
        outputs, sources = Builder(nodes, self.bank.outputs), Builder(nodes, len(self.drive))
        for element in self.circuit.elements:
            if isinstance(element, Resistor):
                self._stamp(conductance, element.a, element.b, 1.0 / element.value)
            elif isinstance(element, Capacitor):
                self._stamp(capacitance, element.a, element.b, element.value)
            elif isinstance(element, (VoltageControlledCurrent, BehaviouralCurrent, CurrentSource)):
                for node, sign in ((element.a, 1.0), (element.b, -1.0)):
                    if node != GROUND:
                        self._add_current(element, self.index[node], sign, conductance, outputs, sources)
        flow = conductance.build() @ voltage
        direct = LinearMap(flow.x, flow.v + outputs.build(), flow.w + sources.build())
        return direct, capacitance.build() @ voltage

    def _add_current(
        self, element: Any, row: int, sign: float, control: Builder, outputs: Builder, sources: Builder
    ) -> None:
        if isinstance(element, VoltageControlledCurrent):
            self._add_voltage(control, row, element.c, element.d, sign * element.gain)
        elif isinstance(element, CurrentSource):
            sources.add(row, self.drive.column(element.name), sign)
        else:
            views = [builder.scaled(sign) for builder in (control, outputs, sources)]
            self._add_expression(element.name, row, *views)

    def _stamp(self, builder: Builder, a: str, b: str, value: float) -> None:
        for node, other in ((a, b), (b, a)):
            if node != GROUND:
                builder.add(self.index[node], self.index[node], value)
                if other != GROUND:
                    builder.add(self.index[node], self.index[other], -value)

    def _eliminate(self, voltage: LinearMap, leaving: LinearMap, charging: LinearMap) -> _Dynamics:
        """Sum the currents over each root's tree, split off what no capacitor holds, and eliminate it."""
        gather = self._gather()
        flow, charge = gather @ leaving, gather @ charging
        change, names, algebraic = self._change_of_variables()
        dynamic = np.setdiff1d(np.arange(change.shape[0]), algebraic)
        flow = LinearMap(change.T @ flow.x @ change, change.T @ flow.v, change.T @ flow.w)
        charge = LinearMap(change.T @ charge.x @ change, change.T @ charge.v, change.T @ charge.w)
        self._refuse_ideal_capacitors(charge, algebraic)
        y = LinearMap(flow.x[algebraic][:, dynamic], flow.v[algebraic], flow.w[algebraic])
        solved = solve(flow.x[algebraic][:, algebraic], [-y.x, -y.v, -y.w])
        if solved is None:
            node = self.topology.roots[int(algebraic[0])]
            self.fail(f"the voltage at node {node} is not determined: no conductance ties it down")
        inner = LinearMap(*solved)
        across = flow.x[dynamic][:, algebraic]
        reduced = LinearMap(flow.x[dynamic][:, dynamic], flow.v[dynamic], flow.w[dynamic]) + across @ inner
        C = charge.x[dynamic][:, dynamic]
        if len(dynamic) and not np.isfinite(np.linalg.cond(compact(C))):
            self.fail("the capacitances leave a state undetermined: controlled sources cancel a capacitor")
        inner_roots = (change @ selection(algebraic, change.shape[0])) @ inner
        states = change @ selection(dynamic, change.shape[0])
        roots = LinearMap(states + inner_roots.x, inner_roots.v, inner_roots.w)
        return _Dynamics(
            C, reduced.x, reduced.v, reduced.w, charge.w[dynamic], roots,
            (change.T @ gather)[dynamic], tuple(names[k] for k in dynamic),
        )  # fmt: skip

    def _gather(self) -> Matrix:
        """Return the sum over the nodes of each root's tree."""
        builder = Builder(len(self.topology.roots), len(self.topology.nodes))
        place = {node: k for k, node in enumerate(self.topology.roots)}
        for node in self.topology.nodes:
            root = self.topology.root[node]
            if root != GROUND:
                builder.add(place[root], self.index[node], 1.0)
        return builder.build()

    def _change_of_variables(self) -> tuple[Matrix, list[str], Array]:
        """Return roots = change @ y, the names of y, and which of y are algebraic.

        In a group of nodes tied by capacitors but floating, the common voltage is algebraic and the
        differences to the first node are states.
        """
        roots = self.topology.roots
        place = {node: k for k, node in enumerate(roots)}
        names = [f"v({node})" for node in roots]
        builder, algebraic = Builder(len(roots), len(roots)), []
        for k in range(len(roots)):
            builder.add(k, k, 1.0)
        for cluster in capacitor_clusters(self.circuit, self.topology):
            algebraic.append(place[cluster[0]])
            for node in cluster[1:]:
                builder.add(place[node], place[cluster[0]], 1.0)
                names[place[node]] = f"v({node},{cluster[0]})"
        return builder.build(), names, np.array(sorted(algebraic), dtype=np.intp)

    def _refuse_ideal_capacitors(self, charge: LinearMap, algebraic: Array) -> None:
        scale = abs(charge.x).max() if charge.x.nnz else 0.0
        if charge.v.nnz and abs(charge.v).max() > TINY * scale:
            output = int(abs(charge.v).max(axis=0).toarray().argmax())
            name = self.bank.owner(output)
            self.fail(
                f"a capacitor joins the ideal output of {name} to a dynamic node: "
                "give the amplifier an output resistance",
                name,
            )
        mixed = charge.x[algebraic]
        if mixed.nnz and abs(mixed).max() > TINY * scale:
            node = self.topology.roots[int(algebraic[0])]
            self.fail(
                f"a capacitor reads node {node} through a controlled source: put a capacitor at that node"
            )

    @staticmethod
    def _substitute(outer: LinearMap, roots: LinearMap) -> LinearMap:
        through = outer.x @ roots
        return LinearMap(through.x, through.v + outer.v, through.w + outer.w)

    def _observation(self, at_nodes: LinearMap, leaving: LinearMap, charging: LinearMap) -> Observation:
        branches = self.topology.branches
        subtree: dict[str, list[str]] = {node: [node] for node in self.topology.nodes}
        builder = Builder(len(branches), len(self.topology.nodes))
        for link in reversed(self.topology.links):
            for node in subtree[link.node]:
                builder.add(link.branch, self.index[node], -float(link.sign))
            if link.parent != GROUND:
                subtree[link.parent] += subtree[link.node]
        below = builder.build()
        return Observation(
            self.topology.nodes,
            tuple(b.name for b in branches),
            at_nodes,
            below @ leaving,
            below @ charging,
        )

    def _readings(self, observation: Observation) -> tuple[Matrix, Matrix, Matrix]:
        """Return P, Q, R of the amplifier inputs."""
        voltages, currents = Builder(self.bank.inputs, len(self.topology.nodes)), Builder(
            self.bank.inputs, len(observation.branches)
        )  # fmt: skip
        sources = Builder(self.bank.inputs, len(self.drive))
        branch = {name: k for k, name in enumerate(observation.branches)}
        for row, form in enumerate(self.bank.input_forms):
            for leaf, coefficient in form.items:
                if isinstance(leaf, Voltage):
                    self._add_voltage(voltages, row, leaf.a, leaf.b, coefficient)
                elif isinstance(leaf, Current):
                    if leaf.source not in branch:
                        self.fail(f"I({leaf.source}) is read but there is no voltage source {leaf.source}")
                    currents.add(row, branch[leaf.source], coefficient)
                else:
                    sources.add(row, self.drive.time, coefficient)
        charge = currents.build() @ observation.charge
        if any(part.nnz and abs(part).max() > 0 for part in (charge.x, charge.v, charge.w)):
            self.fail("a current that flows into a capacitor is read by a source: read the voltage instead")
        z = voltages.build() @ observation.voltage + currents.build() @ observation.current
        return z.x, z.v, z.w + sources.build()

    def _balance(self, at_nodes: LinearMap, observation: Observation) -> PowerBalance:
        resistors = [e for e in self.circuit.elements if isinstance(e, Resistor)]
        capacitors = [e for e in self.circuit.elements if isinstance(e, Capacitor)]
        injected = [
            e
            for e in self.circuit.elements
            if isinstance(e, (CurrentSource, VoltageControlledCurrent, BehaviouralCurrent))
        ]
        branches = list(self.topology.branches)
        through = self._through(injected, at_nodes)
        return PowerBalance(
            self._across(resistors) @ at_nodes,
            frozen([[1.0 / e.value] for e in resistors]).reshape(-1, 1),
            self._across(capacitors) @ at_nodes,
            frozen([[e.value] for e in capacitors]).reshape(-1, 1),
            _stack(self._across(branches) @ at_nodes, self._across(injected) @ at_nodes),
            _stack(observation.current, through),
            _stack(observation.charge, LinearMap(through.x * 0, through.v * 0, through.w * 0)),
        )

    def _through(self, injected: list[Any], at_nodes: LinearMap) -> LinearMap:
        rows = len(injected)
        control = Builder(rows, len(self.topology.nodes))
        outputs, sources = Builder(rows, self.bank.outputs), Builder(rows, len(self.drive))
        for row, element in enumerate(injected):
            self._add_current(element, row, 1.0, control, outputs, sources)
        flow = control.build() @ at_nodes
        return LinearMap(flow.x, flow.v + outputs.build(), flow.w + sources.build())

    def _across(self, elements: list[Any]) -> Matrix:
        builder = Builder(len(elements), len(self.topology.nodes))
        for row, element in enumerate(elements):
            self._add_voltage(builder, row, element.a, element.b, 1.0)
        return builder.build()

    def _assemble(
        self,
        dynamics: _Dynamics,
        observation: Observation,
        readings: tuple[Matrix, Matrix, Matrix],
        order: Array,
    ) -> Lure:
        P, Q, R = readings
        balance = self._balance(observation.voltage, observation)
        permuted = [
            LinearMap(compact(m.x[:, order]), compact(m.v), compact(m.w))
            for m in (observation.voltage, observation.current, observation.charge)
        ]
        shown = Observation(observation.nodes, observation.branches, *permuted)
        charge = dynamics.from_roots[order]
        C = compact(dynamics.C[order][:, order])
        S_rate = compact(dynamics.S_rate[order])
        w0 = self.drive.signals.value(0.0)
        try:
            return Lure(
                C=C,
                G=compact(dynamics.G[order][:, order]),
                B=compact(-dynamics.B[order]),
                S=compact(-dynamics.S[order]),
                S_rate=-S_rate,
                P=compact(P[:, order]),
                Q=compact(Q),
                R=compact(R),
                amplifiers=self.bank.amplifiers,
                signals=self.drive.signals,
                states=tuple(dynamics.names[k] for k in order),
                observation=shown,
                balance=_permuted(balance, order),
                start=uic_state(self.circuit, self.index, charge, C, S_rate @ w0),
                unit_names=self.bank.unit_names,
            )
        except ValueError as loop:
            self._explain_loop(Q, loop)

    def _explain_loop(self, Q: Matrix, cause: Exception) -> NoReturn:
        units = self.bank.amplifiers
        rows, columns = Q.nonzero()
        names = sorted({self.bank.unit_names[units.unit_of_input[r]] for r in rows})
        nodes = sorted(
            {leaf.a for r in rows for leaf, _ in self.bank.input_forms[r].items if isinstance(leaf, Voltage)}
        )
        raise NetlistError(
            f"amplifiers {', '.join(names[:6])} read each other in a loop without a capacitor; "
            f"add a capacitor from node {nodes[0] if nodes else '?'} to ground",
            self.circuit.locations.get(names[0]),
        ) from cause


def _stack(top: LinearMap, bottom: LinearMap) -> LinearMap:
    from scipy import sparse

    return LinearMap(
        *(
            sparse.csr_array(sparse.vstack([a, b]))
            for a, b in ((top.x, bottom.x), (top.v, bottom.v), (top.w, bottom.w))
        )
    )


def _permuted(balance: PowerBalance, order: Array) -> PowerBalance:
    def permute(m: LinearMap) -> LinearMap:
        return LinearMap(m.x[:, order], m.v, m.w)

    return PowerBalance(
        permute(balance.resistance),
        balance.conductance,
        permute(balance.across),
        balance.capacitance,
        permute(balance.source_voltage),
        permute(balance.source_current),
        permute(balance.source_charge),
    )


def _state_order(P: Matrix, bank: Bank, dynamics: _Dynamics) -> Array:
    """Return the states in the order of the amplifiers that act: a Network's input i reads its state i."""
    seen: dict[int, None] = {}
    rows = P.tocsr()
    for row in np.argsort(~bank.active_inputs(dynamics.B), kind="stable"):
        for state in rows.indices[rows.indptr[row] : rows.indptr[row + 1]]:
            seen[int(state)] = None
    for state in range(P.shape[1]):
        seen.setdefault(state, None)
    return np.array(list(seen), dtype=np.intp)
