"""Waugh, Marcus & Westervelt 1990: a lower gain leaves fewer stable states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import as_coupling
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.study.findings import Fact, Findings
from analoghop.study.landscape import critical_gain, gain_scan, stable_corners
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

AMPLIFIERS, DRAWS = 14, 8
GAINS = (0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0)
STARTS = 300
SIZES = (8, 12)
"""Amplifiers of the networks whose stable corners are counted."""
CORNER_DRAWS = 300
GROWTH = 0.1992
"""The mean number of stable corners grows as exp(0.1992 n)."""

_MISSED = "corners with weak fields are none at gain 100, and starts miss small basins"
_CORNERS = "F. Tanaka, S. F. Edwards, J. Phys. F 10:2769 (1980)"
_SOURCE = "F. R. Waugh, C. M. Marcus, R. M. Westervelt, Phys. Rev. Lett. 64:1986 (1990)"


def couplings(size: int, seed: int, draw: int) -> Array:
    """Return symmetric couplings (size, size), normal with variance 1/size, without self-coupling."""
    J = np.random.default_rng([seed, size, draw]).normal(size=(size, size)) / np.sqrt(size)
    upper = np.triu(J, 1)
    return np.asarray(upper + upper.T)


def random_symmetric(size: int, seed: int, draw: int) -> Network:
    """Return amplifiers tanh with these couplings, C = 1 F and G = 1 S."""
    return Network(as_coupling(couplings(size, seed, draw)), Amplifiers.uniform(Tanh(), size))


def compute(seed: int, limits: Limits) -> Findings:
    """Return the mean number of stable states over the gain, and those at infinite gain.

    Arrays: `gain` (k,), `minima` (k, draws), `corners` and `critical_gain` (draws,), of 14 amplifiers with
    symmetric random couplings; `size` (2,), `mean_corners` and `error` (2,) of many draws.
    """
    arrays: dict[str, Any] = {"gain": np.array(GAINS)}
    counts: list[Array] = []
    networks = [random_symmetric(AMPLIFIERS, seed, draw) for draw in range(DRAWS)]
    for draw, network in enumerate(networks):
        found = gain_scan(network, GAINS, starts=STARTS, seed=seed, limits=limits.alone())
        if found.interrupted:
            break
        counts.append(found["minima"])
        limits.tell(draw + 1, DRAWS, "networks")
    complete = len(counts) == DRAWS and not limits.over
    facts: tuple[Fact, ...] = ()
    lines = [f"{AMPLIFIERS} amplifiers, {DRAWS} draws of couplings, {STARTS} starts for each gain"]
    if complete:
        every = [
            [len(stable_corners(couplings(size, seed, draw))) for draw in range(CORNER_DRAWS)]
            for size in SIZES
        ]
        arrays |= {
            "minima": np.array(counts).T,
            "corners": np.array([len(stable_corners(one.T.toarray())) for one in networks], dtype=float),
            "critical_gain": np.array([critical_gain(one) for one in networks]),
            "size": np.array(SIZES),
            "mean_corners": np.mean(every, axis=1),
            "error": np.std(every, axis=1, ddof=1) / np.sqrt(CORNER_DRAWS),
        }
        facts = _facts(arrays)
        means = arrays["minima"].mean(axis=1)
        lines += [f"gain {g:g}: {m:.2f} stable states in the mean" for g, m in zip(GAINS, means, strict=True)]
    return Findings("waugh-marcus-westervelt-1990", arrays, {}, tuple(lines), facts, {}, not complete)


def _facts(arrays: dict[str, Any]) -> tuple[Fact, ...]:
    gain, minima = arrays["gain"][:, None], arrays["minima"]
    below = gain < arrays["critical_gain"]
    falls = float((np.diff(minima.mean(axis=1)) < 0).sum())
    share = float(minima[-1].sum() / arrays["corners"].sum())
    mean, apart = arrays["mean_corners"], SIZES[1] - SIZES[0]
    growth = float(np.log(mean[1] / mean[0]) / apart)
    error = 3.0 * float(np.hypot(*(arrays["error"] / mean))) / apart
    return (
        Fact("stable states below the critical gain", float(minima[below].max()), 1, 0, "1/lambda_max"),
        Fact("gains at which the mean number falls as the gain rises", falls, 0, 0, _SOURCE),
        Fact("stable states at gain 100 over stable corners", share, 1, None, "infinite gain", _MISSED),
        Fact("growth of ln(stable corners) per amplifier", growth, GROWTH, error, _CORNERS, "three errors"),
    )


def draw(found: Findings) -> Figure:
    """Draw the numbers of stable states over the gain, and their mean."""
    with style():
        figure = new_figure(6.0, 4.0)
        ax = figure.subplots()
        if "minima" in found:
            ax.plot(found["gain"], found["minima"], color="0.75", lw=0.9)
            ax.plot(
                found["gain"], found["minima"].mean(axis=1), "o-", color=PALETTE[1], label="mean of the draws"
            )
            ax.axhline(
                found["corners"].mean(), color=PALETTE[2], ls="--", label="stable corners, infinite gain"
            )
            ax.axvline(found["critical_gain"].mean(), color="0.4", ls=":", label="critical gain, mean")
            legend_inside(ax, "upper left")
        ax.set(xlabel="gain of the amplifiers", ylabel="stable states", xscale="log")
        ticks = (0.5, 1, 2, 5, 10, 20, 50, 100)
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
        ax.set_title(f"{AMPLIFIERS} amplifiers, random symmetric couplings")
    return figure


CLASSIC = Classic(
    "waugh-marcus-westervelt-1990",
    "the number of stable states over the gain",
    _SOURCE,
    "Lowering the gain of the amplifiers removes stable states of an associative or random network, most of "
    "all shallow ones, and leaves one below the critical gain.",
    "numbers of stable states that rise with the gain, from one to the stable corners",
    11.6,
    compute,
    draw,
)
