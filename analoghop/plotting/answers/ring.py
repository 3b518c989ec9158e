"""`ring`: an elastic net among its cities, at several times of an anneal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.optimise.tracing import Trace
from analoghop.plotting.answers.assignment import MOMENTS, moment_text
from analoghop.plotting.answers.tour import draw_cities, places
from analoghop.plotting.figures import new_figure
from analoghop.plotting.film import moments
from analoghop.plotting.style import PALETTE, style
from analoghop.problems.tsp.instance import TSP

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure


DOTTED = 150
"""Largest number of nodes that are drawn as dots on the line."""


def ring(
    problem: TSP, trace: Trace, figure: Figure | SubFigure | None = None, *, count: int = MOMENTS
) -> Figure | SubFigure:
    """Draw the ring of `trace` among the cities at `count` times, and return the figure.

    The nodes move by equal amounts between these times. Raises `InputError` for the trace of a circuit that
    is not a ring.
    """
    if trace.ring is None:
        raise InputError("this circuit is no ring of nodes on a map")
    chosen = moments(trace.ring, count)
    with style():
        if figure is None:
            figure = new_figure(7.5, 2.7 * -(-len(chosen) // 3))
        columns = min(3, len(chosen))
        axes = figure.subplots(-(-len(chosen) // columns), columns, squeeze=False).ravel()
        for ax in axes[len(chosen) :]:
            ax.set_visible(False)
        for k, ax in zip(chosen, axes, strict=False):
            draw_ring(ax, problem, trace.ring[k])
            ax.set_title(moment_text(trace, k))
    return figure


def draw_ring(ax: Axes, problem: TSP, nodes: Array) -> None:
    """Draw one ring, nodes (m, 2) in the instance's coordinates, and the cities."""
    points = places(problem, nodes)
    closed = np.concatenate([points, points[:1]])
    marker = "." if len(points) <= DOTTED else ""
    ax.plot(
        closed[:, 0], closed[:, 1], color=PALETTE[1], linewidth=1.2, marker=marker, markersize=3.0, zorder=2
    )
    draw_cities(ax, places(problem), numbered=False)
