"""Tank & Hopfield 1986, the linear program: two voltages run to the best corner of a polygon."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_beside, style
from analoghop.simulate import simulate
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONSTRAINTS = ((1.0, 0.0, 4.0), (0.0, 2.0, 12.0), (3.0, 2.0, 18.0), (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
"""a x + b y <= c, as in the textbook of Hillier and Lieberman, and x, y >= 0."""
CORNERS = ((0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (2.0, 6.0), (0.0, 6.0), (0.0, 0.0))
STRENGTH = 1000.0
"""Current of a constraint that is broken by 1 V, in uA: errors are of the order of the prices over this."""
TRACE = 5
"""Of the recorded points every so many is kept."""

_SOURCE = "D. W. Tank, J. J. Hopfield, IEEE Trans. Circuits Syst. 33:533 (1986), linear program"


def program(price_x: float, price_y: float) -> Circuit:
    """Return the circuit that maximises price_x x + price_y y: voltages x and y rise by currents in uA.

    Each constraint has an amplifier whose output is the excess and draws currents in proportion to a and b.
    """
    lines = [f"Linear program\n.param unit=1u\nIx 0 x {{({price_x!r})*unit}}\nIy 0 y {{({price_y!r})*unit}}"]
    lines += [f"C{node} {node} 0 1n\nR{node} {node} 0 100meg" for node in "xy"]
    for k, (a, b, c) in enumerate(CONSTRAINTS):
        lines.append(f"B{k} k{k} 0 V=max(({a})*V(x)+({b})*V(y)-({c}), 0)")
        lines += [f"G{k}{n} {n} 0 k{k} 0 {{({w * STRENGTH})*unit}}" for n, w in (("x", a), ("y", b)) if w]
    return Circuit.parse("\n".join([*lines, ".ic v(x)=0 v(y)=0\n.tran 10u 20m uic\n.end\n"]))


def compute(seed: int, limits: Limits) -> Findings:
    """Return the way of the voltages for the program 3 x + 5 y, and the ends for twelve directions of prices.

    Arrays: `time` (k,) in s, `way` (2, k) in V; `angle` (d,) of the prices in degrees, `end` and `optimum`
    (d, 2) in V; `corner` (6, 2).
    """
    from scipy.optimize import linprog

    run = simulate(program(3.0, 5.0), limits=limits)
    way = np.stack([run["v(x)"], run["v(y)"]])
    angles = np.arange(10.0, 360.0, 30.0)
    matrix, most = np.array(CONSTRAINTS)[:, :2], np.array(CONSTRAINTS)[:, 2]
    ends, optima = [], []
    for k, angle in enumerate(np.radians(angles).tolist()):
        if limits.over:
            break
        prices = 5.0 * math.cos(angle), 5.0 * math.sin(angle)
        one = simulate(program(*prices), limits=limits.alone())
        ends.append([float(one["v(x)"][-1]), float(one["v(y)"][-1])])
        optima.append(linprog([-price for price in prices], matrix, most, bounds=(None, None)).x)
        limits.tell(k + 1, len(angles), "programs")
    complete = len(ends) == len(angles) and not limits.over
    end, optimum = np.array(ends).reshape(-1, 2), np.array(optima).reshape(-1, 2)
    arrays = {
        "time": run.times[::TRACE],
        "way": way[:, ::TRACE],
        "angle": angles[: len(ends)],
        "end": end,
        "optimum": optimum,
        "corner": np.array(CORNERS),
    }
    facts: tuple[Fact, ...] = ()
    x, y = way[:, -1].tolist()
    lines = [f"3 x + 5 y is {3 * x + 5 * y:.4f} at x = {x:.4f} V, y = {y:.4f} V"]
    if complete:
        farthest = float(np.abs(end - optimum).max())
        lines.append(
            f"{len(angles)} directions of prices: at most {farthest * 1e3:.2g} mV from the best corner"
        )
        facts = (
            Fact("largest 3 x + 5 y", 3 * x + 5 * y, 36.0, 0.05, "value at the corner (2, 6)"),
            Fact("distance from the best corner, 12 programs (V)", farthest, 0.0, 0.01, "linprog of SciPy"),
            Fact("best corner reached, of 12", float((np.abs(end - optimum) < 0.01).all(axis=1).sum()), 12, 0,
                 f"{_SOURCE}: the best corner is found"),
        )  # fmt: skip
    units = {"time": "s", "way": "V", "angle": "degrees", "end": "V", "optimum": "V", "corner": "V"}
    record = {"strength": STRENGTH}
    return Findings("tank-hopfield-1986-program", arrays, units, tuple(lines), facts, record, not complete)


def draw(found: Findings) -> Figure:
    """Draw the polygon of the constraints, the way of the voltages, and the ends for other prices."""
    with style():
        figure = new_figure(7.6, 4.6)
        ax = figure.subplots()
        ax.fill(*found["corner"].T, color="0.93", zorder=0)
        ax.plot(*found["corner"].T, color="0.4", lw=1.0, label="constraints")
        for level in (9.0, 18.0, 27.0, 36.0):
            ax.plot([0.0, level / 3.0], [level / 5.0, 0.0], color=PALETTE[5], lw=0.8, ls=":",
                    label="3 x + 5 y = 9, 18, 27, 36" if level == 9.0 else None)  # fmt: skip
        ax.plot(*found["way"], color=PALETTE[1], label="way of the voltages for 3 x + 5 y")
        for k, (angle, end) in enumerate(zip(np.radians(found["angle"]), found["end"], strict=True)):
            tip = end + 0.9 * np.array([np.cos(angle), np.sin(angle)])
            ax.annotate("", tip, end, arrowprops={"arrowstyle": "->", "color": "0.6", "lw": 0.8})
            name = "ends for 12 other prices (arrows)" if k == 0 else None
            ax.plot(*end, "o", color=PALETTE[2], ms=5, label=name)
        if found["way"].size:
            ax.plot(*found["way"][:, -1], "*", color=PALETTE[0], ms=11, label="its end: x = 2 V, y = 6 V")
        ax.set(xlabel="v(x) (V)", ylabel="v(y) (V)", xlim=(-1.2, 6.5), ylim=(-1.2, 7.4), aspect="equal")
        legend_beside(ax)
        ax.set_title("a linear program of two variables and five constraints")
    return figure


CLASSIC = Classic(
    "tank-hopfield-1986-program",
    "two voltages solve a linear program",
    _SOURCE,
    "Amplifiers of constraints draw currents where a constraint is broken, so that the voltages slide along "
    "the border of the polygon into its best corner.",
    "the end is the best corner, for thirteen programs",
    1.5,
    compute,
    draw,
)
