"""Amit, Gutfreund & Sompolinsky 1985: overlap against load, and the phase diagram of load and temperature."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.memory import MemoryRecipe, PatternSource, capacity
from analoghop.memory.theory import CAPACITY, order_parameters, retrieval_curve, retrieval_overlap
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_beside, legend_inside, style
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEURONS, TRIALS = 1000, 20
LOADS = (0.02, 0.05, 0.08, 0.1, 0.12, 0.13, 0.14, 0.15, 0.16, 0.18, 0.2)
CERTAIN = 0.1
"""Load up to which a network of 1000 neurons follows the theory of infinitely many."""
TEMPERATURES = np.concatenate([[0.0, 0.05], np.arange(0.1, 1.0, 0.1), [0.98]])

_SOURCE = "D. J. Amit, H. Gutfreund, H. Sompolinsky, Phys. Rev. Lett. 55:1530 (1985)"
_REACH, _ROUNDS = 7.0, 400  # of the normal variable z; of the iteration for the overlap


class MeanFields(NamedTuple):
    """Solutions of the replica-symmetric equations by the width sigma of the other memories' noise.

    `load` = sigma^2 (1 - chi)^2/q, overlap `m` and free energy `f` per neuron, all (k,).
    """

    load: Array
    m: Array
    f: Array


def mean_fields(sigma: Array, temperature: float, retrieval: bool) -> MeanFields:
    """Return the solutions at the noise `sigma` (k,), with the largest overlap, or with m = 0.

    m = <tanh b(m + sigma z)>, q = <tanh^2 b(m + sigma z)>, chi = b (1 - q), b = 1/T, z normal: with sigma
    given instead of the load, only m is unknown. At T = 0 the averages are error functions.
    """
    m = np.full(len(sigma), 1.0 if retrieval else 0.0)
    if temperature == 0.0:
        for _ in range(_ROUNDS if retrieval else 0):
            m = _erf(m / sigma / math.sqrt(2.0))
        gauss = math.sqrt(2.0 / math.pi) * np.exp(-0.5 * np.square(m / sigma))
        chi, q = gauss / sigma, np.ones(len(sigma))
        mean = m * _erf(m / sigma / math.sqrt(2.0)) + sigma * gauss
        entropy = np.zeros(len(sigma))
    else:
        b = 1.0 / temperature
        z = np.linspace(-_REACH, _REACH, max(101, round(6.0 * _REACH / temperature)))
        weight = np.exp(-0.5 * z * z) * (z[1] - z[0]) / math.sqrt(2.0 * math.pi)
        for _ in range(_ROUNDS if retrieval else 0):
            m, before = np.tanh(b * (m[:, None] + sigma[:, None] * z)) @ weight, m
            if np.abs(m - before).max() < 1e-9:
                break
        field = m[:, None] + sigma[:, None] * z
        q = np.square(np.tanh(b * field)) @ weight
        chi = b * (1.0 - q)
        mean = (np.abs(field) + temperature * np.log1p(np.exp(-2.0 * b * np.abs(field)))) @ weight
        entropy = temperature * np.log(np.maximum(1.0 - chi, 1e-300))
    held = np.where(chi < 1.0, 1.0 - chi, np.nan)
    load = np.square(sigma * held) / q
    f = 0.5 * (load + m * m) + 0.5 * load * (entropy - q / held + q * chi / held**2) - mean
    return MeanFields(load, m, f)


def _erf(x: Array) -> Array:
    from scipy.special import erf

    return np.asarray(erf(x))


def phase_lines(temperature: float) -> tuple[float, float]:
    """Return the largest load with retrieval states, and the one up to which they are the lowest states."""
    found = mean_fields(np.linspace(0.01, 0.8, 80), temperature, True)
    glass = mean_fields(np.linspace(0.01, 1.3, 1000), temperature, False)
    good = (found.m > 0.05) & np.isfinite(found.load)
    if not good.any():
        return 0.0, 0.0
    top = int(np.argmax(np.where(good, found.load, -1.0)))
    load, f = found.load[: top + 1], found.f[: top + 1]
    other = np.isfinite(glass.load) & (glass.load > 0)
    order = np.argsort(glass.load[other])
    beside = np.interp(load, glass.load[other][order], glass.f[other][order])
    lower = f < beside
    k = int(np.argmin(lower)) if not lower.all() else top
    if k in (0, top):
        return _crest(found.load, top), float(load[k])
    a, b = f[k - 1] - beside[k - 1], f[k] - beside[k]
    return _crest(found.load, top), float(load[k - 1] - a * (load[k] - load[k - 1]) / (b - a))


def _crest(load: Array, k: int) -> float:
    """Return the maximum of the parabola through the largest value and its neighbours."""
    if not (0 < k < len(load) - 1 and np.isfinite(load[k - 1 : k + 2]).all()):
        return float(load[k])
    low, mid, high = load[k - 1 : k + 2].tolist()
    return float(mid - (high - low) ** 2 / (8.0 * (low - 2.0 * mid + high)))


def compute(seed: int, limits: Limits) -> Findings:
    """Return overlaps against load, simulated and by theory, and the lines of the phase diagram.

    Arrays: `load`, `overlap` and `error` (k,) of a network of 1000 neurons with sequential updates;
    `theory_load`, `theory_overlap` (c,) at T = 0; `temperature`, `retrieval_load` and `lowest_load` (t,), the
    largest load with retrieval states and the one up to which they are the lowest; `glass_load` and
    `glass_temperature` (g,), the onset of the spin glass, T = 1 + sqrt(load).
    """
    counts = [round(NEURONS * load) for load in LOADS]
    recipe, source = MemoryRecipe(model="binary"), PatternSource(NEURONS, seed=seed)
    columns = capacity(recipe, source, counts, trials=TRIALS, seed=seed, limits=limits)
    lines_of = []
    for k, temperature in enumerate(TEMPERATURES.tolist()):
        if limits.over:
            break
        lines_of.append((temperature, *phase_lines(temperature)))
        limits.tell(k + 1, len(TEMPERATURES), "temperatures")
    complete = len(lines_of) == len(TEMPERATURES) and len(columns["load"]) == len(LOADS)
    diagram = np.array(lines_of).reshape(-1, 3).T
    loads = np.concatenate([np.linspace(0.0, CAPACITY, 60), [CAPACITY + 1e-6, 0.2]])
    glass = np.linspace(0.0, 0.16, 33)
    arrays: dict[str, Any] = {name: columns[name] for name in ("load", "overlap", "error")}
    arrays |= {"theory_load": loads, "theory_overlap": retrieval_curve(loads)}
    arrays |= dict(zip(("temperature", "retrieval_load", "lowest_load"), diagram, strict=True))
    arrays |= {"glass_load": glass, "glass_temperature": 1.0 + np.sqrt(glass)}
    facts: tuple[Fact, ...] = ()
    lines = [f"{NEURONS} neurons, {TRIALS} recalls for each load"]
    if complete:
        largest, lowest = float(diagram[1, 0]), float(diagram[2, 0])
        lines.append(
            f"T = 0: retrieval states up to a load of {largest:.4f}, the lowest states up to {lowest:.4f}"
        )
        facts = _facts(arrays, largest, lowest)
    record = {"neurons": NEURONS, "trials": TRIALS}
    return Findings("amit-gutfreund-sompolinsky-1985", arrays, {}, tuple(lines), facts, record, not complete)


def _facts(arrays: dict[str, Any], largest: float, lowest: float) -> tuple[Fact, ...]:
    low = arrays["load"] <= CERTAIN
    apart = np.abs(arrays["overlap"] - retrieval_curve(arrays["load"]))[low].max()
    onset = float(mean_fields(np.array([1e-3]), 1.2, False).load[0])
    fields = mean_fields(np.linspace(0.2, 0.45, 400), 0.3, True)
    crest = int(fields.load.argmax())
    m = float(np.interp(0.08, fields.load[:crest], fields.m[:crest]))
    return (
        Fact("largest load at T = 0", largest, 0.138, 0.0005, _SOURCE),
        Fact("overlap at this load", retrieval_overlap(CAPACITY), 0.967, 0.0005, _SOURCE),
        Fact("load up to which memories are the lowest states", lowest, 0.05, 0.005, _SOURCE),
        Fact(
            "the same, from the energies of both states",
            lowest,
            0.5 * math.pi * (0.5 - 1 / math.pi) ** 2,
            1e-4,
            "E = -1/2 and -1/pi - (2 load/pi)^(1/2)",
        ),
        Fact("load at which the spin glass begins, T = 1.2", onset, 0.04, 1e-5, "T = 1 + sqrt(load)"),
        Fact(
            "overlap at load 0.08, T = 0.3",
            m,
            order_parameters(0.08, 0.3).m,
            1e-4,
            "iteration at a given load",
        ),
        Fact(
            f"1000 neurons: distance from theory up to load {CERTAIN:g}", apart, 0.0, 0.01, "theory at T = 0"
        ),
    )


def draw(found: Findings) -> Figure:
    """Draw overlap against load at T = 0, and the phase diagram."""
    with style():
        figure = new_figure(10.0, 4.2)
        left, right = figure.subplots(1, 2)
        left.plot(found["theory_load"], found["theory_overlap"], color=PALETTE[0], label="theory, T = 0")
        error = np.nan_to_num(found["error"])
        left.errorbar(
            *(found["load"], found["overlap"], error),
            fmt="o",
            color=PALETTE[1],
            ms=4,
            capsize=2,
            label=f"simulated, {NEURONS} neurons",
        )
        left.axvline(0.138, color=PALETTE[2], ls="--", lw=0.9, label="published: 0.138")
        left.set(xlabel="load, memories per neuron", ylabel="overlap m with the memory", ylim=(-0.03, 1.04))
        legend_inside(left, "lower left")
        left.set_title("retrieval states against load")
        t = found["temperature"]
        right.plot(
            found["glass_load"], found["glass_temperature"], color=PALETTE[3], label="spin glass begins"
        )
        right.plot(found["retrieval_load"], t, color=PALETTE[1], label="retrieval states appear")
        right.plot(found["lowest_load"], t, color=PALETTE[2], label="they are the lowest states")
        right.plot([0.138], [0.0], "*", color=PALETTE[0], ms=9, clip_on=False, label="published: 0.138, 0.05")
        right.plot([0.05], [0.0], "*", color=PALETTE[0], ms=9, clip_on=False)
        for place, text in (((0.008, 0.12), "memories\nlowest"), ((0.075, 0.15), "memories\nmetastable")):
            right.annotate(text, place, fontsize=8)
        right.annotate("spin glass", (0.11, 0.8), fontsize=8)
        right.annotate("no order", (0.02, 1.32), fontsize=8)
        right.set(xlabel="load, memories per neuron", ylabel="temperature T", xlim=(0, 0.16), ylim=(0, 1.45))
        legend_beside(right)
        right.set_title("phase diagram")
    return figure


CLASSIC = Classic(
    "amit-gutfreund-sompolinsky-1985",
    "overlap against load, and the phases of load and temperature",
    _SOURCE,
    "Memories are retrieved up to a load of 0.138, with 1.6 % of their bits wrong; they are the lowest "
    "states only up to about 0.05.",
    "largest load 0.138 with overlap 0.967; lowest states up to 0.05",
    3.0,
    compute,
    draw,
)
