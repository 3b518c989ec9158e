"""Goto 2019, 2021 and 2025: bifurcation machines on one graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.optimise import solve, trace
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.problems.spins import InertialMachine
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE, STARTS, STEPS = 20, 200, 4000
CELLS, POINTS = 40, 400
"""Cells and times that are drawn of one anneal."""
MACHINES = {
    "ballistic": InertialMachine(release=0.0, comparator=False, steps=STEPS),
    "discrete": InertialMachine(release=0.0, steps=STEPS),
    "generalised": InertialMachine(release=1.25, steps=STEPS),
}

_FIRST = "H. Goto, K. Tatsumura, A. R. Dixon, Sci. Adv. 5:eaav2372 (2019)"
_SECOND = "H. Goto et al., Sci. Adv. 7:eabe7953 (2021)"
_THIRD = "H. Goto et al. (2025), generalised bifurcation"
_CLOSE = "discrete and generalised lie two standard errors apart"
_OTHER = "measured on its own graph of 2000 vertices, which is not shipped; this is another graph"


def torus(seed: int) -> MaxCut:
    """Return a torus of 20 x 20 vertices with weights of +1 and -1 at random."""
    rng = np.random.default_rng([seed, SIDE])
    W, place = np.zeros((SIDE**2, SIDE**2)), np.arange(SIDE**2).reshape(SIDE, SIDE)
    for axis in (0, 1):
        a, b = place.ravel(), np.roll(place, -1, axis).ravel()
        W[a, b] = W[b, a] = rng.choice((-1.0, 1.0), SIDE**2)
    return MaxCut(W)


def compute(seed: int, limits: Limits) -> Findings:
    """Return the cuts in which starts of three machines end, and an anneal of each.

    Arrays: `cut` (machines, starts); `moments` (k,), parts of the anneal, and `cells` (machines, k, 40).
    """
    problem = torus(seed)
    cuts: list[Array] = []
    courses: list[Array] = []
    for number, form in enumerate(MACHINES.values()):
        if limits.over:
            break
        result = solve(problem, form, starts=STARTS, seed=seed, baselines=False, limits=limits.alone())
        if len(result.starts) < STARTS:
            break
        cuts.append(np.array([start.verdict.cost for start in result.starts]))
        course = trace(form.encode(problem), seed, 0, points=POINTS, limits=limits.alone())
        courses.append(course.outputs[:CELLS].T)
        limits.tell(number + 1, len(MACHINES), "machines")
    complete = len(courses) == len(MACHINES) and len({len(course) for course in courses}) == 1
    arrays: dict[str, Any] = {}
    facts: tuple[Fact, ...] = ()
    lines = [f"torus of {SIDE} x {SIDE} with signs, {STARTS} starts of {STEPS} steps for each machine"]
    if complete:
        cut = np.array(cuts)
        arrays = {
            "cut": cut,
            "moments": np.linspace(0.0, 1.0, len(courses[0])),
            "cells": np.array(courses),
        }
        best = float(cut.max())
        share = (cut == best).mean(axis=1)
        reached = zip(MACHINES, share, strict=True)
        lines += [f"{name}: {part:.1%} of the starts reach the cut {best:g}" for name, part in reached]
        rises, both = float((np.diff(share) > 0).sum()), f"{_SECOND}; {_THIRD}"
        mean = float(cut[0].mean() / best)
        facts = (
            Fact("rises of success, ballistic to discrete to generalised", rises, 2, 0, both, _CLOSE),
            Fact("mean cut of the ballistic machine over the best", mean, np.nan, None, _FIRST, _OTHER),
            Fact("generalised starts that reach the best", float(share[2]), np.nan, None, _THIRD, _OTHER),
        )
    record = {"side": SIDE, "steps": STEPS, "starts": STARTS}
    return Findings("goto-2019-2025", arrays, {}, tuple(lines), facts, record, not complete)


def draw(found: Findings) -> Figure:
    """Draw cells of each machine from red (-1 V) to blue, and the cuts in which starts end."""
    with style():
        figure = new_figure(12.0, 3.4)
        axes = figure.subplots(1, 4)
        for k, (name, ax) in enumerate(zip(MACHINES, axes, strict=False)):
            if "cells" in found:
                extent = (0.0, 1.0, CELLS + 0.5, 0.5)
                ax.imshow(found["cells"][k].T, "RdBu", aspect="auto", extent=extent, vmin=-1.0, vmax=1.0)
            ax.grid(False)
            ax.set(xlabel="part of the anneal", ylabel="cell" if k == 0 else None)
            ax.set_title(f"{name}: {CELLS} cells, -1 to 1 V")
        last = axes[-1]
        if "cut" in found:
            for k, name in enumerate(MACHINES):
                values, counts = np.unique(found["cut"][k], return_counts=True)
                last.plot(values, counts / STARTS, "o-", ms=3, color=PALETTE[k + 1], label=name)
            legend_inside(last, "upper left")
        last.set(xlabel="cut", ylabel="share of the starts")
        last.set_title("cuts at the end")
    return figure


CLASSIC = Classic(
    "goto-2019-2025",
    "bifurcation machines on one graph",
    f"{_FIRST}; {_SECOND}; {_THIRD}",
    "Networks of nonlinear oscillators whose rest bifurcates find good cuts; walls and signs (2021), and "
    "springs that stiffen again in cells at the walls (2025), raise the share of starts that find the best.",
    "success rises from ballistic to discrete to generalised",
    3.6,
    compute,
    draw,
)
