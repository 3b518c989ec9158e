"""Elimination of node voltages that no capacitor determines; the others become states."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

import numpy as np

from analoghop.arrays import Indices
from analoghop.circuit.elements import GROUND, Resistor
from analoghop.circuit.reduction.nodal import Nodal
from analoghop.circuit.reduction.sparse import Builder, identity, selection
from analoghop.circuit.reduction.topology import capacitor_clusters
from analoghop.errors import NetlistError
from analoghop.systems.circuits.matrices import Matrix
from analoghop.systems.circuits.observation import LinearMap
from analoghop.systems.circuits.solving import solve

_SMALL = 500  # unknowns up to which the loosest is looked for
_MIXED = "a capacitor reads node {} through a controlled source: put a capacitor at that node"
TINY = 1e-12  # rounding error of a sum of equal terms of opposite sign, relative to the terms


@dataclass(frozen=True)
class Dynamics:
    """`C x' = -(G x + B v + S w + S_rate w')`, and the roots as a map of (states, outputs, sources)."""

    C: Matrix
    G: Matrix
    B: Matrix
    S: Matrix
    S_rate: Matrix
    roots: LinearMap
    from_roots: Matrix  # charge of the states from charge of the roots
    names: tuple[str, ...]
    remainder: Remainder


class Undetermined(NetlistError):
    """No conductance determines the voltage of a node."""


class Remainder(NamedTuple):
    """The split of the roots: `change` of variables, indices of `dynamic` and `algebraic` ones, `gather`
    that sums nodes to roots, and the conductances `across` (dynamic, algebraic) and `inside` (algebraic).
    """

    change: Matrix
    dynamic: Indices
    algebraic: Indices
    gather: Matrix
    across: Matrix
    inside: Matrix


def eliminate(nodal: Nodal, leaving: LinearMap, charging: LinearMap) -> Dynamics:
    """Sum the currents over each root's tree, and eliminate the voltages that no capacitor determines."""
    gather = gathered_nodes(nodal)
    flow, charge = gather @ leaving, gather @ charging
    change, names, algebraic = change_of_variables(nodal)
    dynamic = np.setdiff1d(np.arange(change.shape[0]), algebraic)
    flow = LinearMap(change.T @ flow.x @ change, change.T @ flow.v, change.T @ flow.w)
    charge = LinearMap(change.T @ charge.x @ change, change.T @ charge.v, change.T @ charge.w)
    _refuse_ideal_capacitors(nodal, charge, algebraic)
    y = LinearMap(flow.x[algebraic][:, dynamic], flow.v[algebraic], flow.w[algebraic])
    across, inside = flow.x[dynamic][:, algebraic], flow.x[algebraic][:, algebraic]
    solved = solve(inside, [-y.x, -y.v, -y.w])
    if solved is None:
        _refuse_undetermined(nodal, inside, algebraic)
    inner = LinearMap(*solved)
    reduced = LinearMap(flow.x[dynamic][:, dynamic], flow.v[dynamic], flow.w[dynamic]) + across @ inner
    C, S_rate = _through_sources(nodal, charge, dynamic, algebraic, inner)
    if solve(C, [identity(len(dynamic))[:, :1]]) is None:
        nodal.fail("the capacitances leave a state undetermined: controlled sources cancel a capacitor")
    inner_roots = (change @ selection(algebraic, change.shape[0])) @ inner
    states = change @ selection(dynamic, change.shape[0])
    roots = LinearMap(states + inner_roots.x, inner_roots.v, inner_roots.w)
    return Dynamics(
        C, reduced.x, reduced.v, reduced.w, S_rate, roots,
        (change.T @ gather)[dynamic], tuple(names[k] for k in dynamic),
        Remainder(change, dynamic, algebraic, gather, across, inside),
    )  # fmt: skip


