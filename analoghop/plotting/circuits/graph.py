"""`coupling_graph`: how the amplifiers of a circuit act on each other, as a graph on a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.plotting.coupling import coupling_table, is_symmetric
from analoghop.plotting.style import axes_for, legend_beside, quantity, shortened, style
from analoghop.solution import Solution
from analoghop.systems.base import System

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED, MOST_EDGES = 40, 20_000
"""Largest number of amplifiers with names, and of couplings that are drawn: the strongest."""
_COLOURS = ("#0072b2", "#d55e00")
_BEND = 0.12  # of the distance of two amplifiers, by which the lines of the two directions bow apart


class Couplings(NamedTuple):
    """Amplifier `source` drives what amplifier `target` reads with `strength` siemens, arrays (k,)."""

    source: Integers
    target: Integers
    strength: Array
    mutual: bool


def coupling_graph(target: Solution | System, ax: Axes | None = None) -> Axes:
    """Draw the amplifiers on a circle and the conductances between them, and return the axes.

    Blue lines are excitatory, red ones inhibitory, and their width grows with the conductance. Where a
    coupling is not symmetric the two directions are two lines that bow to the left of their direction. Raises
    `InputError` for a system without a square coupling.
    """
    system = target.system if isinstance(target, Solution) else target
    table = coupling_table(system)
    size = table.matrix.shape[0]
    if table.matrix.shape[0] != table.matrix.shape[1]:
        raise InputError("the graph needs a state for each amplifier: draw `coupling` instead")
    edges = _edges(table.matrix.toarray())
    angle = 0.5 * np.pi - 2.0 * np.pi * np.arange(size) / size
    places = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    with style():
        ax = axes_for(ax, 6.0, 5.0)
        ax.set(aspect="equal", xlim=(-1.35, 1.35), ylim=(-1.3, 1.3))
        ax.set_axis_off()
        ax.set_title("couplings" if edges.mutual else "couplings, not symmetric")
        _lines(ax, edges, places)
        ax.plot(
            places[:, 0], places[:, 1], "o", color="black", markersize=max(2.0, 9.0 - size / 20), zorder=3
        )
        if size <= NAMED:
            for name, (x, y) in zip(table.outputs, places, strict=True):
                side = "center" if abs(x) < 0.1 else "left" if x > 0 else "right"
                ax.text(1.1 * x, 1.1 * y, shortened(name, 14), ha=side, va="center", fontsize=8)
    return ax


def _edges(matrix: Array) -> Couplings:
    """Return the couplings, of a symmetric matrix each pair once, and of too many the strongest."""
    target, source = np.nonzero(matrix * (1.0 - np.eye(len(matrix))))
    strength = matrix[target, source]
    mutual = is_symmetric(matrix)
    if mutual:
        once = source < target
        source, target, strength = source[once], target[once], strength[once]
    strongest = np.argsort(-np.abs(strength), kind="stable")[:MOST_EDGES]
    return Couplings(source[strongest], target[strongest], strength[strongest], mutual)


def _lines(ax: Axes, edges: Couplings, places: Array) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    largest = float(np.abs(edges.strength).max(initial=0.0))
    begin, end = places[edges.source], places[edges.target]
    along = end - begin
    bow = 0.0 if edges.mutual else _BEND
    s = np.linspace(0.0, 1.0, 2 if edges.mutual else 13)[:, None, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    curves = np.moveaxis(begin + s * along + 4.0 * bow * s * (1.0 - s) * across, 0, 1)
    handles = []
    few = min(1.0, 400.0 / max(len(edges.strength), 1))  # thousands of thick lines would be one blot
    for sign, colour, word in ((1.0, _COLOURS[0], "excitatory"), (-1.0, _COLOURS[1], "inhibitory")):
        chosen = sign * edges.strength > 0.0
        if not chosen.any():
            continue
        widths = 0.1 + 2.4 * few * np.abs(edges.strength[chosen]) / largest
        ax.add_collection(
            LineCollection(list(curves[chosen]), colors=colour, linewidths=widths, alpha=0.2 + 0.5 * few)
        )
        most = quantity(float(np.abs(edges.strength[chosen]).max()), "S")
        handles.append(Line2D([], [], color=colour, label=f"{word}, up to {most}"))
    if handles:
        legend_beside(ax, handles)
