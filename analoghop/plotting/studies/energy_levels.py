"""`energy_levels`: the equilibria of a circuit by index, at the heights of their energies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, shortened, style, whole_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings


def energy_levels(found: Findings) -> Figure:
    """Draw each equilibrium as a level: its energy, else its rightmost eigenvalue, over its index."""
    with style():
        figure = new_figure(6.0, 4.0)
        ax = figure.subplots()
        energy = "energies" in found
        heights = found["energies"] if energy else found["eigenvalues"][:, 0].real
        for index in np.unique(found["indices"]):
            own = heights[found["indices"] == index]
            colour = PALETTE[1] if index == 0 else PALETTE[2]
            ax.hlines(own, index - 0.3, index + 0.3, color=colour, linewidth=1.4)
            ax.annotate(str(len(own)), (index + 0.33, float(own.max())), fontsize=8, va="center", color="0.4")
        whole_numbers(ax.xaxis)
        ax.set_xlabel("index: number of unstable directions (0: stable)")
        ax.set_ylabel("energy (W)" if energy else "rightmost eigenvalue (1/s)")
        ax.set_title(shortened(found.message, 90))
    return figure
