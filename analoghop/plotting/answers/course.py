"""`outputs` and `cost_over_time`: the course of one anneal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.errors import InputError
from analoghop.optimise.tracing import Trace
from analoghop.plotting.style import PALETTE, axes_for, colour_bar, style, value_limits, whole_numbers
from analoghop.problems.base import Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TAU = "\N{GREEK SMALL LETTER TAU}"
LINES = 40
"""Largest number of outputs drawn as lines; more are drawn as rows of an image."""
ROWS = 400


def outputs(trace: Trace, ax: Axes | None = None, name: str = "output V") -> Axes:
    """Draw all amplifier outputs over time in time constants, and return the axes."""
    V, times = trace.outputs, trace.times / trace.tau
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        if len(V) <= LINES:
            alpha = min(1.0, 12.0 / len(V) + 0.15)
            for k, row in enumerate(V):
                ax.plot(times, row, color=PALETTE[1 + k % 6], linewidth=0.9, alpha=alpha)
            ax.set_ylim(*value_limits(V))
            ax.set_ylabel(name)
        else:
            shown = V[np.linspace(0, len(V) - 1, min(len(V), ROWS)).astype(int)]
            # A column extends from its time to the next one, as do the steps of the cost below it.
            step = float(times[-1] - times[0]) / max(len(times) - 1, 1)
            extent = (float(times[0]), float(times[-1]) + step, float(len(shown)), 0.0)
            picture = ax.imshow(shown, aspect="auto", cmap="cividis", interpolation="nearest", extent=extent)
            ax.grid(False)
            some = f"{len(shown)} of {len(V)} outputs" if len(shown) < len(V) else "outputs"
            ax.set(yticks=[], ylabel=some)
            colour_bar(picture, name, "")
        if len(times) > 1:
            ax.set_xlim(float(times[0]), float(times[-1]))
        ax.set_xlabel(f"time ({TAU})")
    return ax


def cost_over_time(problem: Problem, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw the cost of the answer at each time, over time in time constants, and return the axes.

    Times without an answer, or whose answer has no cost, are left out. Raises `InputError` if all are.
    """
    costs = [None if found is None else problem.verify(found).cost for found in trace.answers]
    shown = [k for k, cost in enumerate(costs) if cost is not None]
    if not shown:
        raise InputError("no moment of this anneal has an answer with a cost")
    times, values = trace.times[shown] / trace.tau, np.array([costs[k] for k in shown], dtype=np.float64)
    best = getattr(problem, "best_known", None)
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        ax.plot(times, values, color=PALETTE[1], drawstyle="steps-post")
        marks = values
        if best is not None:
            ax.axhline(best, color=PALETTE[0], linestyle="--", linewidth=1.0, label="best known")
            ax.legend(loc="best")
            marks = np.append(values, best)
        level = float(marks[0])
        still = np.all(marks == level)
        ax.set_ylim(*((level - 1.0, level + 1.0) if still else value_limits(marks)))
        ax.ticklabel_format(axis="y", useOffset=False)
        if all(float(value).is_integer() for value in marks):
            whole_numbers(ax.yaxis)
        if len(trace.times) > 1:
            ax.set_xlim(float(trace.times[0] / trace.tau), float(trace.times[-1] / trace.tau))
        ax.set(xlabel=f"time ({TAU})", ylabel=problem.cost_name)
    return ax
