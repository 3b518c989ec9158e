"""`success`: the probability of at least one success as a function of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.intervals import wilson_interval
from analoghop.plotting.style import PALETTE, axes_for, legend_beside, style
from analoghop.problems.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CONFIDENCE = 0.99


def success(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the probability of at least one success after a time, and return the axes.

    Starts one after the other, each of the mean duration, succeed independently at the measured rate; the
    band is its 95 % interval. Raises `InputError` for a result without starts.
    """
    count = len(result.starts)
    if not count:
        raise InputError("there are no starts whose success could be drawn")
    rate = result.successes / count
    low, high = wilson_interval(result.successes, count)
    one = result.tau_per_start
    starts = np.arange(0, _needed(max(rate, low, 1e-3)) + 3)

    def seen(p: float) -> Array:
        return np.asarray(1.0 - (1.0 - p) ** starts)

    with style():
        ax = axes_for(ax, 7.0, 3.0)
        times, low_line, high_line = starts * one, seen(low), seen(high)
        band: Any = {"color": PALETTE[5], "alpha": 0.4, "linewidth": 0, "label": "95 % interval"}
        ax.fill_between(times, low_line, high_line, step="post", **band)
        ax.plot(times, seen(rate), color=PALETTE[1], drawstyle="steps-post", label="measured rate")
        ax.axhline(
            CONFIDENCE, color=PALETTE[0], linestyle=":", linewidth=1.0, label=f"{100 * CONFIDENCE:g} %"
        )
        ax.set(ylim=(0.0, 1.03), xlim=(0.0, float(times[-1])))
        ax.set(xlabel="time (\N{GREEK SMALL LETTER TAU}), starts one after the other")
        ax.set_ylabel("probability of a success")
        each = f"{one:.4g} \N{GREEK SMALL LETTER TAU} each"
        legend_beside(ax)
        ax.set_title(f"{result.successes} of {count} starts succeed, {each}")
    return ax


def _needed(rate: float) -> int:
    """Return the number of starts with at least one success at probability `CONFIDENCE`."""
    return 1 if rate >= CONFIDENCE else int(np.ceil(np.log(1 - CONFIDENCE) / np.log1p(-rate)))
