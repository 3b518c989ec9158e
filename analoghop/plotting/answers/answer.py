"""`answer`: the picture of an answer to a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Mask
from analoghop.errors import InputError
from analoghop.plotting.answers.board import board, grid
from analoghop.plotting.answers.tour import tour
from analoghop.plotting.answers.vertices import vertices
from analoghop.problems.base import Answer, Problem
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.partition import Partition
from analoghop.problems.queens.instance import Queens
from analoghop.problems.spins.maxcut import MaxCut, cut_weight
from analoghop.problems.sudoku.instance import Sudoku
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.vertex_cover import VertexCover

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = (Colouring, MaxCut, Partition, IndependentSet, VertexCover, Queens, Sudoku)


def has_picture(problem: Problem) -> bool:
    """Return whether answers to `problem` can be drawn."""
    return isinstance(problem, KINDS) or (isinstance(problem, TSP) and problem.coordinates is not None)


def answer(problem: Problem, found: Answer, ax: Axes | None = None) -> Axes:
    """Draw `found`, valid or not, and return the axes; violated constraints are bold.

    Raises `InputError` if answers to the problem have no picture.
    """
    if isinstance(problem, TSP):
        return tour(problem, found, ax)
    if isinstance(problem, Queens):
        return board(problem, found, ax)
    if isinstance(problem, Sudoku):
        return grid(problem, found, ax)
    if not isinstance(problem, Colouring | MaxCut | Partition | IndependentSet | VertexCover):
        raise InputError(f"an answer to {problem.kind} has no picture")
    graph, of = problem.graph, np.asarray(found, dtype=np.int64)
    ends = of[graph.edges]
    alike: Mask = ends[:, 0] == ends[:, 1]
    if isinstance(problem, Colouring):
        left = int(alike.sum())
        conflicts = f", {left} edges in conflict" if left else ""
        title = f"{graph.name}, {len(np.unique(of))} colours{conflicts}"
        return vertices(graph, of, title, alike, ax, kinds=("edge", "in conflict"))
    if isinstance(problem, IndependentSet):
        inside = alike & (ends[:, 0] == 1)
        title, kinds = f"{graph.name}, set of {of.sum()}", ("edge", "edge within the set")
        return vertices(graph, of, title, inside, ax, ("out", "in"), kinds)
    if isinstance(problem, VertexCover):
        bare = alike & (ends[:, 0] == 0)
        title, kinds = f"{graph.name}, cover of {of.sum()}", ("edge", "edge not covered")
        return vertices(graph, of, title, bare, ax, ("out", "in"), kinds)
    weight = cut_weight(graph, of)
    title, kinds = f"{graph.name}, cut {weight:.10g}", ("edge within a side", "edge that is cut")
    return vertices(graph, of, title, ~alike, ax, ("side 0", "side 1"), kinds)
