"""`energy_parts`: the parts of an anneal's energy over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.optimise.tracing import Trace
from analoghop.plotting.style import DASHES, PALETTE, axes_for, legend_beside, style, value_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


EARLY, SETTLED = 0.05, 0.99
"""Share of the time, and of the energy's total variation in it, from which the time axis is logarithmic."""


def energy_parts(trace: Trace, ax: Axes | None = None, *, stretched: bool = False) -> Axes:
    """Draw the energy and its parts over time in time constants, and return the axes.

    The energy is computed with the parameters at each time; parts that are always 0 are left out. With
    `stretched` the time axis is logarithmic if nearly all changes happen in the first 5 % of the time. Raises
    `InputError` if the system has no energy.
    """
    from matplotlib.ticker import FuncFormatter, NullFormatter

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
        first = 0
        if stretched and _early(times, total):
            ax.set_xscale("log")
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            ax.xaxis.set_minor_formatter(NullFormatter())
            first = int(np.argmax(times > 0))
        ax.set_xlim(float(times[first]), float(times[-1]))
        ax.set(xlabel="time (\N{GREEK SMALL LETTER TAU})", ylabel="energy")
        legend_beside(ax)
    return ax


def _early(times: Array, energy: Array) -> bool:
    path = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(energy)))])
    return bool(times[np.searchsorted(path, SETTLED * path[-1])] < times[0] + EARLY * (times[-1] - times[0]))
