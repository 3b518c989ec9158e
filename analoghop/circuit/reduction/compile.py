"""`compile_circuit`: reduce any circuit of R, C, sources and amplifiers to a `Lure` system."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np

from analoghop.arrays import Array, Indices, Mask, frozen
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.collection import uncollected
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    Capacitor,
    CurrentSource,
    Resistor,
    VoltageControlledCurrent,
    VoltageSource,
)
from analoghop.circuit.expressions import Current, Voltage
from analoghop.circuit.primitives.lines import is_wave, of_lines, with_delays
from analoghop.circuit.primitives.primitives import Primitives, primitives
from analoghop.circuit.reduction.aids import aidable, aids_of, current_of_aids, with_aids
from analoghop.circuit.reduction.elimination import TINY, Dynamics, Undetermined, eliminate
from analoghop.circuit.reduction.initial import uic_state
from analoghop.circuit.reduction.loops import looped, opened, without_own_loops
from analoghop.circuit.reduction.nodal import Nodal
from analoghop.circuit.reduction.noise import state_noise
from analoghop.circuit.reduction.observed import own_signals, stack, state_name
from analoghop.circuit.reduction.source_vector import at_start
from analoghop.circuit.reduction.sparse import Builder, compact, hstacked, widened
from analoghop.errors import InputError, NetlistError
from analoghop.systems.circuits.as_network import dynamic_units
from analoghop.systems.circuits.lines.waves import Wave
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import Matrix
from analoghop.systems.circuits.observation import LinearMap, Observation, PowerBalance
from analoghop.systems.circuits.solving import solve


@uncollected()
def compile_circuit(circuit: Circuit) -> Lure:
    """Return the ordinary differential equations of a circuit.

    Voltage-defined branches are substituted along their spanning forest, nodes without capacitance are
    eliminated by a Schur complement, and amplifiers are recognised in the expressions. Raises `NetlistError`,
    naming node or element and the cure, for a circuit that has no such equations: nodes without a path for
    direct current, loops of voltage sources, amplifiers in a loop without a capacitor, a capacitor between an
    ideal amplifier output and a dynamic node, noise that reaches two states together.
    """
    found = primitives(circuit)
    return with_delays(_Reduction(found).lure(), found.lines, circuit)


class _Reduction:
    """The working state of one compilation; every method is one step of it."""

    def __init__(self, found: Primitives, aided: Sequence[str] = ()) -> None:
        self.found, self.aided = found, aided
        self.nodal = Nodal(with_aids(found.circuit, aided))
        self.noise: Array | None = None

    def lure(self) -> Lure:
        """Carry out the reduction."""
        voltage = self.nodal.node_voltages()
        leaving, charging = self.nodal.currents(voltage)
        try:
            dynamics = eliminate(self.nodal, leaving, charging)
        except Undetermined:
            found = self._aided([e.name for e in self.nodal.behavioural])
            if found is None:
                raise
            return found
        at_nodes, leaving, charging = (
            self._substitute(m, dynamics.roots) for m in (voltage, leaving, charging)
        )
        observation = self._observation(at_nodes, leaving, charging)
        P, Q, R = self._readings(observation, dynamics)
        more = R.shape[1] - observation.voltage.w.shape[1]
        if more:
            dynamics, observation = _with_columns(dynamics, observation, more)
        bank = self.nodal.bank.amplifiers
        active = dynamic_units(bank, dynamics.B, P, Q)[bank.unit_of_input]
        self.noise = state_noise(self.nodal, dynamics, R, active)
        return self._assemble(dynamics, observation, (P, Q, R), _state_order(P, active))

    @staticmethod
    def _substitute(outer: LinearMap, roots: LinearMap) -> LinearMap:
        through = outer.x @ roots
        return LinearMap(through.x, through.v + outer.v, through.w + outer.w)

    def _observation(self, at_nodes: LinearMap, leaving: LinearMap, charging: LinearMap) -> Observation:
        branches = self.nodal.topology.branches
        subtree: dict[str, list[str]] = {node: [node] for node in self.nodal.topology.nodes}
        builder = Builder(len(branches), len(self.nodal.topology.nodes))
        for link in reversed(self.nodal.topology.links):
            for node in subtree[link.node]:
                builder.add(link.branch, self.nodal.index[node], -float(link.sign))
            if link.parent != GROUND:
                subtree[link.parent] += subtree[link.node]
        below = builder.build()
        return Observation(
            self.nodal.topology.nodes,
            tuple(b.name for b in branches),
            at_nodes,
            below @ leaving,
            below @ charging,
        )

    def _readings(self, observation: Observation, dynamics: Dynamics) -> tuple[Matrix, Matrix, Matrix]:
        """Return P, Q, R of the amplifier inputs."""
        nodal = self.nodal
        voltages = Builder(nodal.bank.inputs, len(nodal.topology.nodes))
        currents = Builder(nodal.bank.inputs, len(observation.branches))
        sources = Builder(self.nodal.bank.inputs, len(self.nodal.drive))
        branch = {name: k for k, name in enumerate(observation.branches)}
        for row, form in enumerate(self.nodal.bank.input_forms):
            for leaf, coefficient in form.items:
                if isinstance(leaf, Voltage):
                    self.nodal.add_voltage(voltages, row, leaf.a, leaf.b, coefficient)
                elif isinstance(leaf, Current):
                    if leaf.source not in branch:
                        self.nodal.fail(
                            f"I({leaf.source}) is read but there is no voltage source {leaf.source}"
                        )
                    currents.add(row, branch[leaf.source], coefficient)
                else:
                    sources.add(row, self.nodal.drive.time, coefficient)
        picked = currents.build()
        z = voltages.build() @ observation.voltage + picked @ observation.current
        charged, rates = self._charging(picked @ observation.charge, dynamics)
        z = z + charged
        R = z.w + sources.build()
        moved = np.flatnonzero(abs(rates).sum(axis=0))
        if not len(moved):
            return z.x, z.v, R
        nodal.drive.slopes(moved.tolist())
        return z.x, z.v, hstacked(R, rates[:, moved])

    def _charging(self, charge: LinearMap, dynamics: Dynamics) -> tuple[LinearMap, Matrix]:
        """Return the currents into capacitors that sources read: of states and sources, and of their rates.

        A current is `charge` times the rates, and the rates of the states follow from C x' = -(G x + ...).
        """
        parts = (charge.x, charge.v, charge.w)
        if not any(part.nnz and abs(part).max() > 0 for part in parts):
            return LinearMap(charge.x * 0, charge.v * 0, charge.w * 0), charge.w * 0
        solved = solve(dynamics.C, [-dynamics.G, -dynamics.B, -dynamics.S, -dynamics.S_rate])
        assert solved is not None  # the elimination has shown that C is regular
        G, B, S, S_rate = (charge.x @ part for part in solved)
        if charge.v.nnz and abs(charge.v).max() > 0:
            if any("_ddt" in e.name for e in self.nodal.circuit.elements):
                self.nodal.fail(
                    "`ddt` reads a node that amplifiers, diodes or switches move without a capacitor: "
                    "put one there"
                )
            self.nodal.fail(
                "a source reads the current into a capacitor that an ideal amplifier charges directly: "
                "put a resistor in series with the capacitor"
            )
        size = max(abs(charge.w).max() if charge.w.nnz else 0.0, abs(S_rate).max() if S_rate.nnz else 0.0)
        rates = charge.w + S_rate
        rates.data[abs(rates.data) <= TINY * size] = 0.0
        return LinearMap(G, B, S), rates

    def _balance(self, at_nodes: LinearMap, observation: Observation) -> PowerBalance:
        ends = of_lines(self.found.lines)
        resistors = [e for e in self.found.circuit.elements if isinstance(e, Resistor) and e.name not in ends]
        capacitors = [e for e in self.nodal.circuit.elements if isinstance(e, Capacitor)]
        injected = [
            e
            for e in self.nodal.circuit.elements
            if isinstance(e, (CurrentSource, VoltageControlledCurrent, BehaviouralCurrent)) and not is_wave(e)
        ]
        branches = list(self.nodal.topology.branches)
        through = self.nodal.through(injected, at_nodes) + (
            current_of_aids(self.nodal, injected, self.aided) @ at_nodes
        )
        return PowerBalance(
            self.nodal.across(resistors) @ at_nodes,
            frozen([[1.0 / e.value] for e in resistors]).reshape(-1, 1),
            self.nodal.across(capacitors) @ at_nodes,
            frozen([[e.value] for e in capacitors]).reshape(-1, 1),
            stack(self.nodal.across(branches) @ at_nodes, self.nodal.across(injected) @ at_nodes),
            stack(observation.current, through),
            stack(observation.charge, LinearMap(through.x * 0, through.v * 0, through.w * 0)),
        )

    def _assemble(
        self,
        dynamics: Dynamics,
        observation: Observation,
        readings: tuple[Matrix, Matrix, Matrix],
        order: Indices,
    ) -> Lure:
        P, Q, R = readings
        balance = self._balance(observation.voltage, observation)
        permuted = [
            LinearMap(compact(m.x[:, order]), compact(m.v), compact(m.w))
            for m in (observation.voltage, observation.current, observation.charge)
        ]
        shown = own_signals(Observation(observation.nodes, observation.branches, *permuted), self.found)
        charge = dynamics.from_roots[order]
        C = compact(dynamics.C[order][:, order])
        S_rate = compact(dynamics.S_rate[order])
        w0 = at_start(self.nodal.drive.signals).value(0.0)
        self._refuse_overflow(dynamics, readings, w0)
        start = uic_state(self.nodal.circuit, self.nodal.index, charge, C, S_rate @ w0)
        if start is not None and not np.isfinite(start).all():
            self.nodal.fail("the initial voltages are so large that a charge is no number")
        parts: dict[str, Any] = {
            "C": C,
            "G": compact(dynamics.G[order][:, order]),
            "B": compact(-dynamics.B[order]),
            "S": compact(-dynamics.S[order]),
            "S_rate": -S_rate,
            "P": compact(P[:, order]),
            "Q": compact(Q),
            "R": compact(R),
            "amplifiers": self.nodal.bank.amplifiers,
            "signals": self.nodal.drive.signals,
            "gain_factor": self.nodal.gain_factor,
            "coupling_factor": self.nodal.coupling_factor,
            "noise_density": None if self.noise is None else self.noise[order][:, None],
            "noise_factor": self.nodal.noise_factor,
            "states": tuple(state_name(dynamics.names[k], self.found) for k in order),
            "observation": shown,
            "balance": _permuted(balance, order),
            "start": start,
            "unit_names": self.nodal.bank.unit_names,
        }
        if self.aided:
            return self._opened(parts)
        try:
            return Lure(**parts)
        except ValueError as loop:
            try:
                return self._aided(looped(parts)) or self._opened(parts)
            except ValueError:
                left = Q if self._scheduled else without_own_loops(parts)["Q"]
                self._explain_loop(left, observation.voltage, loop)

    def _opened(self, parts: dict[str, Any]) -> Lure:
        """Return the system with the loops opened that have one solution; `InputError` where one is left."""
        if self._scheduled:
            raise InputError("a loop stays closed where gains or outputs move, or with noise")
        return Lure(**opened(parts, self.nodal.drive.one, aids_of(self.nodal, self.aided)))

    def _aided(self, units: Sequence[str]) -> Lure | None:
        """Return the system reduced anew, with a resistor beside each of the currents among the `units`.

        A node that hangs on diodes and switches alone would be determined by their conductances of 1e-12 S,
        and rounding would lose the resistors around it. None where the loops cannot be solved in this way.
        """
        if self.aided or self._scheduled:
            return None
        names = aidable(self.nodal, units)
        try:
            return _Reduction(self.found, names).lure() if names else None
        except (InputError, NetlistError):
            return None

    @property
    def _scheduled(self) -> bool:
        """Whether all gains or outputs have a moving factor, or there is noise: loops then stay closed."""
        factors = (self.nodal.gain_factor, self.nodal.coupling_factor)
        return any(factor is not None for factor in factors) or self.noise is not None

    def _refuse_overflow(
        self, dynamics: Dynamics, readings: tuple[Matrix, Matrix, Matrix], w0: Array
    ) -> None:
        parts = (dynamics.C, dynamics.G, dynamics.B, dynamics.S, dynamics.S_rate, *readings)
        if np.isfinite(w0).all() and all(np.isfinite(part.data).all() for part in parts):
            return
        for element in self.nodal.circuit.elements:
            name = element.name
            if isinstance(element, Resistor) and not math.isfinite(1.0 / element.value):
                self.nodal.fail(f"{name} is so small that its conductance is no number", name)
            moving = element.signal if isinstance(element, VoltageSource | CurrentSource) else None
            moving = None if isinstance(moving, Wave) else moving
            if moving is not None and not np.isfinite(moving.value(0.0)).all():
                self.nodal.fail(f"{name} has no finite value at t = 0", name)
        self.nodal.fail("the values of the elements lie so far apart that the equations are no numbers")

    def _explain_loop(self, Q: Matrix, voltage: LinearMap, cause: Exception) -> NoReturn:
        """Name the amplifiers of the loop, a node that they read while they drive it, and the cure."""
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components

        bank, nodal = self.nodal.bank, self.nodal
        rows, columns = Q.nonzero()
        if not len(rows):
            nodal.fail(f"the circuit has no equations: {cause}")
        reader, read = bank.amplifiers.unit_of_input[rows], bank.amplifiers.unit_of_output[columns]
        size = bank.amplifiers.units
        graph = sparse.csr_array((np.ones(len(rows)), (reader, read)), shape=(size, size))
        part = connected_components(graph, connection="strong")[1]
        inside = part[reader] == part[read]
        looped = np.isin(bank.amplifiers.unit_of_output, read[inside])
        driven = abs(voltage.v)[:, looped].sum(axis=1) > 0
        nodes = sorted(
            {
                node
                for row in np.unique(rows[inside])
                for leaf, _ in bank.input_forms[row].items
                if isinstance(leaf, Voltage)
                for node in (leaf.a, leaf.b)
                if node != GROUND and driven[nodal.index[node]]
            }
        )
        free = [node for node in nodes if nodal.topology.root[node] != GROUND]
        if free:
            cure = f"add a capacitor from node {free[0]} to ground"
        elif nodes:
            cure = f"put a resistor and a capacitor to ground behind the ideal output at node {nodes[0]}"
        else:
            cure = "put a capacitor at an input"
        names = sorted({bank.unit_names[unit] for unit in reader[inside]})
        loop = f"amplifiers {', '.join(names[:6])} read each other in a loop"
        if len(names) == 1:
            loop = f"amplifier {names[0]} reads its own output in a loop"
        raise NetlistError(
            f"{loop} without a capacitor; {cure}",
            self.nodal.circuit.locations.get(names[0]),
        ) from cause


def _with_columns(dynamics: Dynamics, observation: Observation, more: int) -> tuple[Dynamics, Observation]:
    """Return both with as many more sources, which act on nothing there."""

    def wider(m: LinearMap) -> LinearMap:
        return LinearMap(m.x, m.v, widened(m.w, more))

    seen: Any = {name: wider(getattr(observation, name)) for name in ("voltage", "current", "charge")}
    drives: Any = {name: widened(getattr(dynamics, name), more) for name in ("S", "S_rate")}
    return replace(dynamics, roots=wider(dynamics.roots), **drives), replace(observation, **seen)


def _permuted(balance: PowerBalance, order: Indices) -> PowerBalance:
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


def _state_order(P: Matrix, active: Mask) -> Indices:
    """Return the states in the order of the amplifiers that read them: a Network's input i is its state i.

    `active` (inputs,) marks the inputs of amplifiers that act on a state.
    """
    rows = P.tocsr()
    seen: dict[int, None] = {}
    for row in np.flatnonzero(active):
        for state in rows.indices[rows.indptr[row] : rows.indptr[row + 1]]:
            seen[int(state)] = None
    for state in range(P.shape[1]):
        seen.setdefault(state, None)
    return np.array(list(seen), dtype=np.intp)
