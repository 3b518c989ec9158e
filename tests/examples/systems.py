"""Small systems, one or more of every class, by name, each with states at which it is looked at."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analoghop.activations import Arctan, Logistic, Rectifier, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.members import deck_family
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.memory.circuits.modern import one_layer
from analoghop.memory.dense import DenseMemory
from analoghop.memory.patterns import Memory
from analoghop.schedules import Constant, Schedule, Signals
from analoghop.systems.assignment.delayed_assignment import DelayedAssignment
from analoghop.systems.assignment.delayed_successor import DelayedSuccessor
from analoghop.systems.assignment.elastic_net import ElasticNet
from analoghop.systems.base import System
from analoghop.systems.circuits.lagged import LaggedNetwork
from analoghop.systems.circuits.network import Network
from tests.examples.cluster_machines import lined
from tests.examples.machines import MACHINES, assignment, biased, chains, successor

Sample = tuple[System, np.ndarray]


def network(
    seed: int,
    symmetric: bool = True,
    clusters: bool = False,
    schedules: bool = False,
    moving: bool = False,
    equal: bool = True,
    weighted: str = "",
) -> Network:
    """Six amplifiers of several kinds."""
    rng = np.random.default_rng(seed)
    n = 6
    T = rng.normal(size=(n, n))
    T = (T + T.T) / 2 if symmetric else T
    d = np.random.default_rng(seed + 100).uniform(0.2, 3, n)
    d = d[[0, 0, 0, 3, 4, 4]] if clusters else d
    T = {"rows": d[:, None] * T, "columns": T * d}.get(weighted, T)
    C, G = rng.uniform(1, 2, n), rng.uniform(0.5, 1, n)
    kinds = [Tanh(), Logistic(), Arctan(), Rectifier(), Tanh(), Logistic()]
    gain, scale = rng.uniform(0.5, 4, n), rng.uniform(0.5, 2, n)
    if clusters:
        kinds = [Softmax(3), Tanh(), Softmax(2)]
        for rows in (slice(0, 3), slice(4, 6)):
            gain[rows], scale[rows] = gain[rows][0], scale[rows][0]
            if equal:
                C[rows], G[rows] = C[rows][0], G[rows][0]
    bank = Amplifiers.of(kinds, gain, rng.normal(size=n), scale, rng.normal(size=n))
    ramp = Schedule([0.0, 1.0], [0.5, 2.0], "geometric")
    return Network(
        T, bank, C, G, rng.normal(size=n),
        signals=Signals((Schedule([0.0, 1.0], [0.0, 1.0]),)) if moving else Signals(),
        S=rng.normal(size=(n, 1)) if moving else np.zeros((n, 0)),
        gain_factor=ramp if schedules else None,
        coupling_factor=Schedule([0.0, 2.0], [1.0, 3.0]) if schedules else None,
    )  # fmt: skip


NETWORKS = {
    "network": {},
    "network, asymmetric": {"symmetric": False},
    "network, clusters": {"clusters": True},
    "network, unequal clusters": {"clusters": True, "symmetric": False, "equal": False},
    "network, schedules": {"schedules": True},
    "network, all at once": {
        "schedules": True, "symmetric": False, "clusters": True, "equal": False, "moving": True,
    },
    "network, moving": {"moving": True},
    "network, weights of rows": {"weighted": "rows"},
    "network, weights of columns": {"weighted": "columns", "clusters": True},
    "network, weights of unequal clusters": {
        "weighted": "rows", "schedules": True, "clusters": True, "equal": False, "moving": True,
    },
}  # fmt: skip

DECK = """two amplifiers between coupled capacitors, and a source that moves
B1 o1 0 V={tanh(3*v(a))}
B2 o2 0 V={tanh(2*v(b))}
R1 a 0 1k
R2 b 0 2k
R3 a o2 1k
R4 b o1 1k
C1 a 0 1u
C2 b 0 2u
C3 a b 1u
V1 in 0 SIN(0 1 50)
R5 in a 1k
.end
"""


def lure() -> Sample:
    """A memory of one layer: a reciprocal circuit."""
    memory = Memory(Memory.random(12, 3, 0).patterns, (3, 4))
    system = one_layer(DenseMemory(memory, "exponential", beta=0.5, degree=4.0)).system
    return system, 0.7 * np.random.default_rng(1).normal(size=(12, 4))


def deck() -> Sample:
    """What a deck reduces to."""
    system = compile_circuit(parse(DECK))
    return system, np.random.default_rng(2).normal(size=(system.size, 4))


def family() -> Sample:
    """A family of one circuit with other values than its deck: its columns are states of the same circuit."""
    circuit = parse(DECK)
    values = {e.name: np.array([1.3 * e.value]) for e in circuit.elements if e.name[0] in "rc"}
    _, system = deck_family(circuit, values, 1)
    return system, np.random.default_rng(2).normal(size=(system.size, 4))


def normal(system: System, deviation: float = 1.0) -> Sample:
    """States of normal numbers."""
    return system, deviation * np.random.default_rng(3).normal(size=(system.size, 4))


def uniform(system: System) -> Sample:
    """States in the unit square."""
    return system, np.random.default_rng(1).uniform(size=(system.size, 4))


def ring(width: object) -> ElasticNet:
    """Seven nodes on a ring between five cities."""
    cities = np.random.default_rng(0).uniform(size=(5, 2))
    return ElasticNet(cities, 7, width, alpha=0.3, beta=1.7, tau=0.5)


def slow_assignment(kind: str) -> object:
    """An assignment without noise, whose time constant is not 1."""
    return replace(assignment(4, kind=kind, sigma=0.0), tau=0.5)


def of_machine(name: str) -> Sample:
    """A machine that is a system, between its walls."""
    example = MACHINES[name]
    machine = example.make()
    return machine, 0.3 * example.states(machine, 4)  # type: ignore[return-value]


NARROWING = Schedule(np.array([0.0, 10.0]), np.array([0.4, 0.1]), "geometric")
NO_SYSTEMS = ("memory", "probabilistic")
"""How the names of machines begin that are no systems."""
SYSTEMS: dict[str, Callable[[], Sample]] = {
    **{name: lambda case=case: normal(network(1, **case)) for name, case in NETWORKS.items()},
    "memory": lure,
    "deck": deck,
    "family": family,
    "elastic net": lambda: uniform(ring(NARROWING)),
    "elastic net at rest": lambda: uniform(ring(Constant(0.3))),
    "assignment at rest": lambda: normal(assignment(4, sigma=0.0).frozen_at(5.0)),
    "assignment with a bias": lambda: normal(replace(biased(4, sigma=0.0), tau=0.5)),
    "delayed assignment with a bias": lambda: normal(DelayedAssignment(biased(4, sigma=0.0))),
    "assignment of a table": lambda: normal(slow_assignment("table")),
    "lagged network": lambda: normal(LaggedNetwork(network(8), 0.3, 2)),
    "lagged network with schedules": lambda: normal(
        LaggedNetwork(network(9, schedules=True, moving=True), np.linspace(0.1, 0.6, 6))
    ),
    "delayed assignment": lambda: normal(DelayedAssignment(slow_assignment("ring"))),
    "delayed assignment of a table": lambda: normal(DelayedAssignment(slow_assignment("table"))),
    "successor at rest": lambda: normal(replace(successor(5, sigma=0.0).frozen_at(9.0), tau=0.5)),
    "delayed successor": lambda: normal(DelayedSuccessor(replace(successor(4, sigma=0.0), tau=0.5))),
    "chains at rest": lambda: normal(chains([2, 1, 2], sigma=0.0).frozen_at(10.0)),
    "clusters at rest": lambda: normal(lined().frozen_at(2.0), 0.3),
    **{
        name: lambda name=name: of_machine(name)
        for name in MACHINES
        if not name.startswith(("memory", "probabilistic"))
    },
}
