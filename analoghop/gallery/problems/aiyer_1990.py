"""Aiyer, Niranjan & Fallside 1990: the subspace of valid tours, and a network that stays in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.problems.hopfield_tank_1985 import ten_cities
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.optimise import solve, trace
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.problems.base import Formulation
from analoghop.problems.tsp import TSP
from analoghop.problems.tsp.hopfield_tank import HopfieldTank
from analoghop.problems.tsp.subspace import Subspace
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = (10, 20, 30, 50)
STARTS = 10
FORMS: dict[str, Formulation[TSP]] = {"published 1985": HopfieldTank(), "in the subspace": Subspace()}
NAMES = {"published 1985": "tank", "in the subspace": "subspace"}
POINTS = 201

_SOURCE = "S. V. B. Aiyer, M. Niranjan, F. Fallside, IEEE Trans. Neural Netw. 1:204 (1990)"


def random_cities(n: int, seed: int) -> TSP:
    """Return `n` cities at random in the unit square."""
    places = np.random.default_rng([seed, n]).random((n, 2))
    return TSP(np.hypot(*(places[:, None] - places[None]).T), places)


def compute(seed: int, limits: Limits) -> Findings:
    """Return the eigenvalues of the penalties, how far two networks leave the subspace, and valid shares.

    The subspace are the squares whose rows and columns sum to one. Arrays: `eigenvalue` (100,) of the
    penalties of ten cities; for `tank` (1985) and `subspace`: `NAME_time` (k,), in parts of the run, and
    `NAME_outside` (k,), the distance of the outputs from the subspace over the size of a tour; `NAME_valid`
    (4,), the share of valid tours for `size` (4,) cities.
    """
    problem = ten_cities()
    penalties = HopfieldTank(D=0.0).encode(problem).system.T.toarray()
    arrays: dict[str, Any] = {"size": np.array(SIZES), "eigenvalue": np.linalg.eigvalsh(penalties)}
    complete = True
    for done, (title, form) in enumerate(FORMS.items()):
        name, shares = NAMES[title], []
        if not limits.over:
            course = trace(form.encode(problem), seed, 0, points=POINTS, limits=limits)
            arrays[f"{name}_time"] = course.times / max(float(course.times[-1]), 1e-300)
            arrays[f"{name}_outside"] = np.array([_outside(v) for v in course.outputs.T])
        for k, n in enumerate(SIZES):
            if limits.over:
                break
            cities = problem if n == problem.size else random_cities(n, seed)
            result = solve(cities, form, starts=STARTS, seed=seed, baselines=False, limits=limits.alone())
            if len(result.starts) < STARTS:
                break
            shares.append(sum(start.verdict.valid for start in result.starts) / STARTS)
            limits.tell(done * len(SIZES) + k + 1, len(FORMS) * len(SIZES), "instances")
        arrays[f"{name}_valid"] = np.array(shares)
        complete &= len(shares) == len(SIZES)
    lines = [f"{STARTS} starts on one instance of each size: the ten cities of 1985, and random ones"]
    facts: tuple[Fact, ...] = ()
    if complete:
        for title, name in NAMES.items():
            told = ", ".join(
                f"{n}: {share:.0%}" for n, share in zip(SIZES, arrays[f"{name}_valid"], strict=True)
            )
            lines.append(f"valid tours, {title}: {told} (cities: share)")
        facts = _facts(arrays, problem.size)
    return Findings("aiyer-1990", arrays, {}, tuple(lines), facts, {"starts": STARTS}, not complete)


def _outside(v: Array) -> float:
    """Return the distance of outputs from the squares with sums of one, over the size of a tour."""
    n = math.isqrt(len(v))
    square = v.reshape(n, n)
    rows, columns = square.sum(axis=1, keepdims=True) - 1.0, square.sum(axis=0, keepdims=True) - 1.0
    return float(np.linalg.norm((rows + columns) / n - rows.sum() / n**2) / math.sqrt(n))


def _facts(arrays: dict[str, Any], n: int) -> tuple[Fact, ...]:
    form = HopfieldTank()
    A, C, found = form.A, form.C, arrays["eigenvalue"]
    groups = ((2 * A, (n - 1) ** 2), (-A * (n - 2), 2 * (n - 1)), (-2 * A * (n - 1) - C * n**2, 1))
    expected = np.sort(np.concatenate([np.full(count, value) for value, count in groups]))
    valid = dict(zip(SIZES, arrays["subspace_valid"], strict=True))
    note = "one instance of ours for each size; the publication's cities are not given"
    return (
        Fact(
            "distance of the eigenvalues from A + B, -(n - 2) A, -2 (n - 1) A - C n^2",
            float(np.abs(found - expected).max()),
            0.0,
            1e-6,
            "81, 18 and 1 of them for n = 10",
        ),
        Fact(
            "valid tours, 50 cities, in the subspace",
            valid[50],
            1.0,
            0.1,
            f"{_SOURCE}: reliable for 50 cities or more",
        ),
        Fact("valid tours, 10 cities, in the subspace", valid[10], 1.0, 0.1, f"{_SOURCE}: reliable"),
        Fact("valid tours, 50 cities, published 1985", arrays["tank_valid"][-1], np.nan, None, _SOURCE, note),
    )


def draw(found: Findings) -> Figure:
    """Draw the eigenvalues of the penalties, the distance from the subspace, and shares of valid tours."""
    with style():
        figure = new_figure(11.0, 3.8)
        first, second, third = figure.subplots(1, 3)
        value = found["eigenvalue"]
        for number, low in enumerate(np.unique(np.rint(value))):
            own = np.flatnonzero(np.rint(value) == low)
            first.plot(
                own + 1, value[own], "o", color=PALETTE[2 - number], ms=3, label=f"{len(own)} of {low:g}"
            )
        first.set_yscale("symlog", linthresh=1e3)
        first.set_yticks([-1e4, 0.0, 1e3], ["-10k", "0", "1k"])
        first.set(xlabel="number of the eigenvalue", ylabel="eigenvalue")
        legend_inside(first, "lower right")
        first.set_title("penalties of ten cities, A = B = 500, C = 200")
        for (title, name), colour in zip(NAMES.items(), (PALETTE[2], PALETTE[1]), strict=True):
            if f"{name}_time" in found:
                second.semilogy(
                    found[f"{name}_time"], found[f"{name}_outside"] + 1e-6, color=colour, label=title
                )
            share = found[f"{name}_valid"]
            third.plot(found["size"][: len(share)], share, "o-", color=colour, ms=4, label=title)
        second.set(xlabel="part of the run", ylabel="distance from the subspace, over sqrt(n)")
        second.set_yticks([1e-4, 1e-3, 1e-2, 1e-1, 1.0], ["0.0001", "0.001", "0.01", "0.1", "1"])
        legend_inside(second, "lower right")
        second.set_title("one run of ten cities")
        third.set(xlabel="cities", ylabel="share of valid tours", ylim=(-0.03, 1.05))
        legend_inside(third, "center right")
        third.set_title(f"{STARTS} starts for each size")
    return figure


CLASSIC = Classic(
    "aiyer-1990",
    "the subspace of valid tours, and networks in and out of it",
    _SOURCE,
    "The penalties have three different eigenvalues; a network whose outputs are confined to the subspace of "
    "the largest one, whose rows and columns sum to one, ends in valid tours, also with 50 cities.",
    "eigenvalues of the penalties; valid tours of 10 and 50 cities",
    12.0,
    compute,
    draw,
)
