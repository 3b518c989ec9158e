"""`basin_plane`: the basins of attraction in a plane of states, shaded by the time to settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_beside, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings

_NAMED = 8  # attractors in the legend


def basin_plane(found: Findings) -> Figure:
    """Draw each start of a plane in the colour of its attractor, darker where it settles later."""
    import matplotlib.colors
    from matplotlib.patches import Patch

    label, settling = found["label"], found["settling"]
    colours = np.array([matplotlib.colors.to_rgb(c) for c in (*PALETTE[1:], "#f0e442", "#999999")])
    image = np.where(label[..., None] >= 0, colours[label % len(colours)], 1.0)
    if np.isfinite(settling).any():
        late = np.nan_to_num(settling / np.nanmax(settling))
        image = image * (1.0 - 0.5 * late[..., None])
    x, y = found["x"], found["y"]
    with style():
        figure = new_figure(6.6, 4.6)
        ax = figure.subplots()
        extent = (float(x[0]), float(x[-1]), float(y[0]), float(y[-1]))
        ax.imshow(image, origin="lower", extent=extent, aspect="auto", interpolation="nearest")
        ax.grid(False)
        places = found["places"]
        ax.plot(places[:, 0], places[:, 1], "o", color="white", markeredgecolor="black", ms=6)
        for number, (a, b) in enumerate(places, 1):
            ax.annotate(str(number), (a, b), xytext=(5, 5), textcoords="offset points", fontsize=8)
        shares = found["share"]
        handles = [
            Patch(color=colours[k % len(colours)], label=f"attractor {k + 1}: {share:.1%}")
            for k, share in enumerate(shares[:_NAMED])
        ]
        legend_beside(ax, handles)
        ax.set(xlabel="first axis (input scales)", ylabel="second axis (input scales)")
        ax.set_title(shortened(found.message, 90))
    return figure
