"""Hopfield & Tank 1985, and Wilson & Pawley 1988: a tour through ten cities by a hundred amplifiers."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.optimise import solve, trace
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, quantity, style
from analoghop.problems.tsp import TSP
from analoghop.problems.tsp.hopfield_tank import HopfieldTank
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CITIES = np.array(
    [(0.4000, 0.4439), (0.2439, 0.1463), (0.1707, 0.2293), (0.2293, 0.7610), (0.5171, 0.9414)]
    + [(0.8732, 0.6536), (0.6878, 0.5219), (0.8488, 0.3609), (0.6683, 0.2536), (0.6195, 0.2634)]
)
"""The ten cities, as Wilson and Pawley give them."""
STARTS = 500
SHOWN = (0.0, 0.02, 0.1, 1.0)
"""Parts of the run, in time constants over its duration, at which outputs are drawn."""
POINTS = 401

_FIRST = "J. J. Hopfield, D. W. Tank, Biol. Cybern. 52:141 (1985)"
_SECOND = "G. V. Wilson, G. S. Pawley, Biol. Cybern. 58:63 (1988)"


def ten_cities() -> TSP:
    """Return the instance, with exact Euclidean distances."""
    difference = CITIES[:, None] - CITIES[None, :]
    return TSP(np.hypot(*difference.T), CITIES)


def compute(seed: int, limits: Limits) -> Findings:
    """Return the lengths of the tours in which starts end, beside all tours, and the course of one start.

    Arrays: `length` (valid starts,); `all_lengths` (181440,), of every tour; `cities` (10, 2); `tour` (10,),
    that of the first valid start, and `frames` (4, 10, 10) its outputs (city, position) at `moments` (4,).
    """
    problem, form = ten_cities(), HopfieldTank()
    every = _all_lengths(problem.distances)
    result = solve(
        problem, form, starts=STARTS, seed=seed, best_known=float(every[0]), baselines=False, limits=limits
    )
    lengths = np.array([start.verdict.cost for start in result.starts if start.verdict.valid])
    tried = len(result.starts)
    arrays: dict[str, Any] = {"length": lengths, "all_lengths": every, "cities": CITIES}
    first = next((k for k, start in enumerate(result.starts) if start.verdict.valid), None)
    if first is not None and not limits.over:
        course = trace(form.encode(problem), seed, first, points=POINTS, limits=limits)
        at = [min(round(part * (POINTS - 1)), course.outputs.shape[1] - 1) for part in SHOWN]
        arrays |= {
            "moments": course.times[at],
            "frames": course.outputs[:, at].T.reshape(len(at), 10, 10),
            "tour": np.array(result.starts[first].answer),
        }
    complete = tried == STARTS and "frames" in arrays
    share = len(lengths) / max(tried, 1)
    lines = [f"{tried} starts, {len(lengths)} end in a valid tour ({share:.1%})"]
    facts: tuple[Fact, ...] = ()
    if complete:
        best_two = float((lengths < every[1] + 1e-9).mean())
        excess = float(100 * (lengths.mean() / every[0] - 1))
        lines.append(
            f"valid tours are {excess:.1f} % longer than the best; {best_two:.1%} are one of the best two"
        )
        error = math.sqrt(0.15 * 0.85 / 100 + share * (1 - share) / tried)
        missing = "starts, step and stopping rule are not given; Wilson and Pawley could not repeat it either"
        facts = (
            Fact(
                "share of valid tours",
                share,
                0.15,
                2 * error,
                f"{_SECOND}: 15 of 100 runs",
                "two standard errors",
            ),
            Fact(
                "share of valid tours, as first published", share, 0.8, None, f"{_FIRST}: 16 of 20", missing
            ),
            Fact(
                "valid tours that are one of the best two",
                best_two,
                0.5,
                None,
                f"{_FIRST}: about half",
                missing,
            ),
            Fact("length of the best tour", float(every[0]), 2.69067, 1e-5, "all 181440 tours"),
        )
    units = {"moments": "s"} if "moments" in arrays else {}
    record = {"starts": tried, **{name: getattr(form, name) for name in ("A", "B", "C", "D", "u0")}}
    return Findings("hopfield-tank-1985", arrays, units, tuple(lines), facts, record, not complete)


def _all_lengths(d: Array) -> Array:
    """Return the lengths of all tours, sorted; each once, not in both directions."""
    others = np.array(list(itertools.permutations(range(1, len(d)))))
    others = others[others[:, 0] < others[:, -1]]
    tours = np.hstack([np.zeros((len(others), 1), dtype=others.dtype), others])
    return np.sort(d[tours, np.roll(tours, -1, axis=1)].sum(axis=1))


def draw(found: Findings) -> Figure:
    """Draw the outputs of a run as squares, as in 1985, the tour that it finds, and the lengths of all."""
    with style():
        figure = new_figure(10.0, 5.6)
        top, bottom = figure.subfigures(2, 1, squeeze=False).ravel()
        if "frames" in found:
            for k, ax in enumerate(top.subplots(1, len(SHOWN))):
                city, place = (part.ravel() for part in np.indices((10, 10)))
                v = found["frames"][k].ravel()
                ax.scatter(place + 1, city + 1, s=60 * v, marker="s", color=PALETTE[1], lw=0)
                ax.set(xlabel="position", xlim=(0.3, 10.7), ylim=(10.7, 0.3), aspect="equal")
                ax.set(xticks=(1, 5, 10), yticks=(1, 5, 10), ylabel="city" if k == 0 else "")
                ax.set_title(f"outputs at {quantity(float(found['moments'][k]), 's')}")
        left, right = bottom.subplots(1, 2, width_ratios=(1.0, 2.2))
        left.plot(*found["cities"].T, "o", color=PALETTE[0], ms=4)
        for number, city in enumerate(found["cities"], 1):
            left.annotate(str(number), city, (4, 3), textcoords="offset points", fontsize=7)
        if "tour" in found:
            closed = found["cities"][np.append(found["tour"], found["tour"][0])]
            left.plot(*closed.T, color=PALETTE[1])
        left.set(xlabel="x", ylabel="y", aspect="equal", xlim=(0, 1), ylim=(0, 1.02))
        left.set_title("the tour of this run")
        _lengths(found, right)
    return figure


def _lengths(found: Findings, ax: Any) -> None:
    bins = np.linspace(2.6, 7.0, 89)
    every, ours = found["all_lengths"], found["length"]
    ax.hist(every, bins, weights=np.full(len(every), 100 / len(every)), color="0.8", label="all 181440 tours")
    if len(ours):
        weights = np.full(len(ours), 100 / len(ours))
        ax.hist(ours, bins, weights=weights, color=PALETTE[1], alpha=0.8, label="valid tours of the network")
    ax.axvline(every[0], color=PALETTE[2], ls="--", lw=0.9, label="best tour")
    ax.set(xlabel="length of the tour", ylabel="% of the tours")
    legend_inside(ax, "upper right")
    share = len(ours) / max(int(found.record["starts"]), 1)
    ax.set_title(f"{share:.0%} of the starts end in a valid tour (1985: 16 of 20; 1988: 15 of 100)")


CLASSIC = Classic(
    "hopfield-tank-1985",
    "a tour through ten cities, and how often a start ends in one",
    f"{_FIRST}; {_SECOND}",
    "A network of 100 amplifiers finds short tours through ten cities (1985); with the published parameters "
    "few starts end in a tour at all (1988).",
    "share of valid tours: 16 of 20 in 1985, 15 of 100 in 1988",
    9.0,
    compute,
    draw,
)
