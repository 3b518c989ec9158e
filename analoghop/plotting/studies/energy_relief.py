"""`energy_relief`: the energy of two amplifiers over their outputs, as a surface and as contours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings

_LEVELS = 22


def energy_relief(found: Findings) -> Figure:
    """Draw the surface in three dimensions beside its contours, with the minima and saddles."""
    v1, v2, energy = found["v1"], found["v2"], found["energy"]
    with style():
        figure = new_figure(10.0, 4.4)
        relief: Any = figure.add_subplot(1, 2, 1, projection="3d")
        X, Y = np.meshgrid(v1, v2)
        relief.plot_surface(X, Y, energy, cmap="cividis", linewidth=0, antialiased=True, rcount=60, ccount=60)
        relief.set(xlabel="v1 (V)", ylabel="v2 (V)", zlabel="energy (W)")
        relief.view_init(elev=32, azim=-60)
        ax = figure.add_subplot(1, 2, 2)
        # Levels at equal shares of the surface show the flat middle as well as the steep rims.
        levels = np.unique(np.quantile(energy, np.linspace(0.0, 1.0, _LEVELS)))
        ax.contour(X, Y, energy, levels=levels, cmap="cividis", linewidths=0.8)
        marks = ((0, "o", "minimum"), (1, "X", "saddle"), (2, "^", "maximum"))
        for index, mark, name in marks:
            own = found["points"][found["indices"] == index]
            if len(own):
                ax.plot(own[:, 0], own[:, 1], mark, color=PALETTE[2], ms=6, label=name, linestyle="none")
        ax.set(xlabel="v1 (V)", ylabel="v2 (V)", aspect="equal")
        ax.grid(False)
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        ax.set_title(shortened(found.message, 60))
    return figure
