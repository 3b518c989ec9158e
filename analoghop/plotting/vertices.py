"""`vertices`: a graph whose vertices have colours, sides, or are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analoghop.formats.graph import Graph
from analoghop.plotting.layout import places_of
from analoghop.plotting.style import PALETTE, axes_for, legend_beside, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWN = 200
"""Graphs with more vertices, or with more than `EDGES` edges, are drawn as a matrix."""
EDGES = 600
NUMBERED = 40


def hues(count: int) -> list[str]:
    """Return `count` colours: those that colour-blind readers tell apart, as far as they reach."""
    first = [*PALETTE[1:], "#8c6d31"]
    if count <= len(first):
        return first[:count]
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colormaps["turbo"](k / (count - 1))) for k in range(count)]


def vertices(
    graph: Graph,
    group: Sequence[int] | NDArray[np.int64],
    title: str,
    marked: NDArray[np.bool_],
    ax: Axes | None = None,
    names: Sequence[str] = (),
) -> Axes:
    """Draw the vertices of `graph` by their `group` (n, from 0), and return the axes.

    `marked` (m,) edges are drawn bold. Large graphs are drawn as the matrix of their edges, sorted by group:
    marked edges stand out in it. `names` are those of the groups.
    """
    of = np.asarray(group)
    with style():
        ax = axes_for(ax, 5.5, 5.5)
        if graph.n > DRAWN or graph.m > EDGES:
            _matrix(graph, of, marked, ax)
        else:
            _drawn(graph, of, marked, ax)
        ax.set_title(title)
        if names:
            from matplotlib.lines import Line2D

            marks = [
                Line2D([], [], marker="o", linestyle="", color=colour, label=name)
                for colour, name in zip(hues(len(names)), names, strict=True)
            ]
            legend_beside(ax, marks)
    return ax


def _drawn(graph: Graph, of: NDArray[np.int64], marked: NDArray[np.bool_], ax: Axes) -> None:
    from matplotlib.collections import LineCollection

    xy = places_of(graph)
    segments = xy[graph.edges]
    ax.add_collection(LineCollection(list(segments[~marked]), colors="0.8", linewidths=0.7, zorder=1))
    width = 1.8 if marked.sum() <= graph.n else 1.0
    ax.add_collection(LineCollection(list(segments[marked]), colors="0.25", linewidths=width, zorder=2))
    colours = hues(int(of.max()) + 1)
    size = 150.0 if graph.n <= NUMBERED else 40.0
    ax.scatter(
        xy[:, 0], xy[:, 1], s=size, c=[colours[k] for k in of], zorder=3, linewidths=0.6, edgecolors="white"
    )
    if graph.n <= NUMBERED:
        for k, (x, y) in enumerate(xy.tolist()):
            ax.annotate(str(k), (x, y), ha="center", va="center", fontsize=7, color="white", zorder=4)
    ax.set_aspect("equal")
    _bare(ax)
    margin = 0.06 * np.maximum(np.ptp(xy, axis=0), 1e-9)
    (left, bottom), (right, top) = xy.min(axis=0) - margin, xy.max(axis=0) + margin
    ax.set(xlim=(left, right), ylim=(bottom, top))


def _matrix(graph: Graph, of: NDArray[np.int64], marked: NDArray[np.bool_], ax: Axes) -> None:
    order = np.argsort(of, kind="stable")
    place = np.empty(graph.n, dtype=np.int64)
    place[order] = np.arange(graph.n)
    i, j = place[graph.edges].T
    size = max(0.3, min(4.0, 250.0 / graph.n))
    for shown, colour in ((~marked, PALETTE[5]), (marked, PALETTE[2])):
        rows, columns = np.concatenate([i[shown], j[shown]]), np.concatenate([j[shown], i[shown]])
        ax.plot(columns, rows, linestyle="", marker=",", color=colour, markersize=size)
    for edge in np.flatnonzero(np.diff(of[order])) + 0.5:
        ax.axhline(edge, color="0.4", linewidth=0.5)
        ax.axvline(edge, color="0.4", linewidth=0.5)
    ax.set(xlim=(-0.5, graph.n - 0.5), ylim=(graph.n - 0.5, -0.5), aspect="equal")
    _bare(ax)
    ax.set_xlabel("edges, vertices sorted by group")


def _bare(ax: Axes) -> None:
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
