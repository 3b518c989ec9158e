"""`density`: the picture of a noise spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.plotting.style import DASHES, PALETTE, axes_for, decades, legend_beside, shortened, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def density(
    frequencies: Array,
    total: Array,
    parts: Mapping[str, Array],
    name: str,
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw the `total` density of the signal `name`, and `parts` of it, over `frequencies`; return the axes.

    Densities (k,) in V per root hertz, frequencies in Hz; both axes are logarithmic where nothing is zero.
    """
    with style():
        ax = axes_for(ax, 7.0, 3.5)
        for k, (label, values) in enumerate({"all": total, **parts}.items()):
            look = {"color": PALETTE[k % len(PALETTE)], "linestyle": DASHES[k % len(DASHES)]}
            ax.plot(frequencies, np.where(values > 0, values, np.nan), label=shortened(label, 30), **look)
        if len(frequencies) and frequencies.min() > 0:
            ax.set_xscale("log")
            decades(ax.xaxis)
        if np.nanmax(total, initial=0.0) > 0:
            ax.set_yscale("log")
            decades(ax.yaxis)
        ax.set_xlabel("frequency (Hz)")
        ax.set_ylabel(f"noise of {shortened(name, 30)} (V/\N{SQUARE ROOT}Hz)")
        legend_beside(ax)
        ax.set_title(shortened(title, 100))
    return ax
