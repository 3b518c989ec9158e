"""Pictures of the studies of memories: recall against load, start, gain, temperature and faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.memory.recipe import WARM
from analoghop.memory.theory import CAPACITY, curie_weiss, order_parameters, retrieval_curve
from analoghop.plotting.style import DASHES, PALETTE, axes_for, legend_beside, style, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RATE = ("share recalled", PALETTE[2], "s")
_OVERLAP = ("mean overlap", PALETTE[1], "o")


def study(columns: Columns, ax: Axes | None = None) -> Axes:
    """Draw the results of a study of `analoghop.study`, and return the axes.

    Raises `InputError` for columns that are not the results of such a study.
    """
    kind = str(columns.record.get("study", ""))
    if kind not in _DRAWN:
        raise InputError(f"these columns are not a study of a memory: expected {', '.join(_DRAWN)}")
    with style():
        ax = axes_for(ax, 7.0, 3.6)
        _DRAWN[kind](columns, ax)
        ax.set_title(wrapped(ax, _title(columns, kind)))
    return ax


def _title(columns: Columns, kind: str) -> str:
    record = columns.record
    recipe = record.get("recipe")
    words = recipe if isinstance(recipe, dict) else {}
    parts = [f"{words.get('rule', '')}, {words.get('model', '')} model, N = {record.get('neurons')}"]
    if words.get("amplifier") == "morita":
        parts.append("Morita's amplifier")
    elif words.get("model") == "continuous" and kind != "gain":
        parts.append(f"gain {words.get('gain'):g}")
    if words.get("model") == "stochastic" and kind != "heat":
        parts.append(f"T = {_heat_at_end(columns):g}")
    if kind in ("gain", "faults", "heat"):
        parts.append(f"load {columns['load'][0]:.3g}")
    if kind == "faults":
        parts.append(f"fault: {record.get('kind')}")
    noise = record.get("noise")
    if isinstance(noise, int | float):
        parts.append("cues: the patterns" if noise == 0 else f"cues: {noise:.0%} flipped")
    if "trials" in columns:
        trials = int(columns["trials"].max())
        parts.append("1 trial each" if trials == 1 else f"{trials} trials each")
    return ", ".join(parts)


def _heat_at_end(columns: Columns) -> float:
    """Return the final temperature of the recalls."""
    recipe = columns.record.get("recipe")
    if not isinstance(recipe, dict) or recipe.get("model") != "stochastic":
        return 0.0
    heat = recipe.get("temperature")
    if isinstance(heat, list | tuple):
        return float(heat[-1])
    return WARM if heat is None else float(heat)


def _measured(columns: Columns, x: str, ax: Axes) -> None:
    """Draw the overlap and the share of recalled cues, with error bars, over the column `x`."""
    label, colour, marker = _OVERLAP
    error = np.nan_to_num(columns["error"])
    ax.errorbar(columns[x], columns["overlap"], error, fmt=f"{marker}-", color=colour, ms=4, label=label)
    label, colour, marker = _RATE
    rate = columns["correct"]
    bars = np.clip([rate - columns["low"], columns["high"] - rate], 0.0, None)
    ax.errorbar(
        columns[x], rate, bars, fmt=f"{marker}--", color=colour, ms=4, lw=1.0, elinewidth=0.8, label=label
    )
    settled = columns["settled"]
    if (settled < 1.0).any():
        ax.plot(columns[x], settled, ":", color="0.4", label="share settled")


def _unit_limits(ax: Axes, low: float = 0.0) -> None:
    ax.set_ylim(min(-0.03, low - 0.05), 1.04)


def _capacity(columns: Columns, ax: Axes) -> None:
    _measured(columns, "load", ax)
    if "theory" in columns:
        top = float(columns["load"].max())
        loads = np.unique(np.concatenate([np.linspace(0.0, top, 120), [CAPACITY, CAPACITY + 1e-5]]))
        loads = loads[loads <= top]
        curve = retrieval_curve(loads, _heat_at_end(columns))
        ax.plot(loads, curve, color=PALETTE[0], lw=1.2, label="theory (AGS 1987)")
    ax.set_xlabel("load, patterns per neuron")
    ax.set_ylabel("overlap, share")
    ax.set_xlim(left=0.0)
    _unit_limits(ax, float(columns["overlap"].min()))
    legend_beside(ax)


def _basin(columns: Columns, ax: Axes) -> None:
    for k, load in enumerate(np.unique(columns["load"])):
        rows = np.flatnonzero(columns["load"] == load)
        rows = rows[np.argsort(columns["start"][rows])]
        rate = columns["correct"][rows]
        bars = np.clip([rate - columns["low"][rows], columns["high"][rows] - rate], 0.0, None)
        ax.errorbar(
            columns["start"][rows],
            rate,
            bars,
            marker="o",
            ms=4,
            elinewidth=0.7,
            color=PALETTE[k % len(PALETTE)],
            linestyle=DASHES[k % len(DASHES)],
            label=f"load {load:.3g}",
        )
    ax.set_xlabel("overlap of the cue with its pattern")
    ax.set_ylabel("share recalled")
    _unit_limits(ax)
    legend_beside(ax)


def _logarithmic(ax: Axes) -> None:
    """Make the horizontal axis logarithmic, with decimal numbers at its ticks."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _gain(columns: Columns, ax: Axes) -> None:
    _measured(columns, "gain", ax)
    if columns["gain"].max() > 20 * columns["gain"].min() > 0:
        _logarithmic(ax)
    ax.set_xlabel("gain of the amplifiers")
    ax.set_ylabel("overlap, share")
    _unit_limits(ax, float(columns["overlap"].min()))
    legend_beside(ax)


