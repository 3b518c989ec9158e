"""`gain_counts`: the number of stable states over gain, and the spectrum of the couplings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, decades, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings


def gain_counts(found: Findings) -> Figure:
    """Draw the counts over gain with the critical gain marked, beside the eigenvalues of T x = lambda G x."""
    with style():
        figure = new_figure(9.0, 3.6)
        left, right = figure.subplots(1, 2)
        gain, critical = found["gain"], float(found["critical_gain"][0])
        left.plot(gain, found["minima"], "o-", color=PALETTE[1], ms=4, label="stable states")
        if np.isfinite(found["equilibria"]).any():
            left.plot(gain, found["equilibria"], "s--", color=PALETTE[2], ms=3, label="all equilibria")
        if np.isfinite(critical):
            left.axvline(critical, color="0.5", linestyle=":", label=f"critical gain {critical:.4g}")
        left.set(xlabel="gain", ylabel="number", xscale="log", yscale="log")
        decades(left.xaxis)
        decades(left.yaxis)
        left.legend()
        values = found["eigenvalues"]
        right.plot(values.real, values.imag, "o", color=PALETTE[3], ms=3)
        right.axvline(0.0, color="0.7", linewidth=0.8)
        right.set(xlabel="real part of lambda", ylabel="imaginary part", title="spectrum of the couplings")
        left.set_title(shortened(found.message, 70))
    return figure
