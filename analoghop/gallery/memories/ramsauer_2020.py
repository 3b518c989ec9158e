"""Ramsauer et al. 2020: one update of the attention rule retrieves a pattern of real numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_inside, style
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DIMENSION, COUNT = 64, 1000
"""Components of a pattern, and stored patterns: sixteen times as many as components."""
BETAS = (0.05, 0.2, 1.0)
ERASED = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
TRIALS = 200
RETRIEVED = 0.01
"""Distance from the pattern, over its length, up to which it is retrieved."""
EXPONENTS = ((20, 3.0, 3.1546), (75, 1.0, 1.3718))
"""Examples of theorem 3: dimension, K, and the lower bound of c that is printed, for beta = 1, p = 0.001.

Being lower bounds, their last digits are cut off, not rounded.
"""

_SOURCE = "H. Ramsauer et al., arXiv:2008.02217 (2020)"


def update(X: Array, xi: Array, beta: float) -> tuple[Array, Array]:
    """Return X' softmax(beta X xi) for the columns of `xi` (d, k), and the weights (count, k); eq. 3."""
    a = beta * (X @ xi)
    p = np.exp(a - a.max(axis=0))
    p /= p.sum(axis=0)
    return X.T @ p, p


def on_sphere(count: int, dimension: int, rng: np.random.Generator) -> Array:
    """Return random patterns (count, dimension) of length sqrt(dimension)."""
    x = rng.normal(size=(count, dimension))
    return np.asarray(x * (math.sqrt(dimension) / np.linalg.norm(x, axis=1, keepdims=True)))


def growth(dimension: int, K: float, p: float = 1e-3, beta: float = 1.0) -> float:
    """Return c of theorem 3: sqrt(p) c^((d - 1)/4) patterns of length K sqrt(d - 1) are stored.

    c = b/W(exp(a + ln b)), a = 2 (1 + ln(2 beta K^2 p (d - 1)))/(d - 1), b = 2 K^2 beta/5, W Lambert's
    function.
    """
    from scipy.special import lambertw

    a = 2.0 * (1.0 + math.log(2.0 * beta * K**2 * p * (dimension - 1))) / (dimension - 1)
    b = 0.4 * K**2 * beta
    return b / float(lambertw(math.exp(a + math.log(b))).real)


def compute(seed: int, limits: Limits) -> Findings:
    """Return the distance from the pattern after one update, against the bound, and the patterns mixed.

    Arrays: `erased` (e,) shares of components that are zero in a cue, `beta` (b,), `once` and `twice` (b, e)
    the mean distances from the pattern, over its length, after one and two updates; `bound` and `distance`
    (b, e, trials), theorem 5 and what it bounds; `mixed` (b, e), 1/sum p^2, the patterns in the mixture.
    """
    rng = np.random.default_rng(seed)
    X = on_sphere(COUNT, DIMENSION, rng)
    products = X @ X.T
    np.fill_diagonal(products, -np.inf)
    separation = DIMENSION - products.max(axis=1)
    shape = (len(BETAS), len(ERASED))
    once, twice, mixed = (np.full(shape, np.nan) for _ in range(3))
    bound, distance = (np.full((*shape, TRIALS), np.nan) for _ in range(2))
    length = math.sqrt(DIMENSION)
    for j, share in enumerate(ERASED):
        if limits.over:
            break
        chosen = rng.integers(COUNT, size=TRIALS)
        wanted = X[chosen].T
        hidden = rng.random((DIMENSION, TRIALS)).argsort(axis=0) < round(share * DIMENSION)
        cue = np.where(hidden, 0.0, wanted)
        away = np.linalg.norm(cue - wanted, axis=0)
        for i, beta in enumerate(BETAS):
            first, p = update(X, cue, beta)
            distance[i, j] = np.linalg.norm(first - wanted, axis=0) / length
            exponent = -beta * (separation[chosen] - 2.0 * away * length)
            bound[i, j] = 2.0 * (COUNT - 1) * np.exp(np.minimum(exponent, 600.0))
            once[i, j] = distance[i, j].mean()
            twice[i, j] = np.linalg.norm(update(X, first, beta)[0] - wanted, axis=0).mean() / length
            mixed[i, j] = (1.0 / np.square(p).sum(axis=0)).mean()
        limits.tell(j + 1, len(ERASED), "cues")
    arrays: dict[str, Any] = {
        "erased": np.array(ERASED),
        "beta": np.array(BETAS),
        "once": once,
        "twice": twice,
    }
    arrays |= {"bound": bound, "distance": distance, "mixed": mixed}
    complete = bool(np.isfinite(once).all())
    lines = [f"{COUNT} patterns of {DIMENSION} real numbers, cues with components erased"]
    facts: tuple[Fact, ...] = ()
    if complete:
        half = ERASED.index(0.5)
        retrieved = float((distance[-1, half] < RETRIEVED).mean())
        lines.append(
            f"beta = {BETAS[-1]:g}: {retrieved:.1%} are retrieved by one update from half of the components"
        )
        broken = int((distance > bound * (1.0 + 1e-9) + 1e-12).sum())
        facts = (
            *(
                Fact(f"c for d = {d}, K = {K:g}, beta = 1", growth(d, K), c, 1e-4, f"{_SOURCE}, theorem 3")
                for d, K, c in EXPONENTS
            ),
            Fact(f"distances above the bound, of {distance.size}", broken, 0, 0, f"{_SOURCE}, theorem 5"),
            Fact(
                "retrieved by one update, nothing erased",
                float((distance[-1, 0] < RETRIEVED).mean()),
                1.0,
                0.01,
                f"{_SOURCE}: one update",
            ),
            Fact(
                "retrieved by one update, half erased",
                retrieved,
                np.nan,
                None,
                _SOURCE,
                "shown for images there, without a rate",
            ),
        )
    return Findings("ramsauer-2020", arrays, {}, tuple(lines), facts, {"count": COUNT}, not complete)


