"""Morita 1993: amplifiers whose output falls again recall from worse cues and hold more, or wander."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import NumericalError
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.memory import Memory, correction, learn, make_cues
from analoghop.memory.circuits.continuous import Amplifier, pair_circuit
from analoghop.memory.models import Continuous
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEURONS, LOAD = 1000, 0.2
STARTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
"""Overlaps of cues whose course is drawn."""
LOADS = (0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.24, 0.28, 0.3, 0.32, 0.34, 0.36)
CUE, TRIALS = 0.8, 4
"""Overlap of the cues of the study of loads, and cues for each load."""
DURATION, POINTS = 30.0, 121
"""Length of a run in time constants, and recorded times."""
RECALLED = 0.95

KINDS: dict[str, Amplifier] = {"monotone": "tanh", "nonmonotone": "morita"}
_SOURCE = "M. Morita, Neural Networks 6:115 (1993)"


def compute(seed: int, limits: Limits) -> Findings:
    """Return overlaps over time from cues of different quality, and the overlaps at the end over the load.

    Arrays: `time` (k,) in time constants, `start` (6,) overlaps of the cues, `monotone` and `nonmonotone`
    (k, 6) the overlaps with the wanted memory at load 0.2; `load` (l,), `monotone_end` and `nonmonotone_end`
    (l, trials), the overlaps after cues of overlap 0.8; `monotone_moving` and `nonmonotone_moving` (l,), the
    share of these runs that still move at the end.
    """
    memory = Memory.random(NEURONS, round(NEURONS * LOAD), seed)
    arrays: dict[str, Any] = {"start": np.array(STARTS), "load": np.array(LOADS)}
    arrays["time"] = np.linspace(0.0, DURATION, POINTS)
    total, complete = len(KINDS) * (len(STARTS) + len(LOADS)), True
    done = 0
    for name, amplifier in KINDS.items():
        courses, ends, moving = [], [], []
        for k, start in enumerate(STARTS):
            course = _course(memory, amplifier, start, [k], seed, limits)
            if course is None:
                break
            courses.append(course[:, 0])
            limits.tell(done := done + 1, total, "runs")
        for load in LOADS:
            held = Memory.random(NEURONS, round(NEURONS * load), seed + 1)
            course = _course(held, amplifier, CUE, list(range(TRIALS)), seed, limits)
            if course is None:
                break
            ends.append(course[-1])
            moving.append(float((np.ptp(course[-POINTS // 4 :], axis=0) > 0).mean()))
            limits.tell(done := done + 1, total, "runs")
        arrays |= {
            name: np.array(courses).T,
            f"{name}_end": np.array(ends),
            f"{name}_moving": np.array(moving),
        }
        complete &= len(courses) == len(STARTS) and len(ends) == len(LOADS)
    lines = [f"{NEURONS} neurons; courses at load {LOAD:g}, ends after cues of overlap {CUE:g}"]
    facts = _facts(arrays, lines) if complete else ()
    units = {"time": "time constants"}
    return Findings("morita-1993", arrays, units, tuple(lines), facts, {"neurons": NEURONS}, not complete)


def _course(
    memory: Memory, amplifier: Amplifier, start: float, wanted: list[int], seed: int, limits: Limits
) -> Array | None:
    """Return the overlaps (points, cues) of the signs with the wanted memories; None if cut short."""
    if limits.over:
        return None
    circuit = pair_circuit(memory, learn(memory, "hebbian"), amplifier=amplifier)
    cues = make_cues(memory, wanted, noise=0.5 * (1.0 - start), seed=seed)
    model, duration = Continuous(circuit, "hebbian"), DURATION * circuit.tau
    try:
        run = correction(model, cues, duration=duration, points=POINTS, limits=limits.until(np.inf))
    except (NumericalError, KeyboardInterrupt):  # no cue has finished
        if limits.late or limits.interrupted:
            return None
        raise
    return 1.0 - 2.0 * run.hamming / memory.size if run.hamming.shape[1] == len(wanted) else None


def _facts(arrays: dict[str, Any], lines: list[str]) -> tuple[Fact, ...]:
    loads = arrays["load"]
    recalled = {name: (arrays[f"{name}_end"] > RECALLED).mean(axis=1) for name in KINDS}
    most = {name: float(loads[share >= 0.5].max(initial=0.0)) for name, share in recalled.items()}
    lines += [f"{name}: at least half recalled up to load {value:g}" for name, value in most.items()]
    good = arrays["start"] >= 0.4
    failed = recalled["nonmonotone"] == 0.0
    moving = float(arrays["nonmonotone_moving"][failed].mean()) if failed.any() else np.nan
    step = 0.02  # between the loads there
    broad = step + 1.0 / math.sqrt(NEURONS)  # a finite network fails over a range of loads
    return (
        Fact(
            "largest load that nonmonotone amplifiers recall",
            most["nonmonotone"],
            0.32,
            step,
            f"{_SOURCE}: about 0.32",
        ),
        Fact(
            "largest load that monotone amplifiers recall", most["monotone"], 0.138, broad, "Amit et al. 1985"
        ),
        Fact(
            "load 0.2, nonmonotone: overlap from cues of 0.4",
            arrays["nonmonotone"][-1, good].min(),
            1.0,
            0.01,
            f"{_SOURCE}: recall",
        ),
        Fact(
            "beyond: share that still moves at the end",
            moving,
            1.0,
            0.0,
            f"{_SOURCE}: it wanders instead of resting",
        ),
    )


def draw(found: Findings) -> Figure:
    """Draw overlaps over time for both kinds of amplifiers, and the overlaps at the end over the load."""
    with style():
        figure = new_figure(11.0, 3.8)
        first, second, third = figure.subplots(1, 3, sharey=True)
        for ax, name in ((first, "monotone"), (second, "nonmonotone")):
            _courses(found, name, ax)
        for name, colour, mark in (("monotone", PALETTE[2], "s"), ("nonmonotone", PALETTE[1], "o")):
            if len(found[f"{name}_end"]):
                end = found[f"{name}_end"]
                third.plot(found["load"][: len(end)], end, mark, color=colour, ms=3, alpha=0.5)
                third.plot(
                    found["load"][: len(end)], end.mean(axis=1), color=colour, label=f"{name} amplifiers"
                )
        for value in (0.138, 0.32):
            third.axvline(
                value, color="0.4", ls=":", lw=0.9, label="published: 0.138 and 0.32" if value > 0.2 else None
            )
        third.set(xlabel="load, memories per neuron")
        legend_inside(third, "lower left")
        third.set_title(f"at the end, from cues of overlap {CUE:g}")
        first.set_ylabel("overlap with the memory")
    return figure


def _courses(found: Findings, name: str, ax: Axes) -> None:
    if found[name].size:
        for k, course in enumerate(found[name].T):
            ax.plot(found["time"], course, color=PALETTE[k], label=f"cue {found['start'][k]:g}")
    ax.set(xlabel="time (time constants)", ylim=(-0.45, 1.05))
    ax.set_title(f"{name} amplifiers, load {LOAD:g}")
    legend_inside(ax, "lower right", ncols=2, title="overlap of the cue")


CLASSIC = Classic(
    "morita-1993",
    "recall with nonmonotone amplifiers: overlap over time and over the load",
    _SOURCE,
    "Amplifiers whose output falls again at large inputs recall from worse cues, hold about 0.32 n memories, "
    "and wander where they fail instead of resting in a false memory.",
    "largest load 0.32; failed recalls wander",
    22.0,
    compute,
    draw,
)
