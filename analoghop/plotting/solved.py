"""`solved`: one figure of what came of a travelling salesman's instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analoghop.optimise.trace import Trace
from analoghop.plotting.assignment import assignment
from analoghop.plotting.costs import costs
from analoghop.plotting.parts import energy_parts
from analoghop.plotting.style import style
from analoghop.plotting.tour import tour
from analoghop.problems.base import Problem
from analoghop.problems.result import Result
from analoghop.problems.tsp.instance import TSP

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure


def solved(problem: Problem, result: Result, trace: Trace | None = None) -> Figure:
    """Return a figure of the best raw tour, the costs of all starts and, with `trace`, an anneal.

    What does not exist is left out: the tour of an instance without coordinates, the energy of a system that
    has none, costs where nothing is valid.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    mapped = isinstance(problem, TSP) and problem.coordinates is not None and result.answer is not None
    square = trace is not None and round(len(trace.outputs) ** 0.5) ** 2 == len(trace.outputs)
    energetic = trace is not None and bool(trace.parts)
    left = [name for name, there in (("tour", mapped), ("square", square)) if there]
    right = [name for name, there in (("costs", bool(result.costs)), ("energy", energetic)) if there]
    with style():
        figure = Figure(figsize=(13.0, 7.5), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        columns = [names for names in (left, right) if names]
        if not columns:
            figure.text(0.5, 0.5, "no start is valid, and there is nothing to draw", ha="center")
            return figure
        for names, column in zip(columns, _split(figure, len(columns), across=True), strict=True):
            for name, field in zip(names, _split(column, len(names), across=False), strict=True):
                if name == "tour":
                    assert isinstance(problem, TSP)
                    tour(problem, result.answer or (), field.subplots())
                elif name == "square":
                    assert trace is not None
                    assignment(
                        trace, field, order=result.answer if isinstance(problem, TSP) else None, count=3
                    )
                elif name == "costs":
                    costs(result, field.subplots())
                else:
                    assert trace is not None
                    energy_parts(trace, field.subplots())
    return figure


def _split(figure: Figure | SubFigure, count: int, *, across: bool) -> list[SubFigure]:
    rows, columns = (1, count) if across else (count, 1)
    ratios = None if across or count == 1 else [3, 2]
    return list(figure.subfigures(rows, columns, squeeze=False, height_ratios=ratios).flat)
