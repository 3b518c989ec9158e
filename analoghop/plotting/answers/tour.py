"""`tour`: the picture of a tour through its cities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.plotting.style import PALETTE, axes_for, style
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.plane import Plane, degrees

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NUMBERED = 30
"""Largest number of cities that are drawn with their numbers."""
NUMBER = 8.0
"""Distance from a city to the centre of its number, in points."""
SIDES, ROOM, SPAN = 16, 7.0, 280.0
"""Candidate directions of numbers; their size in points; the picture's longest side in points."""


def tour(problem: TSP, order: Sequence[int], ax: Axes | None = None) -> Axes:
    """Draw `order` (n cities, numbered from 0) on the instance's coordinates and return the axes.

    Geographical coordinates are drawn as a map, see `places`. Raises `InputError` for an instance without
    coordinates and for an order that is not a tour.
    """
    verdict = problem.verify(order)
    if not verdict.valid or verdict.cost is None:
        raise InputError("`order` is not a tour: it cannot be drawn")
    xy = places(problem)
    with style():
        ax = axes_for(ax, 5.0, 5.0)
        closed = xy[[*order, order[0]]]
        ax.plot(closed[:, 0], closed[:, 1], color=PALETTE[1], linewidth=1.3, zorder=2)
        draw_cities(ax, xy, order)
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
    percent = f"{abs(above):.2g}" if abs(above) < 10 else f"{abs(above):.0f}"
    return f"{text}, {percent} % {'above' if above > 0 else 'below'} the best known"


def places(problem: TSP, points: Array | None = None) -> Array:
    """Return the positions of `points` (..., 2), by default the cities, in a picture with north on top.

    Geographical positions are in degrees, a degree of longitude scaled as at the middle latitude. Raises
    `InputError` if the instance has no coordinates.
    """
    if problem.coordinates is None:
        raise InputError(f"{problem.name} has no coordinates to draw a tour on")
    points = problem.coordinates if points is None else points
    if problem.edge_weight_type != "GEO":
        return points
    plane = Plane.of(problem)
    return np.asarray((degrees(points) * np.array([1.0, plane.shrink]))[..., ::-1])


def draw_cities(ax: Axes, xy: Array, order: Sequence[int] = (), *, numbered: bool = True) -> None:
    """Draw the cities, with numbers if they are few and `numbered`, on axes without a frame.

    The numbers are placed away from the tour `order`.
    """
    n = len(xy)
    size = 22.0 if n <= 60 else 10.0 if n <= 250 else 4.0
    ax.scatter(xy[:, 0], xy[:, 1], s=size, color=PALETTE[0], zorder=3, linewidths=0)
    if numbered and n <= NUMBERED:
        for k, ((x, y), away) in enumerate(zip(xy.tolist(), _free_sides(xy, order), strict=True)):
            ax.annotate(
                str(k),
                (x, y),
                tuple(NUMBER * away),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=7,
                color="0.35",
                zorder=4,
            )
    ax.set_aspect("equal")
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    margin = 0.04 * np.maximum(np.ptp(xy, axis=0), 1e-12)
    (left, bottom), (right, top) = xy.min(axis=0) - margin, xy.max(axis=0) + margin
    ax.set(xlim=(left, right), ylim=(bottom, top))


def _free_sides(xy: Array, order: Sequence[int]) -> list[Array]:
    """Return for each city the direction (2,) farthest from the tour, other cities and their numbers."""
    angles = np.pi / 4 + 2.0 * np.pi * np.arange(SIDES) / SIDES
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    point = max(float(np.ptp(xy, axis=0).max()), 1e-12) / SPAN
    along = np.asarray(order, dtype=np.intp)
    first = np.concatenate([xy, xy[along]])
    last = np.concatenate([xy, xy[np.roll(along, -1)]])
    chosen = []
    for city in xy:
        spots = city + NUMBER * point * directions
        distance = _to_lines(spots, first, last) / point
        crowded = np.exp(-((distance / ROOM) ** 2)).sum(axis=1)
        best = int(np.argmin(np.round(crowded, 6)))
        chosen.append(directions[best])
        first, last = np.vstack([first, spots[best]]), np.vstack([last, spots[best]])
    return chosen


def _to_lines(points: Array, first: Array, last: Array) -> Array:
    """Return the distances (points, lines) of points from the lines between `first` and `last` (lines, 2)."""
    along = last - first
    squared = np.maximum(np.sum(along**2, axis=1), 1e-300)
    share = np.sum((points[:, None] - first) * along, axis=-1) / squared
    nearest = first + np.clip(share, 0.0, 1.0)[..., None] * along
    return np.asarray(np.linalg.norm(points[:, None] - nearest, axis=-1))
