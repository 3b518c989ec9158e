"""`Colouring`: colours for the vertices of a graph such that no edge joins vertices of equal colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Integers, Mask, whole_number
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.answers import whole_numbers
from analoghop.problems.base import Verdict
from analoghop.problems.baselines.dsatur import dsatur
from analoghop.problems.baselines.tabucol import tabucol
from analoghop.problems.graph import Graph, graph_of, read_graph
from analoghop.problems.graph_problem import OnGraph


@dataclass(frozen=True, eq=False, init=False)
class Colouring(OnGraph):
    """A graph and the allowed number of `colours`; None: as few as can be found.

    An answer is a colour from 0 for each vertex; its cost is the number of edges in conflict. Weights are
    not read.
    """

    colours: int | None = None

    kind: ClassVar[str] = "colouring"
    cost_name: ClassVar[str] = "edges in conflict"

    def __init__(self, graph: Graph | Any, colours: int | None = None) -> None:
        """Take a `Graph`, an undirected graph of networkx, or a symmetric matrix of edges, see `graph_of`.

        Raises `InputError` for any other value, and for a number of colours that is not a whole number from
        1.
        """
        if colours is not None:
            colours = whole_number(colours, "colours", "a whole number of at least 1, or None")
            if colours < 1:
                raise InputError(f"`colours` is {colours}, expected at least 1")
        object.__setattr__(self, "graph", graph_of(graph))
        object.__setattr__(self, "colours", colours)

    @classmethod
    def read(cls, path: str | Path, colours: int | None = None) -> Colouring:
        """Return the problem of a file, see `read_graph`."""
        return cls(read_graph(path), colours)

    @classmethod
    def from_networkx(cls, graph: Any, colours: int | None = None) -> Colouring:
        """Return the problem of an undirected `networkx` graph, its vertices in the order of its nodes."""
        return cls(Graph.from_networkx(graph), colours)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The number of colours."""
        return {"colours": self.colours}

    @property
    def figures(self) -> Mapping[str, float | int | str | bool]:
        """The number of colours that DSATUR needs."""
        return {"dsatur_colours": int(self._dsatur.max()) + 1}

    @cached_property
    def _dsatur(self) -> Integers:
        colours = dsatur(self.graph)
        assert colours is not None, "nothing ends it early"
        return colours

    def conflicts(self, answer: Any) -> Integers:
        """Return the edges (k, 2) whose ends have equal colours."""
        colour = whole_numbers(answer, self.size, "colours, one per vertex")
        edges = self.graph.edges
        alike: Integers = edges[colour[edges[:, 0]] == colour[edges[:, 1]]]
        return alike

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the edges in conflict, vertices numbered from 0: "3-7"; then vertices of unknown colour."""
        colour = whole_numbers(answer, self.size, "colours, one per vertex")
        found = [f"{i}-{j}" for i, j in self.conflicts(answer).tolist()]
        return found + [f"vertex {v} has colour {colour[v]}" for v in np.flatnonzero(self._unknown(colour))]

    def _unknown(self, colour: Integers) -> Mask:
        """Return the mask (n,) of vertices with a colour out of range."""
        most = self.size if self.colours is None else self.colours
        return np.asarray((colour < 0) | (colour >= most))

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the conflicts that DSATUR and a short TabuCol leave with `colours`."""
        if self.colours is None or limits.over:
            return {}
        k = self.colours
        # A DSATUR colouring that was computed before, without limits, is reused.
        free = self._dsatur if "_dsatur" in vars(self) else dsatur(self.graph, limits=limits)
        kept = dsatur(self.graph, k, limits) if free is None or free.max() >= k else free
        found = {"DSATUR": kept}
        if not limits.over:
            found["TabuCol"] = tabucol(self.graph, k, seed, limits=limits)
        return {name: float(len(self.conflicts(c))) for name, c in found.items() if c is not None}

    def verify(self, answer: Any) -> Verdict:
        """Return whether the colours (n,) are proper, by a check of every edge and every colour.

        Violations count `conflicting edges` and vertices of `unknown colour`, below 0 or from `colours` on.
        """
        colour = whole_numbers(answer, self.size, "colours, one per vertex")
        counts = {
            "conflicting edges": len(self.conflicts(answer)),
            "unknown colour": int(self._unknown(colour).sum()),
        }
        violations = {name: count for name, count in counts.items() if count}
        return Verdict(not violations, float(counts["conflicting edges"]), violations)
