"""Leleu 2019: control of the amplitudes frees an Ising machine from local minima."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.optimise import solve, trace
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.problems.spins import AmplitudeMachine, InertialMachine
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPINS, STARTS, STEPS = 100, 200, 1000
CELLS, POINTS = 30, 400
FROZEN = 1e-9
"""Rate of the error variables of the machine without control."""
MACHINES = {
    "with control": AmplitudeMachine(steps=STEPS),
    "without control": AmplitudeMachine(steps=STEPS, beta=FROZEN),
}

_SOURCE = "T. Leleu et al., Phys. Rev. Lett. 122:040607 (2019)"
_OTHER = "measured on its own instances, which are not given"


def dense(seed: int) -> MaxCut:
    """Return a complete graph of 100 vertices with weights of +1 and -1 at random."""
    rng = np.random.default_rng([seed, SPINS])
    upper = np.triu(rng.choice((-1.0, 1.0), (SPINS, SPINS)), 1)
    return MaxCut(upper + upper.T)


def compute(seed: int, limits: Limits) -> Findings:
    """Return the cuts in which starts end with and without control, and an anneal of each.

    Arrays: `cut` (2, starts); `moments` (k,), parts of the anneal, and `cells` (2, k, 30).
    """
    problem = dense(seed)
    cuts: list[Array] = []
    courses: list[Array] = []
    for form in MACHINES.values():
        if limits.over:
            break
        result = solve(problem, form, starts=STARTS, seed=seed, baselines=False, limits=limits.alone())
        if len(result.starts) < STARTS:
            break
        cuts.append(np.array([start.verdict.cost for start in result.starts]))
        course = trace(form.encode(problem), seed, 0, points=POINTS, limits=limits.alone())
        courses.append(course.outputs[:CELLS].T)
    other = solve(
        problem, InertialMachine(), starts=STARTS, seed=seed, baselines=False, limits=limits.alone()
    )
    complete = len(courses) == len(MACHINES) and len({len(c) for c in courses}) == 1 and not limits.over
    arrays: dict[str, Any] = {}
    facts: tuple[Fact, ...] = ()
    lines = [f"complete graph of {SPINS} vertices with signs, {STARTS} starts of {STEPS} steps"]
    if complete:
        cut = np.array(cuts)
        arrays = {"cut": cut, "moments": np.linspace(0.0, 1.0, len(courses[0])), "cells": np.array(courses)}
        best = float(np.array([start.verdict.cost for start in other.starts]).max())
        share = (cut >= best).mean(axis=1)
        reached = zip(MACHINES, share, strict=True)
        lines += [f"{name}: {part:.1%} of the starts reach the cut {best:g}" for name, part in reached]
        held, free = map(float, share)
        facts = (
            Fact("best cut with control", float(cut[0].max()), best, 0, "best of another machine"),
            Fact("starts without control that reach it", free, 0, 0.05, f"{_SOURCE}: local minima hold it"),
            Fact("starts with control that reach it", held, np.nan, None, _SOURCE, _OTHER),
        )
    record = {"spins": SPINS, "steps": STEPS, "starts": STARTS}
    return Findings("leleu-2019", arrays, {}, tuple(lines), facts, record, not complete)


def draw(found: Findings) -> Figure:
    """Draw the cells of an anneal with and without control, and the cuts in which starts end."""
    with style():
        figure = new_figure(11.0, 3.6)
        axes = figure.subplots(1, 3)
        for k, (name, ax) in enumerate(zip(MACHINES, axes, strict=False)):
            if "cells" in found:
                ax.plot(found["moments"], found["cells"][k], color=PALETTE[k + 1], lw=0.6, alpha=0.7)
            ax.set(xlabel="part of the anneal", ylabel="cells" if k == 0 else None)
            ax.set_title(f"{name}: {CELLS} of {SPINS} cells")
        last = axes[-1]
        if "cut" in found:
            bins = np.arange(found["cut"].min(), found["cut"].max() + 2) - 0.5
            for k, name in enumerate(MACHINES):
                last.hist(found["cut"][k], bins, color=PALETTE[k + 1], alpha=0.7, label=name)
            legend_inside(last, "upper left")
        last.set(xlabel="cut", ylabel=f"starts of {STARTS}")
        last.set_title("cuts at the end")
    return figure


CLASSIC = Classic(
    "leleu-2019",
    "control of amplitudes in an Ising machine",
    _SOURCE,
    "Amplitudes that differ map the wrong energy; error variables that hold them equal destabilise local "
    "minima, and the machine wanders on until it finds better ones.",
    "the best cut is found with control, and not without",
    3.7,
    compute,
    draw,
)
