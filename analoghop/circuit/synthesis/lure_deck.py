"""`synthesize_lure`: amplifiers that read sums of node voltages and drive the nodes, as deck elements."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralVoltage,
    Capacitor,
    Element,
    Resistor,
    VoltageControlledCurrent,
)
from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.amplifier_text import output_expressions
from analoghop.circuit.synthesis.synthesize import Synthesis
from analoghop.circuit.synthesis.terms import initial_voltages
from analoghop.errors import InputError
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import dense


def synthesize_lure(
    system: Lure,
    *,
    start: ArrayLike | None = None,
    impedance: float = 1e6,
    tran: Tran | None = None,
    title: str = "Reciprocal circuit",
) -> Synthesis:
    """Return a circuit with the trajectories of `system`, volt for volt.

    Nodes: the states, each with its capacitor and resistor; `h<k>`, where G sources into a resistor of
    `impedance` ohms sum the terms of amplifier input k (an input equal to one state needs no such node);
    `v<k>` the amplifiers' outputs, B sources, which G sources feed back to the states. `start` (n) are the
    states at t = 0, as `.ic`.
    Raises `InputError` if a capacitance or conductance lies between two nodes, amplifiers read amplifiers,
    or the system has sources or a schedule.
    """
    C, G, Q = dense(system.C), dense(system.G), dense(system.Q)
    for name, there in (
        (
            "a capacitance or conductance between nodes",
            bool(_off_diagonal(C).any() or _off_diagonal(G).any()),
        ),
        ("amplifiers that read amplifiers", bool(Q.any())),
        ("sources or a schedule", len(system.signals) > 0 or system.gain_factor is not None),
        ("a node without a conductance", bool((np.diagonal(G) <= 0.0).any())),
    ):
        if there:
            raise InputError(f"a circuit with {name} cannot be built by `synthesize_lure`")
    nodes = [name[2:-1] for name in system.states]
    parts = list(_parts(system, np.diagonal(C), np.diagonal(G), nodes, impedance))
    initial = initial_voltages(nodes, start)
    return Synthesis(Circuit(title, tuple(parts), tran=tran, initial=initial), 1.0, impedance)


def _off_diagonal(matrix: Array) -> Array:
    """Return `matrix` without its diagonal."""
    return matrix - np.diag(np.diagonal(matrix))


def _parts(system: Lure, C: Array, G: Array, nodes: list[str], impedance: float) -> Iterator[Element]:
    P, B, unit = dense(system.P), dense(system.B), 1.0 / impedance
    for node, c, g in zip(nodes, C.tolist(), G.tolist(), strict=True):
        yield Capacitor(f"c{node}", node, GROUND, c * unit)
        yield Resistor(f"r{node}", node, GROUND, impedance / g)
    read = []
    for k, row in enumerate(P):
        places = np.flatnonzero(row)
        if len(places) == 1 and row[places[0]] == 1.0:
            read.append(nodes[places[0]])
            continue
        read.append(f"h{k + 1}")
        yield Resistor(f"rh{k + 1}", f"h{k + 1}", GROUND, impedance)
        for i in places:
            yield _source(f"gh{k + 1}_{nodes[i]}", nodes[i], f"h{k + 1}", float(row[i]) * unit)
    for k, body in enumerate(output_expressions(system.amplifiers, read)):
        yield BehaviouralVoltage(f"b{k + 1}", f"v{k + 1}", GROUND, body)
        for i in np.flatnonzero(B[:, k]):
            yield _source(f"g{nodes[i]}_{k + 1}", f"v{k + 1}", nodes[i], float(B[i, k]) * unit)


def _source(name: str, read: str, into: str, gain: float) -> Element:
    """Return the source whose current, `gain` times the voltage of `read`, flows into the node `into`."""
    return VoltageControlledCurrent(name, GROUND, into, read, GROUND, gain)