def _heat(columns: Columns, ax: Axes) -> None:
    neurons = columns.record.get("neurons")
    size = neurons if isinstance(neurons, int) else 0
    others = max(float(columns["load"][0]) - 1.0 / max(size, 1), 0.0)
    tried = columns["temperature"]
    grid = np.linspace(float(tried.min()), float(tried.max()), 121)
    theory = [order_parameters(others, float(t)) for t in grid]
    exact = np.array([curie_weiss(size, float(t)) for t in grid]) if "m_finite" in columns else None
    for name, error, colour, marker, label in (
        ("overlap", "error", PALETTE[1], "o", "overlap m"),
        ("q", "q_error", PALETTE[2], "s", "square magnetisation q"),
    ):
        bars = np.nan_to_num(columns[error])
        ax.errorbar(tried, columns[name], bars, fmt=marker, color=colour, ms=4, capsize=2, label=label)
        curve = [order.m if name == "overlap" else order.q for order in theory]
        shown = [
            value if order.m > 0.0 or others == 0.0 else np.nan
            for value, order in zip(curve, theory, strict=True)
        ]
        ax.plot(grid, shown, color=colour, lw=1.0, label=f"{label[-1]}, mean field")
        if exact is not None:
            finite = exact if name == "overlap" else exact**2
            ax.plot(grid, finite, ":", color=colour, lw=1.3, label=f"{label[-1]}, exact for N = {size}")
    if (columns["retained"] < 1.0).any():
        share = np.where(columns["m_theory"] > 0.0, columns["retained"], np.nan)
        ax.plot(tried, share, "x--", color="0.4", ms=4, lw=0.8, label="share retained")
    ax.set_xlabel("temperature T")
    ax.set_ylabel("order parameters")
    _unit_limits(ax, float(np.nanmin(columns["overlap"], initial=0.0)))
    legend_beside(ax)


def _faults(columns: Columns, ax: Axes) -> None:
    _measured(columns, "fraction", ax)
    ax.set_xlabel("fraction of faulty elements")
    ax.set_ylabel("overlap, share")
    _unit_limits(ax, float(columns["overlap"].min()))
    legend_beside(ax)


_DRAWN: dict[str, Callable[[Columns, Axes], None]] = {
    "capacity": _capacity,
    "basin": _basin,
    "gain": _gain,
    "heat": _heat,
    "faults": _faults,
}
