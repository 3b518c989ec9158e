"""Small machines, one or more of every class, by name, with what their laws allow."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from analoghop.memory.dense import DenseMemory
from analoghop.memory.discrete.machine import DiscreteMemory
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.patterns import Memory
from analoghop.memory.rules import hebbian
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.anneal_signals import Cooling, Hardening, Narrowing, Rising
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.chains import Chains
from analoghop.systems.assignment.column_coupling import PlaceTable, Ring
from analoghop.systems.assignment.successor import Successor
from analoghop.systems.machine import Machine
from analoghop.systems.machines.clusters import Clusters
from tests.examples import cluster_machines, spin_machines
from tests.examples.spin_machines import starts


class Example(NamedTuple):
    """How a machine is made, options of `check_machine`, and what makes states of normal numbers."""

    make: Callable[[], Machine]
    options: Mapping[str, Any] = {}
    begin: Callable[[np.ndarray], np.ndarray] = lambda x: x

    def states(self, machine: Machine, members: int = 19) -> np.ndarray:
        """States where runs begin."""
        return self.begin(starts(machine, members))


def assignment(n: int, *, symmetric: bool = True, kind: str = "ring", sigma: float = 0.2) -> Assignment:
    """An anneal of 100 steps in which everything moves that can."""
    rng = np.random.default_rng(n)
    A, early, B = rng.normal(size=(3, n, n))
    if symmetric:
        A, early = A + A.T, early + early.T
    duration = 20.0
    progress = Schedule(np.array([0.0, duration]), np.array([0.0, 1.0]))
    cooling = Cooling(1.0, 0.05, 0.2, progress)
    places = Ring(n, 0.4, Narrowing(cooling, 1.0, 0.3 * n, 0.1, 0.75)) if kind == "ring" else PlaceTable(B)
    return Assignment(
        A=A,
        places=places,
        temperature=cooling,
        self_coupling=Hardening(0.4, 0.6, 0.85, progress),
        duration=duration,
        step=0.2,
        early=early,
        blend=Schedule(np.array([0.0, 14.0]), np.array([1.0, 0.0])),
        sigma=Constant(sigma) if sigma else None,
    )


def biased(n: int, symmetric: bool = True, sigma: float = 0.2) -> Assignment:
    """An anneal with a bias, whose matrices are constant."""
    whole = assignment(n, symmetric=symmetric, kind="table", sigma=sigma)
    bias = np.random.default_rng(n + 1).normal(size=(n, n))
    return replace(whole, early=None, blend=Constant(0.0), bias=bias)


def chains(widths: list[int], sigma: float = 0.3, duration: float = 24.0) -> Chains:
    """Segments of the given numbers of directions."""
    rng = np.random.default_rng(len(widths))
    clusters = Clusters(np.array(widths))
    ends = np.array([0.0, duration])
    return Chains(
        A=rng.normal(size=(clusters.cells, clusters.cells)),
        bias=rng.normal(size=(clusters.cells, len(widths))),
        clusters=clusters,
        temperature=Schedule(ends, np.array([2.0, 0.1]), "geometric"),
        self_coupling=Schedule(ends, np.array([0.3, 1.0])),
        duration=duration,
        step=0.2,
        sigma=Constant(sigma) if sigma else None,
    )


def successor(n: int, *, early: bool = True, sigma: float = 0.2) -> Successor:
    """An anneal of 100 steps towards a tour, with costs of one direction, in which everything moves."""
    rng = np.random.default_rng(n)
    D, first = rng.uniform(0.0, 3.0, (2, n, n)) * ~np.eye(n, dtype=bool)
    duration = 20.0
    progress = Schedule(np.array([0.0, duration]), np.array([0.0, 1.0]))
    return Successor(
        D,
        Rising(0.8, 4.0, 3.0, progress),
        Cooling(1.0, 0.1, 0.5, progress),
        Hardening(0.0, 1.0, 0.5, progress),
        duration,
        0.2,
        early=first if early else None,
        blend=Schedule(np.array([0.0, 14.0]), np.array([1.0, 0.0])) if early else Constant(0.0),
        sigma=Constant(sigma) if sigma else None,
    )


# One sweep of the projection is made in a step: its potentials are a memory beside the states.
SWEEPING: Mapping[str, Any] = {"double": 1e-6, "resumes": False}
ASSIGNMENTS = {
    "assignment 5": lambda: assignment(5),
    "assignment 6, one-way": lambda: assignment(6, symmetric=False),
    "assignment 17": lambda: assignment(17),
    "assignment 5, bias": lambda: biased(5),
    "assignment 6, one-way bias": lambda: biased(6, symmetric=False),
    "assignment 4, table": lambda: assignment(4, kind="table"),
    "assignment 18, one-way table": lambda: assignment(18, symmetric=False, kind="table"),
}
SUCCESSORS = {
    "successor 3": lambda: successor(3),
    "successor 9": lambda: successor(9, early=False),
    "successor 18": lambda: successor(18),
}
CHAINS = {
    f"chains of {len(widths)}": lambda widths=widths: chains(widths)
    for widths in ([1, 2, 1], [2, 2, 2, 2, 2], [1] * 16, [2, 1] * 9)
}


def memory(dense: bool = False, **plan: Any) -> DiscreteMemory:
    """Threshold units that store five patterns, of pairs or of a dense memory."""
    stored = Memory.random(23, 5, 0)
    plan = {"longest": 30, **plan}
    return DiscreteMemory(DenseMemory(stored) if dense else hebbian(stored), Sweeps(**plan))


MEMORIES = {
    "in turn": lambda: memory(order="fixed"),
    "at random": lambda: memory(),
    "at once": lambda: memory(update="sync"),
    "warm": lambda: memory(temperature=0.5),
    "dense": lambda: memory(True),
    "dense and at once": lambda: memory(True, update="sync"),
}


def wide(x: np.ndarray) -> np.ndarray:
    """Numbers of deviation 1."""
    return x / 0.3


def signs(x: np.ndarray) -> np.ndarray:
    """Signs."""
    return np.where(x < 0.0, -1.0, 1.0)


MACHINES: dict[str, Example] = {
    **{name: Example(make) for name, make in {**spin_machines.MACHINES, **cluster_machines.MACHINES}.items()},
    **{name: Example(make, SWEEPING, wide) for name, make in {**ASSIGNMENTS, **SUCCESSORS, **CHAINS}.items()},
    **{
        f"memory, {name}": Example(make, {"cycles": "once" in name}, signs) for name, make in MEMORIES.items()
    },
}
