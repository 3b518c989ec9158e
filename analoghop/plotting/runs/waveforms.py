"""`waveforms`: the picture of signals over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.plotting.runs.traces import DrawnSignals, traces
from analoghop.plotting.style import (
    DASHES,
    PALETTE,
    axes_for,
    label_axis,
    legend_beside,
    shortened,
    style,
    time_axis,
    value_limits,
)
from analoghop.solution import Solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED = 10
"""Largest number of signals with a legend; more are coloured by their final values."""

_GROUPS = (("end high", "#e69f00"), ("end in the middle", "#999999"), ("end low", "#0072b2"))


def waveforms(
    solution: Solution,
    ax: Axes | None = None,
    *,
    signals: str | Sequence[str] | None = None,
    first: Sequence[str] = (),
) -> Axes:
    """Draw signals over time and return the axes (a new figure's where `ax` is None).

    `signals`: "outputs" of the amplifiers (the default), "inputs" (the voltages of the capacitors), a name or
    several, all voltages or all currents; `InputError` otherwise. Up to ten have a legend beside the axes, in
    the order in which `signals` names several, else the signals `first`, then the others in the order of
    their final values; more than ten are coloured by the upper, middle or lower third of the range of final
    values. The plotted data are in seconds, volt and ampere; the labels have SI prefixes.
    """
    chosen = traces(solution, signals)
    order = chosen.names if not isinstance(signals, str | None) else first
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        if len(chosen.names) <= NAMED:
            _draw_named(ax, solution.times, chosen, order)
        else:
            _draw_groups(ax, solution.times, chosen)
        ax.set_ylim(*value_limits(chosen.values))
        time_axis(ax, solution.times)
        label_axis(ax.yaxis, chosen.quantity, chosen.unit)
    return ax


def _draw_named(ax: Axes, times: Array, chosen: DrawnSignals, first: Sequence[str]) -> None:
    """Draw the signals; the legend names those of `first`, then the others by their final values."""
    handles = []
    for k, (name, trace) in enumerate(zip(chosen.names, chosen.values, strict=True)):
        colour, dash = PALETTE[k % len(PALETTE)], DASHES[k % len(DASHES)]
        handles += ax.plot(times, trace, color=colour, linestyle=dash, label=shortened(name, 24))
    low, high = value_limits(chosen.values)
    # Signals with equal final values keep their order.
    last = np.round(np.nan_to_num(chosen.values[:, -1]) / (high - low), 2)
    places = {name: k for k, name in enumerate(first)}
    ranks = [(places.get(name, len(places)), -value) for name, value in zip(chosen.names, last, strict=True)]
    legend_beside(ax, [handles[k] for k in sorted(range(len(handles)), key=ranks.__getitem__)])


def _draw_groups(ax: Axes, times: Array, chosen: DrawnSignals) -> None:
    last = np.nan_to_num(chosen.values[:, -1])
    group = _thirds(last, 0.05 * np.ptp(value_limits(chosen.values)))
    handles = []
    for k, (what, colour) in enumerate(_GROUPS):
        members = np.flatnonzero(group == k)
        if len(members):
            lines = ax.plot(times, chosen.values[members].T, color=colour, linewidth=0.8, alpha=0.7)
            lines[0].set_label(f"{len(members)} {what}")
            handles.append(lines[0])
    ax.set_title(f"{len(chosen.names)} {chosen.quantity}s")
    legend_beside(ax, handles)


def _thirds(last: Array, least: float) -> Array:
    """Return 0, 1, 2 for the upper, middle and lower third of the values; 1 for a range below `least`."""
    low, high = last.min(), last.max()
    if high - low < least:
        return np.ones(len(last))
    return np.digitize(last, [high - (high - low) / 3, low + (high - low) / 3]).astype(np.float64)