def draw(found: Findings) -> Figure:
    """Draw the distance after one and two updates, the bound, and the patterns that are mixed."""
    with style():
        figure = new_figure(11.0, 3.9)
        first, second, third = figure.subplots(1, 3)
        for i, (beta, colour) in enumerate(zip(found["beta"], PALETTE[1:], strict=False)):
            name = f"beta = {beta:g}"
            first.plot(
                found["erased"], found["once"][i], "o-", color=colour, ms=4, label=f"{name}, one update"
            )
            first.plot(
                found["erased"],
                found["twice"][i],
                "--",
                color=colour,
                lw=0.9,
                label="two updates" if i == 0 else None,
            )
            third.semilogy(found["erased"], found["mixed"][i], "o-", color=colour, ms=4, label=name)
            bound, distance = found["bound"][i].ravel(), found["distance"][i].ravel()
            told = bound < 1e3
            second.plot(
                bound[told],
                np.maximum(distance[told], 1e-17),
                ".",
                color=colour,
                ms=2.5,
                label=name if told.any() else None,
            )
        ends = np.array([1e-16, 1e3])
        second.plot(ends, ends, color=PALETTE[0], lw=0.9, label="bound of theorem 5")
        second.set_xscale("log")
        second.set_yscale("log")
        for axis in (second.xaxis, second.yaxis):
            axis.set_ticks([1e-16, 1e-12, 1e-8, 1e-4, 1.0], ["1e-16", "1e-12", "1e-8", "1e-4", "1"])
        second.minorticks_off()
        second.set(xlabel="bound", ylabel="distance after one update", ylim=(3e-18, 10.0))
        legend_inside(second, "upper left")
        second.set_title("no distance lies above the bound")
        first.set(xlabel="share of components erased", ylabel="distance from the pattern, over its length")
        legend_inside(first, "center left", bbox_to_anchor=(0.0, 0.62))
        first.set_title(f"{COUNT} patterns of {DIMENSION} numbers")
        third.set(xlabel="share of components erased", ylabel="patterns in the mixture, 1/sum p^2")
        third.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
        third.minorticks_off()
        legend_inside(third, "center right")
        third.set_title("one pattern, a few, or the mean of all")
    return figure


CLASSIC = Classic(
    "ramsauer-2020",
    "retrieval by one update of attention",
    _SOURCE,
    "The update X' softmax(beta X xi) retrieves a pattern that is well separated in one step, with an error "
    "that is exponentially small; with small beta it ends in a mean of several patterns.",
    "c = 3.1546 and 1.3718 of the exponential capacity; no error above the bound",
    0.5,
    compute,
    draw,
)
