from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_trapezoid, solve_ivp

from analoghop.activations import Activation, Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.solution import Counts, EnergyRecord, Solution, Status
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network

SIEMENS, TAU = 1e-4, 1e-3


def network(T: ArrayLike, gain: float, kind: Activation | None = None, bias: ArrayLike = 0.0) -> Network:
    """A network whose T and bias are given in units of G."""
    T = np.asarray(T, dtype=np.float64)
    bank = Amplifiers.uniform(Tanh() if kind is None else kind, len(T), gain)
    return Network(T * SIEMENS, bank, C=TAU * SIEMENS, G=SIEMENS, bias=np.asarray(bias) * SIEMENS)


def solve(
    system: System, x0: ArrayLike, times: Array, record: Mapping[str, object] | None = None
) -> Solution:
    """The solution by SciPy, with an energy record built from the system's own powers."""
    answer = solve_ivp(
        lambda t, x: system.rhs(t, x[:, None])[:, 0],
        (times[0], times[-1]),
        np.asarray(x0, dtype=np.float64),
        t_eval=times,
        rtol=1e-9,
        atol=1e-12,
    )
    states = answer.y
    energy = None
    if system.has_energy:
        parts = {k: np.asarray(v) for k, v in system.energy(times, states).items()}
        total = np.sum(list(parts.values()), axis=0)
        flow = system.flow(times, states)
        dissipated, supplied = (
            cumulative_trapezoid(power, times, initial=0.0) for power in (flow.dissipated, flow.supplied)
        )
        energy = EnergyRecord(
            times,
            parts,
            dissipated,
            supplied,
            float((total - np.minimum.accumulate(total)).max()),
            float(total[0] - total.min()),
            0.0,
            system.theorem.applies,
            system.theorem.reason,
        )
    counts = Counts(system.size, system.n_outputs, len(times) - 1, answer.nfev, 0)
    return Solution(
        system, times, states, Status.TIME_UP, "", counts, energy, {}, 0.0, 0.0, record=record or {}
    )


@cache
def flip_flop() -> Solution:
    return solve(network([[0, 1], [1, 0]], 2.0), [0.3, -0.2], np.linspace(0, 20e-3, 401))


@cache
def converter() -> Solution:
    k = np.arange(4)
    T = -(2.0 ** (k[:, None] + k)) * (1 - np.eye(4)) / 100
    bias = (2.0**k * 10 - 2.0 ** (2 * k - 1)) / 100
    return solve(network(T, 500.0, Logistic(), bias), np.zeros(4), np.linspace(0, 20e-3, 1001))


@cache
def memory() -> Solution:
    rng = np.random.default_rng(3)
    letters = rng.choice([-1.0, 1.0], (3, 25))
    T = (letters.T @ letters - 3 * np.eye(25)) / 25
    return solve(network(T, 10.0), 0.1 * letters[0], np.linspace(0, 10e-3, 201))


@cache
def hundred() -> Solution:
    rng = np.random.default_rng(4)
    A = rng.normal(size=(100, 100))
    return solve(network((A + A.T) / 20, 5.0), 0.1 * rng.normal(size=100), np.linspace(0, 20e-3, 101))


@cache
def ring() -> Solution:
    T = np.zeros((3, 3))
    T[0, 2] = T[1, 0] = T[2, 1] = -1.0
    return solve(network(T, 5.0), [0.1, 0.0, 0.0], np.linspace(0, 12e-3, 1201))


def compiled(deck: str) -> Lure:
    return compile_circuit(parse("a title\n" + deck + "\n.end\n"))


OSCILLATOR = """R11 v1 u1 10k
R12 v2 u1 10k
R1 u1 u2 20k
C1 u1 0 100n
C2 u2 0 200n
R22 v2 u2 10k
R21 n1 u2 10k
B1 v1 0 V=tanh(4*V(u1))
B2 v2 0 V=tanh(4*V(u2))
B3 n1 0 V=-tanh(4*V(u1))"""
"""Two amplifiers, a resistor between their inputs and no symmetry: no energy, and it oscillates."""

FILTER = """V1 in 0 PULSE(0 1 1m 1u 1u 3m 10m)
R1 in a 1k
C1 a 0 1u
R2 a b 1k
C2 b 0 1u"""
"""No amplifier at all, and a moving source."""


@cache
def oscillator() -> Solution:
    return solve(compiled(OSCILLATOR), [0.1, 0.0], np.linspace(0, 20e-3, 1001))


@cache
def ladder() -> Solution:
    return solve(compiled(FILTER), [0.0, 0.0], np.linspace(0, 10e-3, 1001))


def texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Draw `figure` and return every text that is seen with the pixels that it covers."""
    figure.canvas.draw()
    unseen = set()
    for axis in figure.findobj(Axis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            slack = 1e-9 * (high - low)
            if not low - slack <= tick.get_loc() <= high + slack:
                unseen |= {tick.label1, tick.label2}
    return [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in unseen
    ]


def assert_legible(figure: Figure) -> None:
    """Every text lies inside the figure, no two cover each other, and no legend covers its axes."""
    found = texts(figure)
    for legend in figure.findobj(Legend):
        assert legend.get_window_extent().x0 >= legend.axes.bbox.x1 - 0.5
    width, height = figure.bbox.width, figure.bbox.height
    for name, box in found:
        assert box.x0 >= -0.5, f"{name!r} leaves the figure"
        assert box.y0 >= -0.5, f"{name!r} leaves the figure"
        assert box.x1 <= width + 0.5, f"{name!r} leaves the figure"
        assert box.y1 <= height + 0.5, f"{name!r} leaves the figure"
    for k, (name, box) in enumerate(found):
        for other, beside in found[k + 1 :]:
            across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            along = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert across <= 1 or along <= 1, f"{name!r} covers {other!r}"
