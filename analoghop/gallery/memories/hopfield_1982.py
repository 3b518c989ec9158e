"""Hopfield 1982, figure 2: errors of memories of 100 neurons, and which memory a damaged cue leads to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.memory.cues import given_cues, make_cues
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.trials import PatternSource, mixed
from analoghop.memory.weights import Levels, Weights
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEURONS, COUNTS, SETS = 100, (5, 10, 15), 100
FEW = 5
"""Wrong bits below which errors are few."""
EDGES = (0, 1, 2, 3, 4, 5, 10, 20, 30, 50, 101)
"""Classes of wrong bits that are drawn."""
SMALL, STORED, STABLE_SETS, STARTS = 30, 5, 40, 300
"""Neurons and memories of the study of cues, sets whose memories are all stable, starts in each."""
FARTHEST = 12

_PAPER = "J. J. Hopfield, Proc. Natl. Acad. Sci. USA 79:2554 (1982)"
_SETS = "its sets of memories are not published; shares of ours scatter by {:.2f} from set to set"


def couplings(memory: Memory, units: Levels = "binary") -> Weights:
    """Return T_ij = sum (2 V_i - 1)(2 V_j - 1), T_ii = 0 and thresholds of 0 (equation 2)."""
    xi = memory.patterns
    return Weights(xi.T @ xi - memory.count * np.eye(memory.size), units=units, rule="hebbian")


def compute(seed: int, limits: Limits) -> Findings:
    """Return the wrong bits of memories that run on from where they are stored, and the ends of other starts.

    Arrays: `count` (3,), the memories stored in 100 neurons; `edge` (bins + 1,) and `share` (3, bins) of the
    memories by wrong bits; `exact` and `few` (3,), the shares without errors and with fewer than 5; `slips`
    (3,), the share of bits whose field in the memory has the wrong sign; `distance` and `nearest` (13,), the
    share of starts at that distance from the nearest of 5 memories of 30 neurons that end in it.
    """
    rows: list[tuple[Array, Array]] = []
    for count in COUNTS:
        ends = _errors(count, seed, limits)
        if ends is None:
            break
        rows.append(ends)
        limits.tell(len(rows), len(COUNTS) + 1, "parts")
    near = _nearest(seed, limits) if len(rows) == len(COUNTS) else None
    arrays: dict[str, Any] = {"count": np.array(COUNTS[: len(rows)]), "edge": np.array(EDGES)}
    arrays |= {"share": np.array([np.histogram(wrong, EDGES)[0] / wrong.size for wrong, _ in rows])}
    arrays |= {"exact": np.array([(wrong == 0).mean() for wrong, _ in rows])}
    arrays |= {"few": np.array([(wrong < FEW).mean() for wrong, _ in rows])}
    arrays |= {"slips": np.array([slips.mean() for _, slips in rows])}
    lines = [f"{SETS} sets of memories in {NEURONS} neurons, each memory runs on from where it is stored"]
    lines += [
        f"{count} memories: {exact:.3f} stay without errors, {few:.3f} end with fewer than {FEW}"
        for count, exact, few in zip(arrays["count"], arrays["exact"], arrays["few"], strict=True)
    ]
    facts: tuple[Fact, ...] = ()
    if near is not None:
        share, ended = near
        arrays |= {"distance": np.arange(FARTHEST + 1), "nearest": share}
        lines.append(f"{STORED} memories in {SMALL} neurons: {ended.mean():.3f} of random starts end in one")
        scatter = float((rows[2][0] < FEW).mean(axis=1).std()), float(ended.std())
        error = float(rows[1][1].std() / math.sqrt(SETS))
        facts = _facts(arrays, float(ended.mean()), scatter, error)
    record = {"neurons": NEURONS, "sets": SETS}
    return Findings("hopfield-1982", arrays, {}, tuple(lines), facts, record, near is None)


def _errors(count: int, seed: int, limits: Limits) -> tuple[Array, Array] | None:
    """Return wrong bits (sets, count), and shares of bits with a wrong field (sets,); None if cut short."""
    source, recipe = PatternSource(NEURONS, seed=seed), MemoryRecipe(model="binary", units="binary")
    wrong, slips = [], []
    for k in range(SETS):
        if limits.over:
            return None
        memory = source.draw(count, k)
        weights, cues = couplings(memory), make_cues(memory, noise=0.0)
        signs = recipe.build(memory, weights).recall(cues, seed=mixed(seed, k), limits=limits.alone()).signs
        if signs.shape[1] < count:
            return None
        stored = memory.patterns.T
        wrong.append((signs != stored).sum(axis=0))
        slips.append((weights.field(weights.levels(stored)) * stored <= 0).mean())
    return np.array(wrong), np.array(slips)


def _nearest(seed: int, limits: Limits) -> tuple[Array, Array] | None:
    """Return the share of starts at each distance that end in the nearest memory, or in its inverse.

    The second array (sets,) has the shares of random starts that end in any memory. The units are -1 and 1,
    for which the inverses of memories are stable as well, as in the publication; sets with a memory that is
    not stable are left out.
    """
    source, recipe = PatternSource(SMALL, seed=seed), MemoryRecipe(model="binary")
    hits, tried = np.zeros((2, SMALL + 1))
    ended: list[float] = []
    number = -1
    while len(ended) < STABLE_SETS:
        if limits.over:
            return None
        number += 1
        memory = source.draw(STORED, number)
        weights, xi = couplings(memory, "bipolar"), memory.patterns
        if (weights.field(xi.T) * xi.T <= 0).any():
            continue
        rng = np.random.default_rng([seed, number])
        damaged = xi[rng.integers(STORED, size=STARTS)].T
        flips = rng.random((SMALL, STARTS)).argsort(axis=0) < rng.integers(0, FARTHEST + 4, size=STARTS)
        starts = np.hstack([np.where(flips, -damaged, damaged), rng.choice([-1.0, 1.0], (SMALL, STARTS))])
        found = recipe.build(memory, weights).recall(
            given_cues(memory, starts), seed=mixed(seed, number), limits=limits.alone()
        )
        if found.signs.shape[1] < 2 * STARTS:
            return None
        nominal = np.vstack([xi, -xi])
        before, after = ((SMALL - nominal @ part) / 2 for part in (starts, found.signs))
        distance, nearest = before.min(axis=0).astype(int), before.argmin(axis=0)
        reached = after[nearest, np.arange(2 * STARTS)] == 0
        np.add.at(hits, distance[:STARTS], reached[:STARTS])
        np.add.at(tried, distance[:STARTS], 1)
        ended.append(float((after.min(axis=0) == 0)[STARTS:].mean()))
    share = hits / np.maximum(tried, 1)
    return share[: FARTHEST + 1], np.array(ended)


def gaussian_slips(count: int) -> float:
    """Return the probability that the field of a bit has the wrong sign, by equation 10."""
    return 0.5 * math.erfc(math.sqrt(NEURONS / (4.0 * (count - 1))))


def exact_slips(count: int) -> float:
    """Return the same probability for finite N: that a sum of (count - 1) M signs is at most -M.

    M, the number of other units that are on in the memory, is binomial; a field of zero counts as wrong.
    """
    from scipy.stats import binom

    on = np.arange(NEURONS)
    signs = (count - 1) * on
    return float(binom.pmf(on, NEURONS - 1, 0.5) @ binom.cdf((signs - on) // 2, signs, 0.5))


def _facts(
    arrays: dict[str, Any], ended: float, scatter: tuple[float, float], error: float
) -> tuple[Fact, ...]:
    page, small = f"{_PAPER}, page 2556", f"N = {SMALL}, n = {STORED}:"
    _, exact, _ = arrays["exact"]
    near = arrays["nearest"]
    # One digit is printed of 0.6 and 0.2.
    return (
        Fact("n = 10: share without errors", exact, 0.6, 0.05, f"{_PAPER}, figure 2"),
        Fact("n = 10: probability of a wrong bit, equation 10", gaussian_slips(10), 0.0091, 0.0002,
             f"{_PAPER}, eq. 10"),
        Fact("n = 10: share of wrong bits", arrays["slips"][1], exact_slips(10), 3 * error,
             "sums of binomials", "three standard errors; equation 10 leaves out terms of the order 1/N"),
        Fact(f"n = 15: share with fewer than {FEW} errors", arrays["few"][2], 0.5, None,
             f"{page}: about half", _SETS.format(scatter[0])),
        Fact(f"{small} nearest memory reached from up to 5 bits", near[:6].mean(), 0.9, 0.05, page,
             "'more than 90 %'"),
        Fact(f"{small} nearest memory reached from 12 bits", near[12], 0.2, 0.1, page),
        Fact(f"{small} random starts that end in a memory", ended, 0.85, None, page,
             _SETS.format(scatter[1])),
    )  # fmt: skip


def draw(found: Findings) -> Figure:
    """Draw the distribution of errors as figure 2 has it, and the share that reaches the nearest memory."""
    with style():
        figure = new_figure(10.0, 4.0)
        ax, right = figure.subplots(1, 2)
        edges = found["edge"]
        width = 0.8 / max(len(found["count"]), 1)
        for k, (count, share) in enumerate(zip(found["count"], found["share"], strict=True)):
            at = np.arange(len(share)) + (k - 1) * width
            ax.bar(at, share, width, color=PALETTE[1 + k], label=f"n = {count} memories")
        pairs = zip(edges[:-1], edges[1:], strict=True)
        names = [str(low) if high - low == 1 else f"{low}-{high - 1}" for low, high in pairs]
        names[-1] = f"{edges[-2]} or more"
        ax.set_xticks(range(len(names)), names, rotation=30)
        ax.plot([0], [0.6], "*", color=PALETTE[0], ms=9, label="published, n = 10: 0.6 without errors")
        ax.set(xlabel="wrong bits in the stable state", ylabel="share of the memories", ylim=(0, 1.02))
        ax.grid(axis="x", visible=False)
        legend_inside(ax, "upper right")
        ax.set_title(f"N = {NEURONS} neurons, started in each memory")
        if "nearest" in found:
            right.plot(found["distance"], found["nearest"], "o-", color=PALETTE[1], ms=4, label="ours")
            right.hlines(0.9, 0, 5, color=PALETTE[0], ls="--", label="published: more than 0.9 up to 5")
            right.plot([12], [0.2], "*", color=PALETTE[0], ms=9, label="published: 0.2 at 12")
        right.axhline(0.1, color="0.5", ls=":", lw=0.8, label="by chance")
        right.set(
            xlabel="wrong bits of the start, from the nearest memory",
            ylabel="share that ends there",
            ylim=(0, 1.02),
        )
        legend_inside(right, "lower left")
        right.set_title(f"N = {SMALL} neurons, n = {STORED} memories")
    return figure


CLASSIC = Classic(
    "hopfield-1982",
    "errors of stored memories, and recall from damaged cues",
    f"{_PAPER}, figure 2 and page 2556",
    "About 0.15 N memories can be held before errors in recall are severe; with few memories the state runs "
    "to the memory that the start resembles most.",
    "share of 10 memories in 100 neurons without errors: 0.6",
    3.5,
    compute,
    draw,
)
