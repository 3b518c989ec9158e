"""The graph of a circuit: trees of voltage sources, clusters of capacitors, paths for direct current."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralVoltage,
    Capacitor,
    CurrentSource,
    VoltageControlledVoltage,
    VoltageSource,
    touched,
)
from analoghop.errors import Location, NetlistError

VoltageBranch = VoltageSource | VoltageControlledVoltage | BehaviouralVoltage


class NodePartition:
    """Union-find over node names; `find` returns the representative, ground's class being "0"."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self._parent = {node: node for node in (GROUND, *nodes)}

    def find(self, node: str) -> str:
        """Return the representative of the class of `node`."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, a: str, b: str) -> bool:
        """Unite the classes of `a` and `b`; return False if they were one class already."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        if a == GROUND:
            a, b = b, a
        self._parent[a] = b
        return True


@dataclass(frozen=True)
class Link:
    """A tree branch: V(node) = V(parent) + sign * V(branch)."""

    node: str
    parent: str
    branch: int
    sign: int


@dataclass(frozen=True)
class Topology:
    """`links` with parents before their children; `root` of every node: "0" or a floating node.

    The voltage of a node is that of its root plus the voltages of the branches between them.
    """

    nodes: tuple[str, ...]
    branches: tuple[VoltageBranch, ...]
    links: tuple[Link, ...]
    root: dict[str, str]

    @property
    def roots(self) -> tuple[str, ...]:
        """Floating roots in the order of the nodes: the unknown voltages."""
        return tuple(node for node in self.nodes if self.root[node] == node)


def analyse(circuit: Circuit) -> Topology:
    """Return the spanning forest of the voltage-defined branches.

    Raises `NetlistError` if they form a loop, or if a node has no path for direct current to ground.
    """
    nodes = circuit.nodes
    branches = tuple(e for e in circuit.elements if isinstance(e, VoltageBranch))
    _refuse_loops(circuit, nodes, branches)
    _refuse_floating(circuit, nodes)
    neighbours: dict[str, list[tuple[str, int, int]]] = {}
    for k, branch in enumerate(branches):
        neighbours.setdefault(branch.b, []).append((branch.a, k, 1))
        neighbours.setdefault(branch.a, []).append((branch.b, k, -1))
    root, links = {GROUND: GROUND}, []
    for start in (GROUND, *nodes):
        if start in root and start != GROUND:
            continue
        root[start] = start
        queue = [start]
        for parent in queue:  # grows while it is read: breadth first
            for node, k, sign in neighbours.get(parent, ()):
                if node not in root:
                    root[node] = start
                    links.append(Link(node, parent, k, sign))
                    queue.append(node)
    return Topology(nodes, branches, tuple(links), root)


def _refuse_loops(circuit: Circuit, nodes: tuple[str, ...], branches: tuple[VoltageBranch, ...]) -> None:
    trees = NodePartition(nodes)
    for branch in branches:
        if not trees.join(branch.a, branch.b):
            raise NetlistError(
                f"{branch.name} closes a loop of voltage sources between nodes {branch.a} and {branch.b}: "
                "put a resistor in series",
                circuit.locations.get(branch.name),
            )


def _refuse_floating(circuit: Circuit, nodes: tuple[str, ...]) -> None:
    paths = NodePartition(nodes)
    for element in circuit.elements:
        if not isinstance(element, (Capacitor, CurrentSource)):
            paths.join(element.a, element.b)
    for node in nodes:
        if paths.find(node) != GROUND:
            raise NetlistError(
                f"node {node} has no path for direct current to ground: connect it through a resistor",
                _first_location(circuit, node),
            )


def _first_location(circuit: Circuit, node: str) -> Location | None:
    for element in circuit.elements:
        if node in touched(element):
            return circuit.locations.get(element.name)
    return None


def capacitor_clusters(circuit: Circuit, topology: Topology) -> list[list[str]]:
    """Return the floating roots grouped by capacitors between them, without groups connected to ground.

    No capacitor determines the common voltage of a group: it is algebraic, the differences are dynamic.
    """
    grown = NodePartition(topology.roots)
    for element in circuit.elements:
        if isinstance(element, Capacitor):
            grown.join(topology.root[element.a], topology.root[element.b])
    clusters: dict[str, list[str]] = {}
    for node in topology.roots:
        representative = grown.find(node)
        if representative != GROUND:
            clusters.setdefault(representative, []).append(node)
    return list(clusters.values())
