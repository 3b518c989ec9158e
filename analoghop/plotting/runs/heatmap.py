"""`heatmap`: the outputs of many amplifiers over time as an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.plotting.runs.traces import traces
from analoghop.plotting.style import axes_for, colour_bar, shortened, style, time_axis, whole_numbers
from analoghop.solution import Solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.13  # inches that a name of 8 points needs
_COLUMNS = 1000


def heatmap(solution: Solution, ax: Axes | None = None) -> Axes:
    """Draw the outputs as rows over time with a colour bar, the first amplifier on top, and return the axes.

    The pixels are the recorded values if these are evenly spaced in time, else interpolated values.
    Raises `InputError` for a circuit without amplifiers.
    """
    chosen = traces(solution, "outputs")
    times, image = _evenly_spaced(solution.times, chosen.values)
    half = 0.5 * (times[-1] - times[0]) / max(len(times) - 1, 1) or 0.5
    n = len(image)
    with style():
        ax = axes_for(ax, 7.0, min(2.0 + _ROW * n, 4.5))
        extent = (times[0] - half, times[-1] + half, n + 0.5, 0.5)
        # Sharp rows if each has its own pixels; otherwise means of neighbouring rows, not a selection.
        smooth = "antialiased" if n > 0.5 * ax.bbox.height else "nearest"
        picture = ax.imshow(image, aspect="auto", extent=extent, cmap="cividis", interpolation=smooth)
        ax.grid(False)
        if n * _ROW <= ax.bbox.height / 100:
            ax.set_yticks(np.arange(1, n + 1), [shortened(name, 24) for name in chosen.names])
        else:
            whole_numbers(ax.yaxis)
            ax.set_ylabel("output number")
        time_axis(ax, times)
        colour_bar(picture, "output", "V")
    return ax


def _evenly_spaced(times: Array, values: Array) -> tuple[Array, Array]:
    """Return `values` (rows, k) on evenly spaced times, unchanged if `times` (k,) are evenly spaced."""
    steps = np.diff(times)
    if not len(steps) or (len(times) <= 2 * _COLUMNS and np.ptp(steps) <= 1e-6 * steps.max()):
        return times, values
    even = np.linspace(times[0], times[-1], _COLUMNS)
    return even, np.stack([np.interp(even, times, row) for row in values])
