"""`Graph`: vertices and the edges between them, read from files or from `networkx`."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, frozen, readonly_fields, real_array, whole_number
from analoghop.errors import InputError
from analoghop.formats.graphs.pairs import in_order, merged, whole_pairs
from analoghop.records import ValueRecord

LARGEST = 1_000_000


class Neighbours(NamedTuple):
    """Vertex i has the neighbours `vertices[first[i]:first[i + 1]]`; that slice of `edges` leads to them."""

    first: Integers
    vertices: Integers
    edges: Integers


@dataclass(frozen=True, eq=False)
class Graph(ValueRecord):
    """An undirected graph with at least one edge.

    `edges` (m, 2) are pairs i < j of vertices 0..n-1, sorted, each once; `weights` (m,) or None (all 1).
    `notices` report edges left out on reading; `coordinates` (n, 2) or None are for drawing.
    `vertex_weights` (n,) or None (all 1); `labels` are the names of the vertices, () if they are their
    numbers. Raises `InputError` for no vertices, no edges, edges in another form (see `of`), and weights or
    labels that do not fit or are not finite.
    """

    n: int
    edges: Integers
    weights: Array | None = None
    name: str = "graph"
    notices: tuple[str, ...] = ()
    coordinates: Array | None = None
    vertex_weights: Array | None = None
    labels: tuple[Hashable, ...] = ()

    def __post_init__(self) -> None:
        n = whole_number(self.n, "n", "a number of vertices")
        if not 1 <= n <= LARGEST:
            raise InputError(f"{self.name} has {n} vertices, expected 1 to {LARGEST}")
        object.__setattr__(self, "n", n)
        edges = whole_pairs(self.n, self.edges, "edges")
        if not len(edges):
            raise InputError(f"{self.name} has no edges: there is nothing to decide")
        if not in_order(edges):
            raise InputError("`edges` are not sorted pairs i < j, each once: `Graph.of` takes any order")
        edges.flags.writeable = False
        object.__setattr__(self, "edges", edges)
        if self.weights is not None:
            weights = frozen(self.weights)
            if weights.shape != (len(edges),) or not np.isfinite(weights).all():
                raise InputError(f"`weights` must be {len(edges)} finite numbers, one for each edge")
            readonly_fields(self, weights=weights)
        if self.vertex_weights is not None:
            own = frozen(self.vertex_weights)
            if own.shape != (self.n,) or not np.isfinite(own).all():
                raise InputError(f"`vertex_weights` must be {self.n} finite numbers, one for each vertex")
            readonly_fields(self, vertex_weights=own)
        if self.labels and len(set(self.labels)) != self.n:
            raise InputError(f"`labels` must be {self.n} different names, one for each vertex")
        if self.coordinates is not None:
            coordinates = frozen(self.coordinates)
            if coordinates.shape != (self.n, 2) or not np.isfinite(coordinates).all():
                raise InputError(f"`coordinates` must be {self.n} pairs of finite numbers")
            readonly_fields(self, coordinates=coordinates)

    @classmethod
    def of(
        cls,
        n: int,
        edges: ArrayLike,
        weights: ArrayLike | None = None,
        name: str = "graph",
        coordinates: ArrayLike | None = None,
        *,
        vertex_weights: ArrayLike | None = None,
        labels: Iterable[Hashable] = (),
        notices: Iterable[str] = (),
    ) -> Graph:
        """Return the graph of `edges` in any order and direction, with the given `notices` and its own.

        Loops are left out with a notice. Repeated edges are merged, and their weights are added.
        """
        n = whole_number(n, "n", "a number of vertices")
        pairs = whole_pairs(n, edges, "edges")
        values = np.ones(len(pairs)) if weights is None else real_array(weights, "weights", "numbers")
        if values.shape != (len(pairs),):
            raise InputError(f"`weights` has shape {values.shape}, expected {len(pairs)} numbers")
        loops = np.unique(pairs[pairs[:, 0] == pairs[:, 1], 0]).tolist()
        found = merged(n, pairs, values)
        told = list(notices)
        if loops:
            shown = ", ".join(map(str, loops[:5])) + (", ..." if len(loops) > 5 else "")
            told.append(f"{name}: edges from a vertex to itself are ignored (vertex {shown}, from 0)")
        if weights is not None and found.repeated:
            told.append(f"{name}: {found.repeated} edges are given again: their weights are added")
        places = None if coordinates is None else np.asarray(coordinates, dtype=np.float64)
        summed = None if weights is None else found.values
        own = None if vertex_weights is None else np.asarray(vertex_weights, dtype=np.float64)
        return cls(n, found.pairs, summed, name, tuple(told), places, own, tuple(labels))

    @classmethod
    def from_networkx(cls, graph: Any, weight: str = "weight", notices: Iterable[str] = ()) -> Graph:
        """Return an undirected `networkx` graph, its vertices in the order of its nodes.

        Edges without the attribute `weight` have the weight 1; if no edge has it the graph has no weights.
        The weights of parallel edges are added, and loops left out, with notices. The nodes' `pos`, if all
        have one, are the coordinates; their attributes `weight`, if all have one, are the weights of the
        vertices. Nodes other than 0..n-1 are the labels. Raises `InputError` for a directed graph, one
        without nodes or edges, and for weights that are not finite numbers.
        """
        if graph.is_directed():
            raise InputError("the graph is directed, expected an undirected one: `graph.to_undirected()`")
        index = {node: k for k, node in enumerate(graph.nodes)}
        listed = list(graph.edges(data=weight))
        pairs = [(index[a], index[b]) for a, b, _ in listed]
        given = [value for *_, value in listed]
        weights = None
        parallel = graph.is_multigraph() and len(set(map(frozenset, pairs))) < len(pairs)
        if parallel or any(value is not None for value in given):
            weights = [_weight(a, b, value, weight) for a, b, value in listed]
        places = [graph.nodes[node].get("pos") for node in graph.nodes]
        mapped = len(places) > 0 and all(place is not None and len(place) == 2 for place in places)
        name = str(getattr(graph, "name", "") or "graph")
        own = [graph.nodes[node].get(weight) for node in graph.nodes]
        return cls.of(
            len(index),
            np.array(pairs, dtype=np.int64),
            weights,
            name,
            places if mapped else None,
            vertex_weights=None
            if not own or None in own
            else real_array(own, f"`{weight}` of nodes", "numbers"),
            labels=() if list(index) == list(range(len(index))) else index,
            notices=notices,
        )

    @property
    def m(self) -> int:
        """Number of edges."""
        return len(self.edges)

    @property
    def density(self) -> float:
        """Share of all pairs of vertices that are joined by an edge."""
        return 2.0 * self.m / (self.n * (self.n - 1))

    @cached_property
    def w(self) -> Array:
        """The weights (m,), all 1 for a graph without weights."""
        return frozen(np.ones(self.m)) if self.weights is None else self.weights

    @cached_property
    def u(self) -> Array:
        """The weights of the vertices (n,), all 1 for a graph that gives them none."""
        return frozen(np.ones(self.n)) if self.vertex_weights is None else self.vertex_weights

    @cached_property
    def degrees(self) -> Integers:
        """Number of edges at each vertex, (n,)."""
        return np.bincount(self.edges.ravel(), minlength=self.n)

    @cached_property
    def neighbours(self) -> Neighbours:
        """The neighbours of every vertex, sorted, with the edges that lead to them."""
        i, j = self.edges.T
        ends, others = np.concatenate([i, j]), np.concatenate([j, i])
        order = np.lexsort((others, ends))
        first = np.concatenate([[0], np.cumsum(self.degrees)])
        return Neighbours(first, others[order], np.tile(np.arange(self.m), 2)[order])


def _weight(a: object, b: object, value: Any, word: str) -> float:
    """Return the weight of the edge from `a` to `b`, 1 if it has none."""
    try:
        number = 1.0 if value is None else float(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"the `{word}` of an edge is no number: {error}") from error
    if not math.isfinite(number):
        raise InputError(f"the `{word}` of the edge {a!r}-{b!r} is {number}, expected a finite number")
    return number
