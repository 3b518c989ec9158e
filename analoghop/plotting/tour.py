"""`tour`: a round trip drawn through its cities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.plotting.style import PALETTE, axes_for, style
from analoghop.problems.tsp.instance import TSP

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NUMBERED = 30
"""Up to so many cities have their numbers beside them."""


def tour(problem: TSP, order: Sequence[int], ax: Axes | None = None) -> Axes:
    """Draw `order` (n cities, numbered from 0) on the instance's coordinates and return the axes.

    Geographical coordinates are drawn with the north on top. Raises `InputError` for an instance without
    coordinates and for an order that is no tour.
    """
    verdict = problem.verify(order)
    if not verdict.valid or verdict.cost is None:
        raise InputError("`order` is no tour: it cannot be drawn")
    xy = places(problem)
    with style():
        ax = axes_for(ax, 5.0, 5.0)
        closed = xy[[*order, order[0]]]
        ax.plot(closed[:, 0], closed[:, 1], color=PALETTE[1], linewidth=1.3, zorder=2)
        draw_cities(ax, xy)
        ax.set_title(f"{problem.name}: {length_text(verdict.cost, problem.best_known)}")
    return ax


def length_text(length: float, best: float | None) -> str:
    """Return the length with its gap to the best known: "length 7544, 0.03 % above the best known"."""
    text = f"length {length:.10g}" if length == int(length) else f"length {length:.6g}"
    if not best:
        return text
    above = 100.0 * (length / best - 1.0)
    if abs(above) < 5e-4:
        return f"{text}, the best known"
    return f"{text}, {abs(above):.2g} % {'above' if above > 0 else 'below'} the best known"


def places(problem: TSP) -> Array:
    """Return where the cities are drawn, (n, 2); raises `InputError` where the instance does not say."""
    if problem.coordinates is None:
        raise InputError(f"{problem.name} has no coordinates to draw a tour on")
    # Geographical files give the latitude first.
    return problem.coordinates[:, ::-1] if problem.edge_weight_type == "GEO" else problem.coordinates


def draw_cities(ax: Axes, xy: Array, *, numbered: bool = True) -> None:
    """Draw the cities, `numbered` where they are few, on axes without a frame."""
    n = len(xy)
    size = 22.0 if n <= 60 else 10.0 if n <= 250 else 4.0
    ax.scatter(xy[:, 0], xy[:, 1], s=size, color=PALETTE[0], zorder=3, linewidths=0)
    if numbered and n <= NUMBERED:
        for k, (x, y) in enumerate(xy.tolist()):
            ax.annotate(
                str(k), (x, y), (3, 3), textcoords="offset points", fontsize=7, color="0.35", zorder=4
            )
    ax.set_aspect("equal")
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    margin = 0.04 * np.maximum(np.ptp(xy, axis=0), 1e-12)
    (left, bottom), (right, top) = xy.min(axis=0) - margin, xy.max(axis=0) + margin
    ax.set(xlim=(left, right), ylim=(bottom, top))
