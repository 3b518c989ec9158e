"""Pictures of energy to solution: `energy_of_starts`, `cost_scan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, decades, label_axis, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings


def energy_of_starts(found: Findings) -> Figure:
    """Draw each start by the time at which its answer stands and its energy, those that succeed in colour."""
    with style():
        figure = new_figure(6.4, 3.8)
        ax = figure.subplots()
        target = float(found.record.get("target", np.inf))
        won = found["cut"] >= target - 1e-9 * max(1.0, abs(target))
        for mask, colour, label in ((~won, "0.6", "another cut"), (won, PALETTE[1], "the best cut")):
            ax.plot(found["stands"][mask], found["energy"][mask], "o", color=colour, ms=3, label=label)
        label_axis(ax.xaxis, "time at which the answer stands", "s")
        label_axis(ax.yaxis, "energy until then", "J")
        ax.legend()
        ax.set_title(shortened(found.message, 80))
    return figure


def cost_scan(found: Findings) -> Figure:
    """Draw success, time and energy at 99 % over the part that was varied, with their intervals."""
    with style():
        figure = new_figure(10.0, 3.4)
        axes = figure.subplots(1, 3)
        x = found["value"]
        for ax, name, label in zip(
            axes, ("success", "time99", "energy99"), ("success rate", "time (s)", "energy (J)"), strict=True
        ):
            y, low, high = found[name], found[f"{name}_low"], found[f"{name}_high"]
            fine = np.isfinite(y)
            high = np.where(np.isfinite(high), high, y)
            bars = np.maximum([y[fine] - low[fine], high[fine] - y[fine]], 0.0)
            ax.errorbar(x[fine], y[fine], bars, fmt="o-", color=PALETTE[1], ms=4, capsize=3)
            ax.set_xlabel(str(found.record.get("vary", "")))
            ax.set_ylabel(label if name == "success" else f"{label} at 99 %")
            if name != "success" and fine.any():
                ax.set_yscale("log")
                decades(ax.yaxis)
        axes[0].set_title(shortened(found.message, 60))
    return figure