def _through_sources(
    nodal: Nodal, charge: LinearMap, dynamic: Indices, algebraic: Indices, inner: LinearMap
) -> tuple[Matrix, Matrix]:
    """Return C and S_rate of the states; controlled sources charge capacitors by algebraic voltages too."""
    C, S_rate, through = charge.x[dynamic][:, dynamic], charge.w[dynamic], charge.x[dynamic][:, algebraic]
    if not through.nnz or abs(through).max() <= TINY * abs(charge.x).max():
        return C, S_rate
    by_amplifiers = through @ inner.v
    if by_amplifiers.nnz and abs(by_amplifiers).max() > 0:
        node = nodal.topology.roots[int(algebraic[int(abs(through).max(axis=0).toarray().argmax())])]
        nodal.fail(_MIXED.format(node))
    return C + through @ inner.x, S_rate + through @ inner.w


def _refuse_undetermined(nodal: Nodal, inside: Matrix, algebraic: Indices) -> NoReturn:
    """Name a node whose voltage no conductance determines, and say what would."""
    if not np.isfinite(inside.data).all():  # LAPACK would not end
        _refuse_infinite(nodal)
    loose = np.linalg.svd(inside.toarray())[2][-1] if inside.shape[0] <= _SMALL else np.ones(1)
    node = nodal.topology.roots[int(algebraic[int(np.abs(loose).argmax())])]
    touching = [e for e in nodal.circuit.elements if node in (e.a, e.b)]
    if any(f"{e.name}#flux" in {o.name for o in nodal.circuit.elements} for e in touching):
        raise Undetermined(
            f"the voltage at node {node} is not determined: inductors, current sources, diodes or switches "
            f"alone lead there; put a resistor or a capacitor from node {node} to ground",
            nodal.circuit.locations.get(touching[0].name),
        )
    raise Undetermined(
        f"the voltage at node {node} is not determined: no conductance leads to ground; "
        f"put a resistor or a capacitor from node {node} to ground"
    )


def _refuse_infinite(nodal: Nodal) -> NoReturn:
    for element in nodal.circuit.elements:
        if isinstance(element, Resistor) and not math.isfinite(1.0 / element.value):
            nodal.fail(f"{element.name} is so small that its conductance is no number", element.name)
    nodal.fail("the values of the elements lie so far apart that the equations are no numbers")


def gathered_nodes(nodal: Nodal) -> Matrix:
    """Return the sum over the nodes of each root's tree."""
    builder = Builder(len(nodal.topology.roots), len(nodal.topology.nodes))
    place = {node: k for k, node in enumerate(nodal.topology.roots)}
    for node in nodal.topology.nodes:
        root = nodal.topology.root[node]
        if root != GROUND:
            builder.add(place[root], nodal.index[node], 1.0)
    return builder.build()


def change_of_variables(nodal: Nodal) -> tuple[Matrix, list[str], Indices]:
    """Return roots = change @ y, the names of y, and which of y are algebraic.

    In a floating group of nodes that capacitors connect, the common voltage is algebraic and the
    differences to the first node are states.
    """
    roots = nodal.topology.roots
    place = {node: k for k, node in enumerate(roots)}
    names = [f"v({node})" for node in roots]
    builder, algebraic = Builder(len(roots), len(roots)), []
    for k in range(len(roots)):
        builder.add(k, k, 1.0)
    for cluster in capacitor_clusters(nodal.circuit, nodal.topology):
        algebraic.append(place[cluster[0]])
        for node in cluster[1:]:
            builder.add(place[node], place[cluster[0]], 1.0)
            names[place[node]] = f"v({node},{cluster[0]})"
    return builder.build(), names, np.array(sorted(algebraic), dtype=np.intp)


def _refuse_ideal_capacitors(nodal: Nodal, charge: LinearMap, algebraic: Indices) -> None:
    scale = abs(charge.x).max() if charge.x.nnz else 0.0
    if charge.v.nnz and abs(charge.v).max() > TINY * scale:
        output = int(abs(charge.v).max(axis=0).toarray().argmax())
        name = nodal.bank.owner(output)
        nodal.fail(
            f"a capacitor joins the ideal output of {name} to a dynamic node: "
            "give the amplifier an output resistance",
            name,
        )
    mixed = charge.x[algebraic]
    if mixed.nnz and abs(mixed).max() > TINY * scale:
        node = nodal.topology.roots[int(algebraic[0])]
        nodal.fail(_MIXED.format(node))
