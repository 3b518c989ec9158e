"""`costs`: the histogram of the costs of many starts, with the best known cost and the baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.errors import InputError
from analoghop.plotting.style import PALETTE, axes_for, legend_beside, style, whole_numbers
from analoghop.problems.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS: tuple[tuple[str, Any], ...] = (
    ("0.35", "--"),
    (PALETTE[4], "-."),
    (PALETTE[6], ":"),
    (PALETTE[5], (0, (6, 1, 1, 1, 1, 1))),
)


def costs(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the histograms of the raw costs and of those of search and polish, and return the axes.

    Lines mark the best known cost and the baselines; values outside the axis are only in the legend.
    Raises `InputError` if no start has a cost.
    """
    groups = {"single anneals, raw": result.costs}
    if result.polished is not None:
        groups[f"the same after {result.polished.method}"] = list(result.polished.costs)
        groups[f"random after {result.polished.method}"] = list(result.polished.control)
    if result.searched is not None:
        groups["search"] = list(result.searched.costs)
    groups = {name: values for name, values in groups.items() if values}
    if not groups:
        raise InputError("no start has a cost to draw")
    marks = {} if result.best_known is None else {"best known": result.best_known}
    with style():
        ax = axes_for(ax, 7.0, 3.2)
        low, high = _limits([v for values in groups.values() for v in values], {**marks, **result.baselines})
        bins = np.linspace(low, high, 41)
        whole = all(float(v).is_integer() for values in groups.values() for v in values)
        if whole:  # every bar covers equally many whole numbers
            width = max(int(np.ceil((high - low) / 40)), 1)
            bins = np.arange(np.floor(low) - 0.5, high + width, width)
            low, high = float(bins[0]), float(bins[-1])
        for k, (name, values) in enumerate(groups.items()):
            # The raw costs are filled; outlines over them leave them visible.
            form: Any = {"alpha": 0.5} if k == 0 else {"histtype": "step", "linewidth": 1.4}
            label = f"{name} ({len(values)})"
            ax.hist(values, bins=bins.tolist(), color=PALETTE[1 + k], label=label, **form)
        if result.best_known is not None:
            label = f"best known ({_number(result.best_known)})"
            ax.axvline(result.best_known, color=PALETTE[0], linewidth=1.6, label=label)
        for k, (name, value) in enumerate(result.baselines.items()):
            far = "" if low <= value <= high else ", off the scale"
            colour, dash = _LOOKS[k % len(_LOOKS)]
            label = f"{name} ({_number(value)}{far})"
            ax.axvline(value, color=colour, linestyle=dash, linewidth=1.2, label=label)
        ax.set_xlim(low, high)
        ax.set(xlabel=result.cost_name, ylabel="number of answers")
        whole_numbers(ax.yaxis)
        ax.locator_params(axis="x", nbins=5, integer=whole)
        ax.set_title(f"{result.valid} of {len(result.starts)} starts of {result.formulation} valid")
        legend_beside(ax)
    return ax


def _number(value: float) -> str:
    return f"{value:.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:.5g}"


def _limits(values: list[float], marks: dict[str, float]) -> tuple[float, float]:
    """Return limits around `values` and around the `marks` that are not too far from them."""
    low, high = min(values), max(values)
    wide = max(high - low, 0.02 * abs(high), 1e-9)
    near = [mark for mark in marks.values() if low - 4 * wide <= mark <= high + 4 * wide]
    near += [marks["best known"]] if "best known" in marks else []
    low, high = min([low, *near]), max([high, *near])
    margin = max(0.04 * (high - low), 0.01 * abs(high), 1e-9)
    return low - margin, high + margin
