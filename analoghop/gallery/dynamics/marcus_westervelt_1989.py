"""Marcus & Westervelt 1989: the delay from which a symmetric network of amplifiers swings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import as_coupling
from analoghop.ensembles.streams import uniform
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.study.delay import high_gain_delay, hopf_delay, measured_delay, simulate_delayed
from analoghop.study.findings import Fact, Findings
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAINS = (1.5, 3.0, 20.0)
"""Loop gains, gain |lambda_min|, whose threshold is measured."""
SIZES = (3, 4, 6)
"""Amplifiers that all inhibit each other, at high gain."""
HIGH = 40.0
SHOWN = (0.9, 1.1)
"""Delays over the threshold at loop gain 3 of the runs that are drawn."""
_LOW_SHARE, _HIGH_SHARE = 0.014, 0.06

_SOURCE = "C. M. Marcus, R. M. Westervelt, Phys. Rev. A 39:347 (1989)"


def compute(seed: int, limits: Limits) -> Findings:
    """Return critical delays, measured and by both formulas, and the runs below and above one of them.

    Times are in time constants. Arrays: `gain` (3,) and `delay` (3,), measured at these loop gains; `size`
    (3,) and `size_delay` (3,), measured for all-inhibitory networks at high gain; `time` (k,) and `output`
    (k, 2), of one amplifier that inhibits itself with loop gain 3 at 0.9 and 1.1 of the critical delay.
    """
    low = [_low(gain, limits) for gain in GAINS if not limits.over]
    high = [_high(size, seed, limits) for size in SIZES if not limits.over]
    arrays: dict[str, Any] = {}
    complete = len(low) == len(GAINS) and len(high) == len(SIZES) and bool(np.isfinite([*low, *high]).all())
    if complete:
        runs = [
            simulate_delayed(_one(3.0), share * hopf_delay(3.0), [0.05], 40.0, check=False) for share in SHOWN
        ]
        times = np.linspace(0.0, 40.0, 801)
        arrays = {
            "gain": np.array(GAINS),
            "delay": np.array(low),
            "size": np.array(SIZES),
            "size_delay": np.array(high),
            "time": times,
            "output": np.array([np.interp(times, run.times, run.outputs[:, 0, 0]) for run in runs]).T,
        }
    facts = [
        Fact(f"delay at loop gain {gain:g}", found, hopf_delay(gain), _LOW_SHARE * hopf_delay(gain), _SOURCE)
        for gain, found in zip(GAINS, low, strict=False)
    ]
    facts += [
        Fact(f"delay of {size} that inhibit each other", found, one, _HIGH_SHARE * one, _SOURCE)
        for size, found, one in zip(SIZES, high, map(_formula, SIZES), strict=False)
    ]
    lines = (f"one amplifier at loop gains {', '.join(f'{g:g}' for g in GAINS)}, networks at gain {HIGH:g}",)
    units = dict.fromkeys(("delay", "size_delay", "time") if arrays else (), "time constants")
    return Findings(
        "marcus-westervelt-1989", arrays, units, lines, tuple(facts) if complete else (), {}, not complete
    )


def _one(loop_gain: float) -> Network:
    """Return an amplifier that inhibits itself: the mode of lambda_min by itself."""
    return Network(as_coupling(np.array([[-1.0]])), Amplifiers.uniform(Tanh(), 1, gain=loop_gain))


def _low(gain: float, limits: Limits) -> float:
    expected = hopf_delay(gain)
    start: Array = np.array([[0.01 / gain]])
    span = min(200.0, 20.0 + 200.0 * expected)
    return measured_delay(_one(gain), 0.7 * expected, 1.3 * expected, start, span, limits)


def _high(size: int, seed: int, limits: Limits) -> float:
    T = -(np.ones((size, size)) - np.eye(size)) / (size - 1)
    network = Network(as_coupling(T), Amplifiers.uniform(Tanh(), size, gain=HIGH))
    start = (1.0 + 0.3 * uniform(seed, 0, 2, size)) / HIGH
    return measured_delay(network, 0.7 * _formula(size), 1.3 * _formula(size), start, 150.0, limits)


def _formula(size: int) -> float:
    """Return ln((N - 1)/(N - 2))."""
    return high_gain_delay(-1.0, 1.0 / (size - 1))


def draw(found: Findings) -> Figure:
    """Draw both critical delays with the measured ones, and an output below and above the threshold."""
    with style():
        figure = new_figure(11.5, 3.6)
        left, middle, right = figure.subplots(1, 3)
        gain, size = np.geomspace(1.02, 100.0, 300), np.arange(3, 9)
        left.plot(gain, [hopf_delay(g) for g in gain], color=PALETTE[1], label="published formula")
        known = [math.log((n - 1) / (n - 2)) for n in size]
        middle.plot(size, known, ".-", color=PALETTE[1], label="published formula")
        if "gain" in found:
            left.plot(found["gain"], found["delay"], "o", color=PALETTE[2], label="measured")
            middle.plot(found["size"], found["size_delay"], "o", color=PALETTE[2], label="measured")
            for k, share in enumerate(SHOWN):
                right.plot(
                    found["time"], found["output"][:, k], color=PALETTE[k + 1], label=f"{share:g} of it"
                )
            legend_inside(right, "upper right", title="delay", frameon=True)
        left.set(xlabel="loop gain: gain times |smallest eigenvalue|", xscale="log")
        left.set(ylabel="delay (time constants)", yscale="log")
        for ticks, put in (((1, 3, 10, 30, 100), left.set_xticks), ((0.01, 0.1, 1, 10), left.set_yticks)):
            put(ticks, [f"{tick:g}" for tick in ticks])
        left.minorticks_off()
        left.text(8.0, 1.5, "swings", fontsize=9)
        left.text(1.3, 0.1, "rests", fontsize=9)
        left.set_title("critical delay of the middle state")
        legend_inside(left, "lower left")
        middle.set(xlabel="amplifiers that inhibit each other", ylabel="delay (time constants)")
        middle.set_title("critical delay at high gain")
        legend_inside(middle, "upper right")
        right.set(xlabel="time (time constants)", ylabel="output (V)", ylim=(-0.6, 1.0))
        right.set_title("around the critical delay, loop gain 3")
    return figure


CLASSIC = Classic(
    "marcus-westervelt-1989",
    "the delay from which symmetric networks swing",
    _SOURCE,
    "A symmetric network, which never swings without delay, does so from a delay on that the gain and the "
    "most negative eigenvalue give; at high gain it is -ln(1 + lambda_max/lambda_min).",
    "critical delays by both formulas, within 1.4 % and 6 %",
    39.3,
    compute,
    draw,
)
