"""Hopfield 1984, figure 3: the energy of two amplifiers, and its minima, which move inwards at low gain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from analoghop.activations import Arctan
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import as_coupling
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.study.continuation import continuation
from analoghop.study.findings import Fact, Findings
from analoghop.study.landscape import energy_surface
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAIN = 1.4
LEVELS = (-0.041, -0.023, -0.003, 0.017, 0.156, 0.449)
"""Energies of the contours of figure 3, as its caption gives them."""
AROUND_BOTH = 3
"""Contours of figure 3 that run around both minima: those above the energy 0 of the saddle between."""
GAINS = (0.5, 20.0)

_SOURCE = "J. J. Hopfield, Proc. Natl. Acad. Sci. USA 81:3088 (1984), figure 3"


def pair(gain: float) -> Network:
    """Return the two amplifiers of figure 3: T12 = T21 = 1, R = C = 1, v = (2/pi) arctan(pi gain u/2)."""
    T = as_coupling(np.array([[0.0, 1.0], [1.0, 0.0]]))
    return Network(T, Amplifiers.uniform(Arctan(), 2, gain=gain))


def compute(seed: int, limits: Limits) -> Findings:
    """Return the energy over both outputs at gain 1.4, and the outputs of all equilibria against the gain.

    Arrays: `v1`, `v2` (k,), `energy` (k, k; rows are v2), `level` and `around_both` (6,) of the
    contours; `points` (p, 2), `energies` and `indices` (p,) of the equilibria; `place` and `motion` (2, m),
    outputs and their rates; `branch`, `gain`, `output` and `unstable` (q,) along the branches.
    """
    circuit = pair(GAIN)
    surface = energy_surface(circuit, resolution=301, limits=limits)
    saddles = surface["energies"][surface["indices"] == 1]
    around_both = np.array([bool((saddles < level).any()) for level in LEVELS])
    place = np.stack([part.ravel() for part in np.meshgrid(*2 * [np.linspace(-0.9, 0.9, 10)])])
    u = circuit.amplifiers.inverse(place)
    motion = circuit.amplifiers.pushforward(u, circuit.rhs(0.0, u))
    limits.tell(1, 2, "parts")
    diagram = continuation(circuit, "gain", GAINS, everywhere=False, limits=limits)
    along = diagram.findings()
    arrays = {
        **{name: surface[name] for name in ("v1", "v2", "energy", "points", "energies", "indices")},
        "level": np.array(LEVELS),
        "around_both": around_both,
        "place": place,
        "motion": motion,
        "branch": along["branch"],
        "gain": along["value"],
        "output": along["outputs"].reshape(-1, 2)[:, 0],
        "unstable": along["unstable"],
    }
    interrupted = surface.interrupted or along.interrupted
    output, energy = _minimum(GAIN)
    facts: tuple[Fact, ...] = ()
    if not interrupted:
        minima, start = surface["indices"] == 0, float(diagram.steps()[0])
        v, lowest = surface["points"][minima].max(), surface["energies"][minima].min()
        facts = (
            Fact("stable states", float(minima.sum()), 2, 0, _SOURCE),
            Fact("contours around both minima", float(around_both.sum()), AROUND_BOTH, 0, _SOURCE),
            Fact("output of the minimum (V)", v, output, 1e-9, "v = g(v), by bisection"),
            Fact("energy of the minimum (W)", lowest, energy, 1e-9, "equation 7 at v = g(v)"),
            Fact("gain at which two minima part", start, 1.0, 1e-8, "1/largest eigenvalue of T"),
        )
    lines = [f"gain {GAIN:g}: minima at v1 = v2 = +-{output:.4f} V, energy {energy:.5f} W; saddle at 0"]
    for level, both in zip(LEVELS, around_both, strict=True):
        lines.append(f"contour at {level:g} W: {'around both minima' if both else 'one around each minimum'}")
    units = {"v1": "V", "v2": "V", "energy": "W", "level": "W", "energies": "W", "points": "V", "place": "V"}
    units |= {"motion": "V/s", "output": "V"}
    return Findings("hopfield-1984", arrays, units, tuple(lines), facts, {"gain": GAIN}, interrupted)


def _minimum(gain: float) -> tuple[float, float]:
    """Return v > 0 with v = (2/pi) arctan(pi gain v/2), and the energy there, by the formulas alone."""
    low, high = 1e-3, 1.0
    for _ in range(60):
        v = 0.5 * (low + high)
        low, high = (v, high) if 2 / math.pi * math.atan(0.5 * math.pi * gain * v) > v else (low, v)
    integral = -4.0 / (math.pi**2 * gain) * math.log(math.cos(0.5 * math.pi * v))
    return v, -v * v + 2.0 * integral


def draw(found: Findings) -> Figure:
    """Draw the contours of figure 3 with the motion of the outputs, and the outputs at rest over the gain."""
    with style():
        figure = new_figure(10.0, 4.6)
        left, right = figure.subplots(1, 2)
        _contours(found, left)
        _branches(found, right)
    return figure


def _contours(found: Findings, ax: Axes) -> None:
    colours = [PALETTE[1] if level < 0 else "0.25" for level in found["level"]]
    lines = ax.contour(*(found[name] for name in ("v1", "v2", "energy", "level")), colors=colours)
    ax.clabel(lines, fmt="%.3f", fontsize=7)
    speed = np.maximum(np.hypot(*found["motion"]), 1e-12)
    ax.quiver(*found["place"], *(found["motion"] / speed), color="0.65", width=0.003, scale=28)
    for index, mark, name in ((0, "o", "minimum"), (1, "X", "saddle")):
        own = found["points"][found["indices"] == index]
        ax.plot(own[:, 0], own[:, 1], mark, color=PALETTE[2], ms=7, label=name)
    ax.set(xlabel="output v1 (V)", ylabel="output v2 (V)", xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
    ax.grid(False)
    legend_inside(ax, "upper left", frameon=True)
    ax.set_title(f"energy (W) at gain {GAIN:g}; arrows: directions of motion")


def _branches(found: Findings, ax: Axes) -> None:
    for stable, dash, colour in ((True, "-", PALETTE[1]), (False, "--", PALETTE[2])):
        name: str | None = "stable" if stable else "unstable"
        for branch in np.unique(found["branch"]):
            rows = np.flatnonzero(found["branch"] == branch)
            own = (found["unstable"][rows] == 0) == stable
            own[:-1] |= own[1:]  # so that a line begins at the point before
            shown = np.where(own, found["output"][rows], np.nan)
            ax.plot(found["gain"][rows], shown, dash, color=colour, label=name if own.any() else None)
            name = None if own.any() else name
    ax.axvline(GAIN, color="0.5", lw=0.8, ls=":", label=f"gain {GAIN:g}, as on the left")
    ax.set_xscale("log")
    ax.set(xlabel="gain of the amplifiers", ylabel="output of both amplifiers (V)", ylim=(-1.05, 1.05))
    ticks = (0.5, 1, 2, 5, 10, 20)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    legend_inside(ax, "center right", bbox_to_anchor=(1.0, 0.3))
    ax.set_title("minima move from the corners inwards as the gain falls")


CLASSIC = Classic(
    "hopfield-1984",
    "energy of two amplifiers with graded response",
    _SOURCE,
    "At a finite gain the stable states lie inside the corners, and move inwards as the gain falls, until "
    "they meet in the middle.",
    "two stable states; three of the six contours at gain 1.4 run around both",
    1.5,
    compute,
    draw,
)
