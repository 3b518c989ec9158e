"""Sompolinsky, Crisanti & Sommers 1988: random networks are chaotic where their couplings are strong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.study.chaos import chaos
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AMPLIFIERS = 500
STRENGTHS = (0.5, 0.7, 0.9, 2.0, 3.0, 5.0)
DURATION, TRANSIENT = 400.0, 100.0
SAMPLE = 50.0
"""Time constants of the run that are drawn."""

_DRAWS = "the range of several draws of ours: the publication has no number for it"
_SOURCE = "H. Sompolinsky, A. Crisanti, H. J. Sommers, Phys. Rev. Lett. 61:259 (1988)"


def compute(seed: int, limits: Limits) -> Findings:
    """Return the largest Lyapunov exponents of `chaos`, with its arrays; times in time constants."""
    found = chaos(
        AMPLIFIERS, STRENGTHS, seed=seed, duration=DURATION, transient=TRANSIENT, limits=limits.alone()
    )
    facts = () if found.interrupted else tuple(map(_noted, found.facts))
    units = dict(found.units)
    return Findings(
        "sompolinsky-crisanti-sommers-1988",
        dict(found.arrays),
        {name: unit for name, unit in units.items() if name in found.arrays},
        found.lines,
        facts,
        dict(found.record),
        found.interrupted,
    )


def _noted(fact: Fact) -> Fact:
    """Return a fact of `chaos`, which above g = 1 compares with draws of ours."""
    return fact._replace(note="" if fact.expected < 0 else _DRAWS)


def draw(found: Findings) -> Figure:
    """Draw the exponent over the strength of the couplings, and a few outputs of the last network."""
    with style():
        figure = new_figure(9.0, 3.6)
        left, right = figure.subplots(1, 2)
        if len(found["strength"]):
            _exponents(found, left)
        left.axhline(0.0, color="0.5", lw=0.8)
        left.axvline(1.0, color="0.4", ls=":", lw=0.9, label="published: chaos begins")
        left.set(xlabel="strength of the couplings g", ylabel="largest Lyapunov exponent (1/time constant)")
        left.set_title(f"{AMPLIFIERS} amplifiers")
        legend_inside(left, "lower right")
        if "samples" in found:
            shown = found["sample_time"] <= found["sample_time"][0] + SAMPLE
            for k in range(min(3, found["samples"].shape[1])):
                right.plot(found["sample_time"][shown], found["samples"][shown, k], color=PALETTE[k + 1])
        right.set(xlabel="time (time constants)", ylabel="outputs (V)")
        right.set_title(f"three amplifiers at g = {STRENGTHS[-1]:g}")
    return figure


def _exponents(found: Findings, ax: Axes) -> None:
    g = found["strength"]
    ax.errorbar(g, found["exponent"], 2 * found["error"], fmt="o", color=PALETTE[2], label="tangent flow")
    low = g < 1
    ax.plot(
        g[low], found["edge"][low], "x", color=PALETTE[1], ms=9, zorder=4, label="edge of the spectrum - 1"
    )
    fine = np.linspace(0.4, 1.6, 50)
    near = np.where(fine < 1, fine - 1, 0.5 * (fine - 1) ** 2)
    ax.plot(fine, near, color="0.6", label="near 1: g - 1, (g - 1)²/2")


CLASSIC = Classic(
    "sompolinsky-crisanti-sommers-1988",
    "chaos in random networks: Lyapunov exponent over the strength of the couplings",
    _SOURCE,
    "With random asymmetric couplings of strength g a large network rests at zero for g < 1, where its "
    "largest exponent is g - 1, and is chaotic for g > 1.",
    "negative exponents up to g = 0.9, those of the spectrum; positive ones from g = 2 on",
    45.3,
    compute,
    draw,
)
