"""`delays`, `growth`: swinging against delay, and the growth of disturbances against gain with poles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, label_axis, legend_beside, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings


def delays(found: Findings) -> Figure:
    """Draw the swing of each start over the delay, with the thresholds of the formulas and of bisection."""
    with style():
        figure = new_figure(7.5, 3.8)
        ax = figure.subplots()
        at = found["delay"]
        for column in found["swing"].T:
            ax.plot(at, column, "o", color=PALETTE[1], ms=3, alpha=0.6)
        if len(at):
            ax.plot(at, found["swing"].mean(axis=1), color=PALETTE[1], label="mean swing of the outputs")
        names = ("middle unstable (formula)", "swinging goes on (formula)")
        for value, name, colour in zip(found["thresholds"], names, PALETTE[2:4], strict=True):
            if len(at) and 0 < value <= 1.5 * at.max():
                ax.axvline(value, color=colour, linestyle="--", label=name)
        for fact in found.facts:
            ax.axvline(fact.value, color=PALETTE[0], linestyle=":", label="measured")
        label_axis(ax.xaxis, "delay", "s")
        label_axis(ax.yaxis, "swing at the end", "V")
        legend_beside(ax)
        ax.set_title(shortened(found.message, 100))
    return figure


def growth(found: Findings) -> Figure:
    """Draw the growth rate of the fastest disturbance over the gain, with the gain at which it is zero."""
    with style():
        figure = new_figure(7.0, 3.6)
        ax = figure.subplots()
        ax.plot(found["gain"], found["growth"], color=PALETTE[1], label="fastest disturbance")
        ax.axhline(0.0, color="0.6", linewidth=0.8)
        if np.isfinite(found["threshold"][0]):
            ax.axvline(found["threshold"][0], color=PALETTE[0], linestyle=":", label="begins to swing")
        for fact in found.facts:
            ax.axvline(fact.expected, color=PALETTE[2], linestyle="--", linewidth=0.8, label="formula")
        ax.set_xlabel("gain")
        ax.set_ylabel("growth (1/s)")
        legend_beside(ax)
        ax.set_title(shortened(found.message, 100))
    return figure
