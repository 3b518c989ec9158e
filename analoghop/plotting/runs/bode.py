"""`bode`: the picture of a small-signal response, decibels above degrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.plotting.style import DASHES, PALETTE, decades, legend_beside, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class PhasorCurve(NamedTuple):
    """A signal's magnitude in decibels and phase in degrees, both (k,)."""

    label: str
    db: Array
    degrees: Array


def bode(frequencies: Array, curves: Sequence[PhasorCurve], title: str = "") -> Figure:
    """Return a figure of `curves` over `frequencies` (k,) in Hz, on a logarithmic axis unless one is 0."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(7.0, 5.0), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        top, bottom = figure.subplots(2, 1, sharex=True)
        for k, curve in enumerate(curves):
            look = {"color": PALETTE[k % len(PALETTE)], "linestyle": DASHES[k % len(DASHES)]}
            shown = np.where(np.isfinite(curve.db), curve.db, np.nan)
            top.plot(frequencies, shown, label=shortened(curve.label, 30), **look)
            bottom.plot(frequencies, curve.degrees, **look)
        if len(frequencies) and frequencies.min() > 0:
            bottom.set_xscale("log")
            decades(bottom.xaxis)
        top.set_ylabel("magnitude (dB)")
        bottom.set_ylabel("phase (degrees)")
        bottom.set_xlabel("frequency (Hz)")
        if curves:
            legend_beside(top)
        top.set_title(shortened(title, 100))
    return figure
