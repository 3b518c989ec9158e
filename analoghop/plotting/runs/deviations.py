"""`deviations`: the differences between two runs of one circuit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.plotting.style import (
    DASHES,
    PALETTE,
    axes_for,
    legend_beside,
    shortened,
    style,
    time_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 7
"""Number of drawn signals, those with the largest deviations."""


def deviations(
    times: Array, differences: Mapping[str, Array], ax: Axes | None = None, *, title: str = ""
) -> Axes:
    """Draw |`differences`| (points,), in volt, over `times` (s) on a logarithmic axis; return the axes.

    Only the 7 voltages that deviate most; there is a gap where the runs agree exactly.
    """
    from matplotlib.ticker import FuncFormatter

    sizes = {name: np.abs(values) for name, values in differences.items() if name.startswith("v(")}
    worst = sorted(sizes, key=lambda name: -sizes[name].max(initial=0.0))[:SHOWN]
    with style():
        ax = axes_for(ax, 7.0, 3.5)
        for k, name in enumerate(worst):
            shown = np.where(sizes[name] > 0, sizes[name], np.nan)
            look = {"color": PALETTE[k % len(PALETTE)], "linestyle": DASHES[k % len(DASHES)]}
            ax.plot(times, shown, label=shortened(name, 30), linewidth=1.0, **look)
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:.0e}"))
        ax.set_ylabel("deviation (V)")
        time_axis(ax, times)
        if worst:
            legend_beside(ax)
        ax.set_title(shortened(title, 100))
    return ax
