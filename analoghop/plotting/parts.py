"""`energy_parts`: the parts of an anneal's energy over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.errors import InputError
from analoghop.optimise.trace import Trace
from analoghop.plotting.style import DASHES, PALETTE, axes_for, legend_beside, style, value_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def energy_parts(trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw the energy and its parts over time in time constants, and return the axes.

    The energy is that of the parameters of the moment; parts that are always 0 are left out. Raises
    `InputError` where the system has none.
    """
    if not trace.parts:
        raise InputError("this system has no energy to draw")
    times = trace.times / trace.tau
    parts = {name: values for name, values in trace.parts.items() if np.any(values)}
    total = np.sum(list(trace.parts.values()), axis=0)
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        ax.plot(times, total, color=PALETTE[0], linewidth=2.0, label="total", zorder=3)
        for k, (name, values) in enumerate(parts.items()):
            ax.plot(times, values, color=PALETTE[1 + k % 6], linestyle=DASHES[(1 + k) % 5], label=name)
        ax.set_ylim(*value_limits(np.concatenate([total, *parts.values()])))
        ax.set_xlim(float(times[0]), float(times[-1]))
        ax.set(xlabel="time (\N{GREEK SMALL LETTER TAU})", ylabel="energy")
        legend_beside(ax)
    return ax
