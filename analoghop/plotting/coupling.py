"""`coupling`: the picture of a system's coupling matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.plotting.style import axes_for, colour_bar, prefix, shortened, style, whole_numbers
from analoghop.solution import Solution
from analoghop.systems.base import CouplingTable, System

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED, WRITTEN, LARGEST = 16, 8, 4000
"""Largest numbers of rows with names, with values in the cells, and that can be drawn at all."""


def coupling(target: Solution | System, ax: Axes | None = None) -> Axes:
    """Draw the conductances from outputs (columns) to input nodes (rows) in siemens and return the axes.

    Blue is excitatory, red inhibitory, white zero; matrices of up to 8 amplifiers have their values in the
    cells. For a circuit that is not a `Network`, the entries are the currents of amplifiers into its states.
    Raises `InputError` for a system without a coupling or with more than 4000 rows.
    """
    system = target.system if isinstance(target, Solution) else target
    table = coupling_table(system)
    matrix = table.matrix.toarray()
    largest = float(np.abs(matrix).max(initial=0.0)) or 1.0
    few = max(matrix.shape) <= WRITTEN
    with style():
        ax = axes_for(ax, 5.0, 4.2)
        height, width = matrix.shape
        extent = (0.5, width + 0.5, height + 0.5, 0.5)
        picture = ax.imshow(matrix, cmap="RdBu", vmin=-largest, vmax=largest, extent=extent)
        ax.grid(False)
        ax.set(xlabel="from output", ylabel="to input", title=_title(system, matrix))
        _ticks(ax, table.inputs, table.outputs)
        colour_bar(picture, "conductance", "S")
        if few:
            factor, _ = prefix(largest)
            for (i, j), value in np.ndenumerate(matrix):
                shade = "white" if abs(value) > 0.6 * largest else "black"
                text = f"{value * factor:.3g}".replace("-", "\N{MINUS SIGN}")
                ax.text(j + 1, i + 1, text, ha="center", va="center", color=shade, fontsize=8)
    return ax


def coupling_table(system: System) -> CouplingTable:
    """Return the matrix of a system with its names; raises `InputError` where there is none to draw."""
    table = system.coupling
    if table is None or not system.n_outputs:
        raise InputError("this system has no coupling matrix to draw")
    if max(table.matrix.shape) > LARGEST:
        rows = table.matrix.shape[0]
        raise InputError(f"a coupling of {rows} rows is too large to draw; the limit is {LARGEST}")
    return table


def _title(system: System, matrix: Array) -> str:
    if system.network is None:
        return "currents of the amplifiers into the states"
    return "coupling, symmetric" if is_symmetric(matrix) else "coupling, not symmetric"


def is_symmetric(matrix: Array) -> bool:
    """Return whether a square matrix equals its transpose to 1e-9 of its largest entry."""
    gap = float(np.abs(matrix - matrix.T).max(initial=0.0))
    return gap <= 1e-9 * float(np.abs(matrix).max(initial=0.0))


def _ticks(ax: Axes, rows: tuple[str, ...], columns: tuple[str, ...]) -> None:
    for axis, names in ((ax.yaxis, rows), (ax.xaxis, columns)):
        if len(names) <= NAMED:
            axis.set_ticks(np.arange(len(names)) + 1, [shortened(name, 16) for name in names])
        else:
            whole_numbers(axis)
    if len(columns) <= NAMED and sum(map(len, columns)) > 30:
        ax.xaxis.set_tick_params(rotation=90)
