"""Tank & Hopfield 1986, the converter: four amplifiers read a voltage as four bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import as_coupling
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.simulate import simulate
from analoghop.study.findings import Fact, Findings
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BITS = 2.0 ** np.arange(4)
GAIN = 20.0
"""Steepness of the logistic amplifiers, in the units of the weights, where one step of the input is 1 V."""
INPUTS = np.arange(0.0, 15.01, 0.25)
TAU = 1e-3

_SOURCE = "D. W. Tank, J. J. Hopfield, IEEE Trans. Circuits Syst. 33:533 (1986), converter"


def converter(x: float, gain: float = GAIN) -> Network:
    """Return the network of T_ij = -2^(i+j), T_ii = 0, I_i = 2^i x - 2^(2i-1); outputs are 0 to 1 V."""
    T = -np.outer(BITS, BITS)
    np.fill_diagonal(T, 0.0)
    bank = Amplifiers.uniform(Logistic(), 4, gain)
    return Network(as_coupling(T), bank, C=np.array(TAU), bias=BITS * x - BITS**2 / 2)


def compute(seed: int, limits: Limits) -> Findings:
    """Return the digital value of the outputs over the input, after resets and swept both ways.

    Arrays: `input` (k,) in V; `reset`, `up`, `down` (k,), the values of the four outputs after each start
    from u = 0, and along a sweep of the input.
    """
    read = {"reset": _swept(INPUTS, True, limits), "up": _swept(INPUTS, False, limits)}
    read["down"] = _swept(INPUTS[::-1], False, limits)[::-1]
    complete = not any(np.isnan(values).any() for values in read.values())
    facts: tuple[Fact, ...] = ()
    step = float(INPUTS[1])
    lines = [f"inputs of 0 to 15 V in steps of {step:g} V, gain {GAIN:g}"]
    if complete:
        whole = INPUTS % 1 == 0
        right = int((np.abs(read["reset"] - INPUTS)[whole] < 0.5).sum())
        apart = int((np.abs(read["up"] - read["down"]) > 0.5).sum())
        up, down = INPUTS[read["up"] > 7.5].min(), INPUTS[read["down"] < 7.5].max()
        lines += [
            f"reset before each input: {right} of 16 whole numbers are read right",
            f"without a reset, up and down differ at {apart} of {len(INPUTS)} inputs",
            f"the code 0111 stays up to {up:g} V on the way up, 1000 down to {down:g} V on the way down",
        ]
        rule = "8 (x - 7 - 4) > 0 turns bit 3 on at infinite gain", "8 (x - 4) < 0 turns it off"
        note = "the figure shows hysteresis; the gain and the speed of its sweep are not given"
        facts = (
            Fact("whole numbers read right after a reset, of 16", right, 16, 0, _SOURCE),
            Fact("input at which 0111 ends, swept up (V)", up, 11.0, step, rule[0]),
            Fact("input at which 1000 ends, swept down (V)", down, 4.0, step, rule[1]),
            Fact("inputs of 61 at which up and down differ", apart, np.nan, None, _SOURCE, note),
        )
    units = {"input": "V", "reset": "V", "up": "V", "down": "V"}
    record = {"gain": GAIN, "tau": TAU}
    return Findings(
        "tank-hopfield-1986-converter",
        {"input": INPUTS, **read},
        units,
        tuple(lines),
        facts,
        record,
        not complete,
    )


def _swept(inputs: Array, reset: bool, limits: Limits) -> Array:
    u, read = np.zeros(4), np.full(len(inputs), np.nan)
    for k, x in enumerate(inputs.tolist()):
        if limits.over:
            break
        run = simulate(converter(x), x0=np.zeros(4) if reset else u, settle=True)
        u = run.states[:, -1]
        read[k] = BITS @ run.outputs[:, -1]
        limits.tell(k + 1, len(inputs), "inputs")
    return read


def draw(found: Findings) -> Figure:
    """Draw the digital value over the input, after resets and swept both ways."""
    with style():
        figure = new_figure(10.0, 4.2)
        left, right = figure.subplots(1, 2, sharey=True)
        x = found["input"]
        for ax in (left, right):
            ax.plot(x, x, color="0.75", lw=0.8, label="ideal")
            ax.set(xlabel="analog input (V)", yticks=range(0, 16, 3))
        left.step(x, found["reset"], where="mid", color=PALETTE[1], label="after a reset to u = 0")
        right.step(x, found["up"], where="mid", color=PALETTE[1], label="swept up")
        right.step(x, found["down"], where="mid", color=PALETTE[2], ls="--", label="swept down")
        right.annotate("0111 stays", (8.6, 6.3), fontsize=8, color=PALETTE[1])
        right.annotate("1000 stays", (4.6, 8.3), fontsize=8, color=PALETTE[2])
        left.set_ylabel("sum of 2^i times output i (V)")
        left.set_title("reset before each input")
        right.set_title("without resets: hysteresis")
        for ax in (left, right):
            legend_inside(ax, "upper left")
    return figure


CLASSIC = Classic(
    "tank-hopfield-1986-converter",
    "a 4-bit converter of four amplifiers, its codes and its hysteresis",
    _SOURCE,
    "Four amplifiers with couplings -2^(i+j) settle on the binary digits of a voltage if they start from 0; "
    "without a reset the answer depends on the past.",
    "all 16 whole numbers are read right after a reset",
    2.0,
    compute,
    draw,
)
