"""Ercsey-Ravasz & Toroczkai 2011: a circuit for satisfiability that wanders chaotically until it solves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.ensembles.streams import uniform
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.problems.satisfiability.encodings import clauses_of
from analoghop.problems.satisfiability.instance import Satisfiability
from analoghop.simulate import simulate
from analoghop.study.chaos import transient_chaos
from analoghop.study.findings import Fact, Findings
from analoghop.systems.machines.satisfaction import Satisfaction

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VARIABLES, CLAUSES = 20, 85
STARTS, DURATION, SHOWN = 100, 200.0, 15.0
TAIL = 0.2
"""Of the starts: the share of unsolved ones down to which the tail is fitted."""

_OTHER = "measured on formulas that are not given"
_SOURCE = "M. Ercsey-Ravasz, Z. Toroczkai, Nature Phys. 7:966 (2011)"


def formula(seed: int) -> Satisfiability:
    """Return random clauses of three literals at 4.25 clauses per variable, all of which one answer meets."""
    rng = np.random.default_rng(seed)
    hidden, clauses = rng.choice((-1, 1), VARIABLES), list[list[int]]()
    while len(clauses) < CLAUSES:
        variables, signs = rng.choice(VARIABLES, 3, replace=False), rng.choice((-1, 1), 3)
        if (signs == hidden[variables]).any():
            clauses.append([int(v + 1) * int(s) for v, s in zip(variables, signs, strict=True)])
    return Satisfiability.of(VARIABLES, clauses)


def compute(seed: int, limits: Limits) -> Findings:
    """Return when starts are solved, and the weights of the clauses in one run.

    Times are in tau. Arrays: `time` (starts,) of solution; `curve_time`, `unsolved` (k,); `fit` (2,), slope
    and offset of the tail's logarithm; `sample_time` (m,), `samples` (m, 4), cells of the slowest start;
    `weight_time` (w,) and `weights` (clauses, w), of a start that runs on.
    """
    problem = formula(seed)
    found = transient_chaos(problem, starts=STARTS, duration=DURATION, seed=seed, limits=limits.alone())
    arrays: dict[str, Any] = {}
    facts: tuple[Fact, ...] = ()
    lines = [f"{VARIABLES} variables, {CLAUSES} clauses of three literals, {STARTS} starts", *found.lines]
    complete = not found.interrupted and not limits.over
    if complete:
        machine = Satisfaction(clauses_of(problem), duration=SHOWN)
        start = np.concatenate([uniform(seed, 0, 1, VARIABLES)[:, 0], np.ones(machine.size - VARIABLES)])
        run = simulate(machine, x0=start, times=np.linspace(0.0, SHOWN, 151), limits=limits.alone())
        names = ("time", "curve_time", "unsolved", "sample_time", "samples")
        arrays = {name: found[name] for name in names}
        arrays |= {"weight_time": run.times, "weights": run.states[VARIABLES:]}
        arrays["fit"], close = _tail(arrays["curve_time"], arrays["unsolved"])
        solved = float(np.isfinite(found["time"]).mean())
        kappa = float(-arrays["fit"][0])
        falls = float((np.diff(arrays["weights"], axis=1) < 0).any(axis=1).sum())
        tail = f"{_SOURCE}: exp(-kappa t)"
        facts = (
            Fact("share of starts that are solved", solved, 1.0, 0.0, f"{_SOURCE}: no other attractors"),
            Fact("correlation of ln(unsolved) and time in the tail", close, -1.0, 0.03, tail),
            Fact("weights that fall at any time", falls, 0, 0, "a' = a K, K from 0 to 1"),
            Fact("escape rate kappa (1/tau)", kappa, np.nan, None, _SOURCE, _OTHER),
        )
    units = dict.fromkeys(("time", "curve_time", "sample_time", "weight_time") if arrays else (), "tau")
    record = {"variables": VARIABLES, "clauses": CLAUSES}
    return Findings("ercsey-ravasz-toroczkai-2011", arrays, units, tuple(lines), facts, record, not complete)


def _tail(time: Array, unsolved: Array) -> tuple[Array, float]:
    """Return slope and offset of ln(unsolved) while it falls to a fifth, and the correlation with time."""
    rows = (unsolved <= 0.95) & (unsolved >= TAIL)
    t, logs = time[rows], np.log(unsolved[rows])
    return np.polyfit(t, logs, 1), float(np.corrcoef(t, logs)[0, 1])


def draw(found: Findings) -> Figure:
    """Draw cells of the slowest start, the weights of the clauses, and the share of unsolved starts."""
    with style():
        figure = new_figure(11.5, 3.6)
        left, middle, right = figure.subplots(1, 3)
        if "time" in found:
            for k in range(found["samples"].shape[1]):
                left.plot(found["sample_time"], found["samples"][:, k], color=PALETTE[k + 1], lw=0.9)
            middle.plot(found["weight_time"], found["weights"].T, color=PALETTE[1], lw=0.5, alpha=0.5)
            some = found["unsolved"] > 0
            right.plot(found["curve_time"][some], found["unsolved"][some], color=PALETTE[1], label="starts")
            kappa, offset = -found["fit"][0], found["fit"][1]
            shown = np.exp(offset - kappa * found["curve_time"][some])
            label = f"exp(-{kappa:.3g} t)"
            right.plot(found["curve_time"][some], shown, "--", color=PALETTE[2], label=label)
            legend_inside(right, "upper right")
        left.set(xlabel="time (tau)", ylabel="cells", ylim=(-1.1, 1.1))
        left.set_title("four cells of the slowest start")
        middle.set(xlabel="time (tau)", ylabel="weight", yscale="log")
        middle.set_title("weights of the clauses")
        right.set(xlabel="time (tau)", ylabel="share of unsolved starts", yscale="log")
        right.set_title("escape from transient chaos")
        for ax, ticks in ((middle, (1, 2, 5, 10)), (right, (0.01, 0.1, 1))):
            ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
            ax.minorticks_off()
    return figure


CLASSIC = Classic(
    "ercsey-ravasz-toroczkai-2011",
    "satisfiability by exponential weights: transient chaos",
    _SOURCE,
    "Clauses that do not hold grow in weight exponentially, so that solutions are the only attractors; the "
    "search is transiently chaotic, and the share of unsolved starts falls exponentially.",
    "all starts are solved, with an exponential tail",
    2.4,
    compute,
    draw,
)
