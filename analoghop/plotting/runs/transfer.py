"""`transfer`: the picture of a transfer curve with its ways there and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.plotting.style import (
    PALETTE,
    axes_for,
    label_axis,
    legend_beside,
    shortened,
    style,
    value_limits,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Branches(NamedTuple):
    """A signal on the way there and on the way back, both (k,) in the order of the swept values."""

    label: str
    forward: Array
    backward: Array


def transfer(
    values: Array,
    curves: Sequence[Branches],
    name: str,
    unit: str,
    of_curves: str,
    folds: Sequence[float] = (),
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """Draw `curves`, in `of_curves` (V or A), over `values` of the quantity `name` in `unit`.

    The way there is a full line, the way back a dashed one, where it differs; a fold is a dotted vertical.
    Returns the axes.
    """
    with style():
        ax = axes_for(ax, 7.0, 3.5)
        handles = []
        for k, curve in enumerate(curves):
            colour = PALETTE[k % len(PALETTE)]
            handles += ax.plot(values, curve.forward, color=colour, label=shortened(curve.label, 30))
            size = np.nanmax(np.abs(curve.forward), initial=0.0)
            if (np.abs(curve.forward - curve.backward) > 1e-9 * size).any():
                ax.plot(values, curve.backward, color=colour, linestyle="--")
        for value in dict.fromkeys(folds):
            ax.axvline(value, color="0.6", linestyle=":", linewidth=1.0)
        both = [np.concatenate([curve.forward, curve.backward]) for curve in curves]
        ax.set_ylim(*value_limits(np.concatenate(both) if both else np.zeros(0)))
        label_axis(ax.xaxis, name, unit)
        label_axis(ax.yaxis, "current" if of_curves == "A" else "voltage", of_curves)
        legend_beside(ax, handles)
        ax.set_title(shortened(title, 100))
    return ax
