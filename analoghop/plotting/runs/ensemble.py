"""Pictures of many runs: final energies, settling times, and the basins of attractors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.ensembles import Attractors, EnsembleSolution
from analoghop.errors import InputError
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import (
    PALETTE,
    axes_for,
    label_axis,
    legend_beside,
    quantity,
    shortened,
    style,
    value_limits,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 12
"""Largest number of attractors with their own bars."""

_OTHERS = "0.75"  # the grey of all attractors without their own colour
_BINS = 61  # odd: equal values are in the bar in the middle
_FLAT = 0.02  # smallest width of a histogram, as a share of the largest value
_FAR = 2.0  # final states are marked within so many widths of the starts
_POINTS = 20_000  # largest number of drawn starts: more would hide each other


def _colour(number: int) -> str:
    """Return the colour of an attractor; black is only for lines."""
    return PALETTE[number + 1] if 0 <= number < len(PALETTE) - 1 else _OTHERS


def final_energies(
    run: EnsembleSolution, ax: Axes | None = None, *, attractors: Attractors | None = None
) -> Axes:
    """Draw the histogram of the final energies (W), coloured by attractor, and return the axes.

    `attractors` are those of the run by default. Raises `InputError` if the system has no energy.
    """
    if run.energies is None:
        raise InputError(f"there are no energies to draw: {run.system.theorem.reason}")
    found = run.attractors() if attractors is None else attractors
    known = np.isfinite(run.energies)
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        _stacked(ax, run.energies[known], found.labels[known])
        label_axis(ax.xaxis, "energy at the end", "W")
    return ax


def settling_times(
    run: EnsembleSolution, ax: Axes | None = None, *, attractors: Attractors | None = None
) -> Axes:
    """Draw the histogram of the settling times (s), coloured by attractor, and return the axes."""
    found = run.attractors() if attractors is None else attractors
    settled = ~np.isnan(run.settled_at)
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        _stacked(ax, run.settled_at[settled], found.labels[settled])
        label_axis(ax.xaxis, "settling time", "s")
    return ax


def _stacked(ax: Axes, values: Array, labels: Integers) -> None:
    """Draw a histogram whose bars are stacked by attractor, with rare attractors together."""
    low, high = value_limits(values)
    # Rounding and incomplete settling are not a distribution.
    least = _FLAT * float(np.abs(values).max(initial=0.0))
    if high - low < least:
        low, high = 0.5 * (low + high) - 0.5 * least, 0.5 * (low + high) + 0.5 * least
    edges = np.linspace(low, high, _BINS + 1)
    shown = len(PALETTE) - 1
    groups = [(values[labels == k], _colour(k)) for k in range(shown)]
    groups += [(values[labels >= shown], _OTHERS), (values[labels < 0], PALETTE[0])]
    groups = [(part, colour) for part, colour in groups if len(part)]
    if groups:
        ax.hist([part for part, _ in groups], bins=edges.tolist(), stacked=True, color=[c for _, c in groups])
    ax.set_xlim(low, high)
    ax.set_ylabel("trajectories")
    whole_numbers(ax.yaxis)


def basin_sizes(
    run: EnsembleSolution, ax: Axes | None = None, *, attractors: Attractors | None = None
) -> Axes:
    """Draw the share of the starts that reach each attractor, with Wilson's 95 % interval; return the axes.

    The 12 largest have a bar each, numbered from 1; the title has the number of the others.
    """
    found = run.attractors() if attractors is None else attractors
    shown = found.found[:SHOWN]
    place = np.arange(1, len(shown) + 1)
    fractions = np.array([one.fraction for one in shown])
    ends = np.array([one.interval for one in shown]).reshape(-1, 2)
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        ax.bar(place, 100 * fractions, color=[_colour(k) for k in range(len(shown))], width=0.7)
        reach = 100 * np.abs(ends - fractions[:, None]).T
        ax.errorbar(place, 100 * fractions, yerr=reach, fmt="none", ecolor=PALETTE[0], capsize=3, linewidth=1)
        ax.set_xlim(0.4, max(len(shown), 1) + 0.6)
        ax.set_ylim(0.0, min(1.05 * 100 * ends.max(initial=0.01), 105.0))
        ax.set_ylabel("starts (%)")
        ax.set_xlabel("attractor")
        whole_numbers(ax.xaxis)
        if not shown:
            ax.set(xticks=[], yticks=[])
            ax.text(0.5, 0.5, "no start has settled", transform=ax.transAxes, ha="center", va="center")
        if len(found) > len(shown):
            rest = sum(one.fraction for one in found.found[SHOWN:])
            ax.set_title(f"and {len(found) - len(shown)} more with {100 * rest:.3g} % together")
    return ax


def basins(
    run: EnsembleSolution,
    ax: Axes | None = None,
    *,
    states: tuple[int, int] | None = None,
    attractors: Attractors | None = None,
) -> Axes:
    """Draw the initial states, coloured by the attractor that the trajectory reached; return the axes.

    `states` are the indices of the two states of the plane, by default those whose final values differ most.
    Up to 20 000 starts are drawn. Rings mark attractors near the starts. Raises `InputError` for a circuit
    with fewer than two states, and for invalid indices.
    """
    n = run.system.size
    if n < 2:
        raise InputError(f"a picture of basins needs two states, this circuit has {n}")
    found = run.attractors() if attractors is None else attractors
    i, j = _plane(run) if states is None else states
    if not (0 <= i < n and 0 <= j < n and i != j):
        raise InputError(f"`states` are {states}, expected two different numbers from 0 to {n - 1}")
    drawn = np.unique(np.linspace(0, len(run) - 1, min(len(run), _POINTS)).astype(np.int64))
    x0 = _starts(run, drawn, (i, j))
    labels = found.labels[drawn]
    with style():
        ax = axes_for(ax, 5.0, 4.0)
        size = float(np.clip(10_000.0 / max(len(drawn), 1), 2.0, 25.0))
        shown = min(len(found), len(PALETTE) - 1)
        _dots(ax, x0[:, labels >= shown], size, _OTHERS, "other", 1)
        _dots(ax, x0[:, labels < 0], size, PALETTE[0], "not settled", 1)
        for k in range(shown):
            _dots(ax, x0[:, labels == k], size, _colour(k), f"{k + 1}", 2)
        _mark(ax, x0, [one.state[[i, j]] for one in found.found[:shown]])
        names = run.system.signal_names[: n if len(run.system.signal_names) >= n else 0]
        for axis, row in ((ax.xaxis, i), (ax.yaxis, j)):
            label_axis(axis, f"start of {_name(run, row, names)}", "V")
        if len(ax.get_legend_handles_labels()[1]):
            legend_beside(ax)
    return ax


def _dots(ax: Axes, points: Array, size: float, colour: str, label: str, order: float) -> None:
    if points.shape[1]:
        ax.scatter(points[0], points[1], s=size, color=colour, linewidths=0, label=label, zorder=order)


def _mark(ax: Axes, x0: Array, ends: list[Array]) -> None:
    """Mark the final states, unless they are so far away that the starts would shrink to a dot."""
    if not (ends and x0.shape[1]):
        return
    low, high = x0.min(axis=1), x0.max(axis=1)
    reach = _FAR * (high - low)
    if not all(((end > low - reach) & (end < high + reach)).all() for end in ends):
        return
    for k, (x, y) in enumerate(ends):
        ax.plot([x], [y], marker="o", color=_colour(k), markeredgecolor=PALETTE[0], markersize=8)


def _plane(run: EnsembleSolution) -> tuple[int, int]:
    """Return the two states whose final values spread most, in units of their input scale."""
    spread = np.nanstd(np.asarray(run.states, np.float64), axis=1) / run.system.input_scale[:, 0]
    first, second = sorted(np.argsort(-spread, kind="stable")[:2].tolist())
    return first, second


def _starts(run: EnsembleSolution, members: Integers, rows: tuple[int, int]) -> Array:
    """Return two rows of the initial states of some members, without all states in memory."""
    places = run.place[members]
    x0 = np.empty((2, len(places)))
    for begin in range(0, run.starts.count, 4096):
        inside = np.flatnonzero((places >= begin) & (places < begin + 4096))
        if len(inside):
            block = run.starts.block(begin, min(4096, run.starts.count - begin))
            x0[:, inside] = block[list(rows)][:, places[inside] - begin]
    return x0


def _name(run: EnsembleSolution, row: int, names: tuple[str, ...]) -> str:
    states = getattr(run.system, "states", names)
    return shortened(str(states[row]), 24) if row < len(states) else f"state {row + 1}"


def ensemble(run: EnsembleSolution, *, title: str | None = None) -> Figure:
    """Return a figure of many runs: their energies (or settling times), basin sizes, and a basin picture."""
    found = run.attractors()
    with style():
        plane = run.system.size >= 2
        figure = new_figure(12.0 if plane else 7.0, 5.5)
        fields = list(figure.subfigures(1, 2 if plane else 1, squeeze=False).flat)
        top, bottom = fields[0].subplots(2, 1)
        if run.energies is None:
            settling_times(run, top, attractors=found)
        else:
            final_energies(run, top, attractors=found)
        basin_sizes(run, bottom, attractors=found)
        if plane:
            basins(run, fields[1].subplots(), attractors=found)
        heading = str(run.record.get("title", "")) if title is None else title
        wide = int(figure.get_figwidth() / 0.1)
        lines = [shortened(line, wide) for line in (heading, _outcome(run, found)) if line]
        figure.suptitle("\n".join(lines))
    return figure


def _outcome(run: EnsembleSolution, found: Attractors) -> str:
    ends = ", ".join(f"{count} {status.value}" for status, count in run.statuses.items())
    settled = run.settled_at[~np.isnan(run.settled_at)]
    when = f" after {quantity(float(np.median(settled)), 's')} (median)" if len(settled) else ""
    number = f"{len(found)} attractors" if len(found) != 1 else "1 attractor"
    return f"{run.starts.count} starts: {ends}{when}; {number}"
