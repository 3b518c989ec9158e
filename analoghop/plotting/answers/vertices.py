"""`vertices`: a graph with its vertices coloured by group: colours, sides, or chosen ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Integers, Mask
from analoghop.formats.graphs.graph import Graph
from analoghop.plotting.answers.layout import places_of
from analoghop.plotting.style import PALETTE, axes_for, legend_beside, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWN = 200
"""Graphs with more vertices, or with more than `EDGES` edges, are drawn as a matrix."""
EDGES = 800
NUMBERED, SQUARES = 40, 150
HUES = PALETTE[5], PALETTE[2]
"""Colours of the unmarked and of the marked edges of a matrix."""


def hues(count: int) -> list[str]:
    """Return `count` colours, the first ones from the palette for colour-blind readers."""
    first = [*PALETTE[1:], "#8c6d31"]
    if count <= len(first):
        return first[:count]
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colormaps["turbo"](k / (count - 1))) for k in range(count)]


def vertices(
    graph: Graph,
    group: Sequence[int] | Integers,
    title: str,
    marked: Mask,
    ax: Axes | None = None,
    names: Sequence[str] = (),
    kinds: tuple[str, str] = ("edge", "marked edge"),
) -> Axes:
    """Draw the vertices of `graph` by their `group` (n, from 0), and return the axes.

    `marked` (m,) edges are drawn bold. Large graphs are drawn as the matrix of their edges, sorted by group,
    with marked edges in another colour. `names` are those of the groups, `kinds` those of the unmarked and
    the marked edges.
    """
    of = np.asarray(group)
    with style():
        ax = axes_for(ax, 5.5, 5.5)
        if graph.n > DRAWN or graph.m > EDGES:
            _matrix(graph, of, marked, ax)
            first = f"{names[0]} first" if names else "by colour"
            ax.set_xlabel(f"edges between vertices, sorted: {first}")
            shown = {
                name: hue for name, hue, has in zip(kinds, HUES, _kinds_present(marked), strict=True) if has
            }
            _legend(ax, shown, "s")
        else:
            _drawn(graph, of, marked, ax)
            _legend(ax, dict(zip(names, hues(len(names)), strict=True)), "o")
        ax.set_title(title)
    return ax


def _kinds_present(marked: Mask) -> tuple[bool, bool]:
    """Return whether there are unmarked edges, and whether there are marked ones."""
    return not marked.all(), bool(marked.any())


def _legend(ax: Axes, shown: dict[str, str], marker: str) -> None:
    from matplotlib.lines import Line2D

    if shown:
        legend_beside(
            ax,
            [
                Line2D([], [], marker=marker, linestyle="", color=hue, label=name)
                for name, hue in shown.items()
            ],
        )


def _drawn(graph: Graph, of: Integers, marked: Mask, ax: Axes) -> None:
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
    margin = 0.06 * max(float(np.ptp(xy, axis=0).max()), 1e-9)
    (left, bottom), (right, top) = xy.min(axis=0) - margin, xy.max(axis=0) + margin
    ax.set(xlim=(left, right), ylim=(bottom, top))


def _matrix(graph: Graph, of: Integers, marked: Mask, ax: Axes) -> None:
    order = np.argsort(of, kind="stable")
    place = np.empty(graph.n, dtype=np.int64)
    place[order] = np.arange(graph.n)
    i, j = place[graph.edges].T
    # Squares that nearly fill a cell of the matrix, or single pixels.
    look: Any = {"marker": "s", "markersize": 200.0 / graph.n, "markeredgewidth": 0.0}
    look = look if graph.n <= SQUARES else {"marker": ","}
    for shown, colour in zip((~marked, marked), HUES, strict=True):
        rows, columns = np.concatenate([i[shown], j[shown]]), np.concatenate([j[shown], i[shown]])
        ax.plot(columns, rows, linestyle="", color=colour, **look)
    for edge in np.flatnonzero(np.diff(of[order])) + 0.5:
        ax.axhline(edge, color="0.4", linewidth=0.5)
        ax.axvline(edge, color="0.4", linewidth=0.5)
    ax.set(xlim=(-0.5, graph.n - 0.5), ylim=(graph.n - 0.5, -0.5), aspect="equal")
    _bare(ax)


def _bare(ax: Axes) -> None:
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
