"""Tank & Hopfield 1986, the decomposition: which Gaussian pulses of two widths make up a disturbed signal?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import as_coupling
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, label_axis, legend_inside, style, time_axis
from analoghop.simulate import simulate
from analoghop.study.findings import Fact, Findings
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLES = 37
PLACES, WIDTHS = np.arange(4.0, 35.0, 5.0), (2.0, 4.0)
GAIN, TAU = 50.0, 1e-3
DISTURBANCE = 0.1
"""Largest disturbance of a sample in V; pulses are 1 V high."""
SIGNALS = 40

_SOURCE = "D. W. Tank, J. J. Hopfield, IEEE Trans. Circuits Syst. 33:533 (1986), signal decomposition"


def pulses() -> Array:
    """Return the samples of exp(-((i - place)/width)^2) for all widths and places, (pulses, samples)."""
    i = np.arange(1.0, SAMPLES + 1.0)
    return np.array([np.exp(-np.square((i - place) / width)) for width in WIDTHS for place in PLACES])


def decomposer(e: Array, x: Array, gain: float = GAIN) -> Network:
    """Return the network T_kl = -e_k.e_l, T_kk = 0, I_k = e_k.x - e_k.e_k/2: its energy is |x - V e|^2/2."""
    T = -(e @ e.T)
    bias = e @ x + 0.5 * np.diagonal(T)
    np.fill_diagonal(T, 0.0)
    bank = Amplifiers.uniform(Logistic(), len(e), gain)
    return Network(as_coupling(T), bank, C=np.array(TAU), bias=bias)


def compute(seed: int, limits: Limits) -> Findings:
    """Return what the network makes of random sums of pulses, beside the best choice by enumeration.

    Arrays: `time` (k,) in s and `outputs` (k, pulses) of the first signal; `signal` (samples,) and `pulses`
    (pulses, samples) in V; `chosen`, `best` and `made_of` (signals, pulses), pulses that the network and the
    enumeration choose, and those that are in the signal.
    """
    e, rng = pulses(), np.random.default_rng(seed)
    codes = (np.arange(2 ** len(e))[:, None] >> np.arange(len(e)) & 1).astype(np.float64)
    own = 0.5 * np.square(codes @ e).sum(axis=1)
    chosen: list[Array] = []
    best: list[Array] = []
    made_of: list[Array] = []
    arrays: dict[str, Any] = {"pulses": e}
    unimproved = 0
    for k in range(SIGNALS):
        if limits.over:
            break
        a = rng.integers(0, 2, len(e)).astype(np.float64)
        x = a @ e + DISTURBANCE * rng.uniform(-1.0, 1.0, SAMPLES)
        run = simulate(decomposer(e, x), x0=np.zeros(len(e)), settle=True)
        v = (run.outputs[:, -1] > 0.5).astype(np.float64)
        energy = own - codes @ (e @ x)
        number = int(v @ 2 ** np.arange(len(e)))
        flipped = number ^ (1 << np.arange(len(e)))
        unimproved += bool((energy[flipped] >= energy[number]).all())
        chosen.append(v)
        best.append(codes[int(energy.argmin())])
        made_of.append(a)
        if k == 0:
            arrays |= {"signal": x, "time": run.times, "outputs": run.outputs.T}
        limits.tell(k + 1, SIGNALS, "signals")
    arrays |= {"chosen": np.array(chosen), "best": np.array(best), "made_of": np.array(made_of)}
    complete = len(chosen) == SIGNALS
    facts: tuple[Fact, ...] = ()
    lines = [
        f"{len(e)} pulses of 2 widths, {len(chosen)} signals with a disturbance of up to {DISTURBANCE:g} V"
    ]
    if complete:
        same = int((arrays["chosen"] == arrays["best"]).all(axis=1).sum())
        shares = float((arrays["chosen"] == arrays["best"]).mean())
        lines.append(f"{same} of {SIGNALS} are decomposed as by enumeration, {shares:.1%} of their digits")
        note = "the publication shows decompositions, and counts none"
        facts = (
            Fact(
                f"end states that no single digit improves, of {SIGNALS}",
                unimproved,
                SIGNALS,
                0,
                "E = |x - V e|^2/2",
            ),
            Fact(f"signals decomposed as by enumeration, of {SIGNALS}", same, np.nan, None, _SOURCE, note),
        )
    known = {"pulses": "V", "signal": "V", "outputs": "V", "time": "s"}
    units = {name: unit for name, unit in known.items() if name in arrays}
    record = {"gain": GAIN, "tau": TAU, "disturbance": DISTURBANCE}
    return Findings(
        "tank-hopfield-1986-decomposition", arrays, units, tuple(lines), facts, record, not complete
    )


def draw(found: Findings) -> Figure:
    """Draw the first signal with the pulses that are found in it, and the outputs that find them."""
    with style():
        figure = new_figure(10.0, 4.2)
        left, right = figure.subplots(1, 2, width_ratios=(1.4, 1.0))
        names = [f"width {width:g}" for width in WIDTHS]
        if "signal" in found:
            at, e, chosen = np.arange(1, SAMPLES + 1), found["pulses"], found["chosen"][0]
            left.plot(
                at, found["signal"], "o", color=PALETTE[0], ms=3.5, label="signal, with its disturbance"
            )
            left.plot(at, chosen @ e, color=PALETTE[1], label="sum of the pulses chosen")
            for k, pulse in enumerate(e):
                group = k // len(PLACES)
                if chosen[k]:
                    first = not chosen[group * len(PLACES) : k].any()
                    label = f"pulses of {names[group]}" if first else None
                    left.fill_between(at, pulse, color=PALETTE[2 + group], alpha=0.35, lw=0, label=label)
                first = k % len(PLACES) == 0
                right.plot(
                    *(found["time"], found["outputs"][:, k]),
                    color=PALETTE[2 + group],
                    label=f"pulses of {names[group]}" if first else None,
                )
        left.set(xlabel="sample", ylabel="V", title="a signal, and the pulses that are found in it")
        legend_inside(left, "upper right")
        label_axis(right.yaxis, "output", "V")
        if "time" in found:
            moving = np.abs(found["outputs"] - found["outputs"][-1]).max(axis=1) > 0.01
            time_axis(right, np.array([0.0, 1.5 * found["time"][moving][-1]]))
        legend_inside(right, "center right")
        right.set_title("outputs of the amplifiers, one for each pulse")
    return figure


CLASSIC = Classic(
    "tank-hopfield-1986-decomposition",
    "a signal decomposed into pulses of two widths",
    _SOURCE,
    "A network with couplings -e_k.e_l and inputs e_k.x - e_k.e_k/2 chooses the pulses e_k whose sum is "
    "nearest to the signal x.",
    "end states that no single digit improves; choices beside those by enumeration",
    0.6,
    compute,
    draw,
)
