"""Pictures of noise: `mode_variances`, `escape_times`, `certificate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, label_axis, shortened, style, whole_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings


def mode_variances(found: Findings) -> Figure:
    """Draw the measured variance of each principal axis over that of the Lyapunov equation."""
    with style():
        figure = new_figure(5.6, 4.2)
        ax = figure.subplots()
        theory, measured = found["modes"], found["measured_modes"]
        ax.errorbar(theory, measured, 2.0 * found["errors"], fmt="o", color=PALETTE[1], ms=4, capsize=3)
        ends = np.array([theory.min(), theory.max()])
        ax.plot(ends, ends, "--", color="0.5", label="equal")
        ax.set(xscale="log", yscale="log")
        ax.set(xlabel="variance by the Lyapunov equation (V\N{SUPERSCRIPT TWO})")
        ax.set_ylabel("measured (V\N{SUPERSCRIPT TWO})")
        _plain_ticks(ax.xaxis, theory)
        _plain_ticks(ax.yaxis, measured)
        ax.legend()
        ax.set_title(shortened(found.message, 70))
    return figure


def _plain_ticks(axis: object, values: np.ndarray) -> None:
    """Put ticks at the ends and the middle: powers would need formulas."""
    at = np.geomspace(values.min(), values.max(), 3) if values.max() > 1.01 * values.min() else values[:1]
    axis.set_major_locator(_fixed(at))  # type: ignore[attr-defined]
    axis.set_major_formatter(lambda x, _: f"{x:.3g}")  # type: ignore[attr-defined]
    axis.set_minor_formatter(lambda x, _: "")  # type: ignore[attr-defined]


def _fixed(at: np.ndarray) -> object:
    from matplotlib.ticker import FixedLocator

    return FixedLocator(at.tolist())


def escape_times(found: Findings) -> Figure:
    """Draw the share of circuits that have not escaped over time, beside the exponential of the rate."""
    with style():
        figure = new_figure(6.5, 3.6)
        ax = figure.subplots()
        times = np.sort(found["times"][np.isfinite(found["times"])])
        count = len(found["times"])
        left = 1.0 - np.arange(1, len(times) + 1) / count
        ax.step(np.append(0.0, times), np.append(1.0, left), where="post", color=PALETTE[1], label="measured")
        rate = float(found["rate"][0])
        if rate > 0:
            t = np.linspace(0.0, float(times[-1]), 100)
            ax.plot(t, np.exp(-rate * t), "--", color=PALETTE[2], label=f"rate {rate:.3g}/s")
        label_axis(ax.xaxis, "time", "s")
        ax.set_ylabel("share still in its minimum")
        ax.legend()
        ax.set_title(shortened(found.message, 80))
    return figure


def certificate(found: Findings) -> Figure:
    """Draw found against expected shares of states, or the mean squares of the standardised components."""
    with style():
        figure = new_figure(5.6, 4.2)
        ax = figure.subplots()
        if "expected" in found:
            expected, measured = found["expected"], found["found"]
            seen = measured > 0
            ax.loglog(expected[seen], measured[seen], "o", color=PALETTE[1], ms=3)
            ends = np.array([expected[seen].min(), expected.max()])
            ax.loglog(ends, ends, "--", color="0.5")
            ax.set(xlabel="probability by the Boltzmann law", ylabel="share of the samples")
            _plain_ticks(ax.xaxis, expected[seen])
            _plain_ticks(ax.yaxis, measured[seen])
        else:
            k = np.arange(1, len(found["squares"]) + 1)
            error = 2.0 * np.sqrt(2.0 / np.maximum(found["effective"], 1.0))
            ax.errorbar(k, found["squares"], error, fmt="o", color=PALETTE[1], ms=4, capsize=3)
            ax.axhline(1.0, color="0.5", linestyle="--")
            whole_numbers(ax.xaxis)
            ax.set(xlabel="component", ylabel="mean square, standardised")
        ax.set_title(shortened(found.message, 70))
    return figure
