"""`Reduction`: the vertices that a circuit has to colour, and the others, which can always be coloured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Integers
from analoghop.problems.graph import Graph


@dataclass(frozen=True, eq=False)
class Reduction:
    """`kept` (vertices of the circuit) in order, `removed` in the order of their removal.

    `edges` (m, 2) are those between kept vertices, as indices into `kept`.
    """

    graph: Graph
    kept: Integers
    removed: Integers

    @staticmethod
    def isolated(graph: Graph) -> Reduction:
        """Return the graph without vertices that have no edge."""
        alone = graph.degrees == 0
        return Reduction(graph, np.flatnonzero(~alone), np.flatnonzero(alone))

    @staticmethod
    def core(graph: Graph, k: int) -> Reduction:
        """Return the k-core: vertices of fewer than k neighbours are removed, one after the other.

        For any colouring of the others, one of k colours is free for the vertex that was removed last, then
        for the one before it: the graph has a proper colouring if and only if its core has one.
        """
        first, vertices, _ = graph.neighbours
        degrees = graph.degrees.copy()
        waiting = np.flatnonzero(degrees < k).tolist()
        gone, removed = degrees < k, []
        while waiting:
            i = waiting.pop()
            removed.append(i)
            for j in vertices[first[i] : first[i + 1]].tolist():
                degrees[j] -= 1
                if degrees[j] < k and not gone[j]:
                    gone[j] = True
                    waiting.append(j)
        return Reduction(graph, np.flatnonzero(~gone), np.array(removed, dtype=np.int64))

    @property
    def edges(self) -> Integers:
        """The edges between kept vertices, as indices into `kept`."""
        place = np.full(self.graph.n, -1)
        place[self.kept] = np.arange(len(self.kept))
        pairs = place[self.graph.edges]
        return pairs[(pairs >= 0).all(axis=1)]

    def complete(self, colours: Integers) -> Integers:
        """Return the colours (n,) of all vertices from those of the kept ones.

        The vertex removed last comes first; each gets the smallest colour that no coloured neighbour has.
        """
        first, vertices, _ = self.graph.neighbours
        answer = np.full(self.graph.n, -1, dtype=np.int64)
        answer[self.kept] = colours
        for i in self.removed[::-1].tolist():
            taken = set(answer[vertices[first[i] : first[i + 1]]].tolist())
            answer[i] = next(c for c in range(len(taken) + 1) if c not in taken)
        return answer
