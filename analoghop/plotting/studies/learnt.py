"""Pictures of learning: `memory_table`, `fault_curves`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_beside, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings


def memory_table(found: Findings) -> Figure:
    """Draw the share of correct completions of each memory, a group of bars for each damage."""
    methods, damages = found["methods"].tolist(), found["damages"].tolist()
    with style():
        figure = new_figure(8.0, 3.8)
        ax = figure.subplots()
        width = 0.8 / max(len(methods), 1)
        for k, name in enumerate(methods):
            share = found["correct"][k]
            bars = np.maximum([share - found["low"][k], found["high"][k] - share], 0.0)
            at = np.arange(len(damages)) + (k - 0.5 * (len(methods) - 1)) * width
            colour = PALETTE[k % len(PALETTE)]
            ax.bar(at, share, width, yerr=bars, color=colour, label=name, error_kw={"linewidth": 0.8})
        ax.set_xticks(np.arange(len(damages)), damages)
        ax.set(ylabel="share completed without a wrong bit", ylim=(0.0, 1.05))
        ax.grid(axis="x", visible=False)
        legend_beside(ax)
        ax.set_title(shortened(found.message, 100))
    return figure


def fault_curves(found: Findings) -> Figure:
    """Draw the shares recalled over the share of stuck couplings, learnt around the faults and not."""
    with style():
        figure = new_figure(6.8, 3.8)
        ax = figure.subplots()
        for name, label, colour in (
            ("pseudo_inverse", "pseudo-inverse, with the faults", PALETTE[2]),
            ("learnt", "learnt around the faults", PALETTE[1]),
        ):
            error = found[f"{name}_error"]
            ax.errorbar(
                found["fraction"], found[name], error, fmt="o-", color=colour, ms=4, capsize=3, label=label
            )
        ax.set(xlabel="share of couplings that are stuck", ylabel="patterns recalled", ylim=(-0.05, 1.1))
        legend_beside(ax)
        ax.set_title(shortened(found.message, 80))
    return figure
