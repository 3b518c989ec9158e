"""Pictures of asymmetry and chaos: `settling_share`, `exponents`, `tangent_growth`, `transients`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import DASHES, PALETTE, label_axis, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings


def settling_share(found: Findings) -> Figure:
    """Draw the share of networks that settle over the angle of their couplings, with Wilson intervals."""
    with style():
        figure = new_figure(6.0, 3.6)
        ax = figure.subplots()
        share = found["settled"]
        bars = np.maximum([share - found["low"], found["high"] - share], 0.0)
        ax.errorbar(found["angle"], share, bars, fmt="o-", color=PALETTE[1], ms=4, capsize=3)
        ax.set(xlabel="angle of T (degrees; 0 symmetric, 90 antisymmetric)", ylabel="share that settles")
        ax.set_ylim(-0.05, 1.05)
        ax.set_title(shortened(found.message, 90))
    return figure


def exponents(found: Findings) -> Figure:
    """Draw the largest Lyapunov exponent over the strength of the couplings, beside a sample run."""
    with style():
        figure = new_figure(9.5, 3.6)
        left, right = figure.subplots(1, 2)
        g = found["strength"]
        left.errorbar(g, found["exponent"], 2.0 * found["error"], fmt="o-", color=PALETTE[1], ms=4, capsize=3)
        settles = g <= 1.0
        left.plot(
            g[settles], found["edge"][settles], "x", color=PALETTE[2], ms=7, label="max Re lambda(J) - 1"
        )
        left.axhline(0.0, color="0.6", linewidth=0.8)
        left.set_xlabel("strength g of the couplings")
        left.set_ylabel("largest exponent (1/s)")
        if settles.any():
            left.legend()
        left.set_title(shortened(found.message, 70))
        _samples(found, right, f"sample run at g = {g[-1]:g}" if len(g) else "")
    return figure


def tangent_growth(found: Findings) -> Figure:
    """Draw the running estimates of the Lyapunov exponents, beside a sample run."""
    with style():
        figure = new_figure(9.5, 3.6)
        left, right = figure.subplots(1, 2)
        for k, row in enumerate(found["running"].T):
            style_of = {"color": PALETTE[k % len(PALETTE)], "linestyle": DASHES[k % len(DASHES)]}
            left.plot(found["time"], row, label=f"exponent {k + 1}", **style_of)
        left.axhline(0.0, color="0.6", linewidth=0.8)
        last = found["running"][-1]
        spread = float(np.abs(last).max()) or 1.0
        left.set_ylim(float(last.min()) - 0.6 * spread, float(last.max()) + 0.6 * spread)
        label_axis(left.xaxis, "time", "s")
        left.set_ylabel("running mean (1/s)")
        left.legend()
        left.set_title(shortened(found.message, 80))
        _samples(found, right, "sample run")
    return figure


def transients(found: Findings) -> Figure:
    """Draw the share of unsolved starts over time, logarithmically, beside the slowest solved start."""
    with style():
        figure = new_figure(9.5, 3.6)
        left, right = figure.subplots(1, 2)
        left.semilogy(found["curve_time"], np.maximum(found["unsolved"], 1e-9), color=PALETTE[1])
        left.set_ylim(0.5 / max(len(found["time"]), 1), 1.2)
        rate = float(found["escape_rate"][0])
        solved = np.sort(found["time"][np.isfinite(found["time"])])
        if np.isfinite(rate) and len(solved):
            t0 = float(solved[len(solved) // 2])
            t = np.linspace(t0, float(solved[-1]), 50)
            left.semilogy(
                t, 0.5 * np.exp(-rate * (t - t0)), "--", color=PALETTE[2], label=f"rate {rate:.3g}/tau"
            )
            left.legend()
        left.set_yticks([1.0, 0.1, 0.01], ["1", "0.1", "0.01"])
        left.set(xlabel="time (tau)", ylabel="share of the starts unsolved")
        left.set_title(shortened(found.message, 80))
        _samples(found, right, "cells of the slowest solved start", "tau")
    return figure


def _samples(found: Findings, ax: Any, title: str, unit: str = "s") -> None:
    for k, row in enumerate(found["samples"].T if "samples" in found else ()):
        ax.plot(found["sample_time"], row, color=PALETTE[k % len(PALETTE)], linewidth=0.8)
    label_axis(ax.xaxis, "time", unit)
    ax.set_ylabel("outputs")
    ax.set_title(title)
