"""`solved`: one figure of the results on an instance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analoghop.optimise.tracing import Trace
from analoghop.plotting.answers.answer import answer, has_picture
from analoghop.plotting.answers.assignment import assignment
from analoghop.plotting.answers.costs import costs
from analoghop.plotting.answers.course import cost_over_time, outputs
from analoghop.plotting.answers.parts import energy_parts
from analoghop.plotting.answers.ring import ring
from analoghop.plotting.answers.success import success
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import shortened, style
from analoghop.problems.base import Answer, Problem
from analoghop.problems.result import Result, best_answer
from analoghop.problems.tsp.instance import TSP

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

Draw = Callable[["SubFigure"], object]
PAD = 0.08
"""Margins around and between panels, in inches."""
SQUARES = ("tsp", "qap")
"""Problems whose outputs are squares of rows and columns."""


def solved(problem: Problem, result: Result, trace: Trace | None = None) -> Figure:
    """Return a figure of the best answer, the costs of all starts and, with `trace`, an anneal.

    Panels without data are left out: the tour of an instance without coordinates, the energy of a system that
    has none, costs without a valid answer. If no start is valid, the answer closest to a valid one is drawn.
    """
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    parts = _permutations if problem.kind in SQUARES else _others
    columns = [drawings for drawings in parts(problem, result, trace) if drawings]
    with style():
        layout = ConstrainedLayoutEngine(w_pad=PAD, h_pad=PAD)
        figure = new_figure(13.0, 7.5, layout=layout)
        figure.suptitle(shortened(f"{problem.kind}: {problem.name}, {result.formulation}", 120))
        if not columns:
            figure.text(0.5, 0.5, "no start is valid, and there is nothing to draw", ha="center")
            return figure
        for drawings, column in zip(columns, _split(figure, len(columns), across=True), strict=True):
            for draw, field in zip(drawings, _split(column, len(drawings), across=False), strict=True):
                draw(field)
    return figure


def _permutations(problem: Problem, result: Result, trace: Trace | None) -> tuple[list[Draw], list[Draw]]:
    """Return the panels on the left (tour and square) and on the right (costs and energy)."""
    left: list[Draw] = []
    right: list[Draw] = []
    origin, best = best_answer(result)
    if has_picture(problem) and best is not None:
        left.append(lambda field: _best(problem, origin, best, field.subplots()))
    if trace is not None and trace.ring is not None:
        assert isinstance(problem, TSP), "rings run among cities"
        left.append(lambda field: ring(problem, trace, field, count=3))
    elif trace is not None and round(len(trace.outputs) ** 0.5) ** 2 == len(trace.outputs):
        order: Sequence[int] | None = result.answer if isinstance(problem, TSP) else None
        names = ("location", "facility") if problem.kind == "qap" else ("city", "position")
        left.append(lambda field: assignment(trace, field, order=order, count=3, names=names))
    if result.costs:
        right.append(lambda field: costs(result, field.subplots()))
    if trace is not None and trace.parts:
        right.append(lambda field: _energy(trace, field.subplots()))
    return left, right


def _best(problem: Problem, origin: str, best: Answer, ax: Axes) -> None:
    answer(problem, best, ax)
    ax.set_title(f"{ax.get_title(loc='left')}, after one {origin}")


def _energy(trace: Trace, ax: Axes) -> None:
    energy_parts(trace, ax, stretched=True)
    ax.set_title("energy with the parameters of each moment")


def _others(problem: Problem, result: Result, trace: Trace | None) -> tuple[list[Draw], list[Draw]]:
    """Return the panels on the left (answer and starts) and on the right (anneal)."""
    left: list[Draw] = []
    right: list[Draw] = []
    shown = result.best or result.closest
    if has_picture(problem) and shown is not None:
        left.append(lambda field: answer(problem, shown.answer, field.subplots()))
    if len(set(result.costs)) > 1 or (result.costs and not result.successes):
        left.append(lambda field: costs(result, field.subplots()))
    elif result.starts:
        left.append(lambda field: success(result, field.subplots()))
    if trace is not None:
        right.append(lambda field: _anneal(problem, trace, field))
    return left, right


def _anneal(problem: Problem, trace: Trace, field: SubFigure) -> None:
    """Draw the course of one anneal: outputs, cost and energy over a common time."""
    panels: list[Callable[[Axes], object]] = [lambda ax: outputs(trace, ax)]
    if any(found is not None and problem.verify(found).cost is not None for found in trace.answers):
        panels.append(lambda ax: cost_over_time(problem, trace, ax))
    if trace.parts:
        panels.append(lambda ax: energy_parts(trace, ax))
    stack = list(field.subplots(len(panels), 1, sharex=True, squeeze=False).flat)
    for draw, ax in zip(panels, stack, strict=True):
        draw(ax)
        ax.label_outer()
    stack[0].set_title("one anneal")


def _split(figure: Figure | SubFigure, count: int, *, across: bool) -> list[SubFigure]:
    rows, columns = (1, count) if across else (count, 1)
    ratios = None if across or count != 2 else [3, 2]
    return list(figure.subfigures(rows, columns, squeeze=False, height_ratios=ratios).flat)
