"""Krotov & Hopfield 2016, Demircigil et al. 2017: how many patterns dense memories hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.gallery.reproduction import Classic
from analoghop.limits import Limits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, decades, legend_inside, style
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = {2: (100, 200, 400), 3: (50, 100, 200), 4: (30, 50, 80)}
"""Neurons for each degree n."""
ERRORS = 0.005
"""Share of wrong bits at which a memory is full."""
QUANTILE = 2.5758
"""The normal variable is larger with the probability 0.005."""
SCALES = (0.5, 0.7, 1.0, 1.4, 2.0)
"""Numbers of memories over the one at which the formula gives 0.005."""
BITS = 8_000
"""Bits that are updated for each number of memories."""
RATES = (0.2, 0.3, 0.4, 0.5)
LARGEST = 400_000
"""Memories of the largest exponential memory."""
CORRUPTED, CORRUPTED_RATE = 0.1, 0.18
_BLOCK = 1 << 20  # bits of memories that are drawn together

_FIRST = "D. Krotov, J. J. Hopfield, NIPS 29:1172 (2016)"
_SECOND = "M. Demircigil et al., J. Stat. Phys. 168:288 (2017)"


def odd_product(n: int) -> int:
    """Return (2 n - 3)!!, the factor of the noise of degree n."""
    return math.prod(range(2 * n - 3, 0, -2))


def wrong_share(n: int, neurons: int, count: float) -> float:
    """Return the probability of a wrong bit, the Gaussian integral of Krotov and Hopfield."""
    return 0.5 * math.erfc(math.sqrt(neurons ** (n - 1) / (2.0 * odd_product(n) * count)))


def wrong_bits(
    F: Callable[[Array], Array], neurons: int, count: int, flipped: int, rng: np.random.Generator
) -> int:
    """Return the wrong bits after one update of all bits of a damaged random memory, among `count` memories.

    Each bit takes the sign with the lower energy, E = -sum F(x.s), while the other bits stay as they are. For
    a memory x with overlap a = x.s the other bits have a - x_i s_i, so that bit i is drawn by x_i (h + k) +
    s_i (h - k), h = F(a) - F(a - 2), k = F(a + 2) - F(a), over 2.
    """
    wanted = rng.choice([-1.0, 1.0], neurons)
    s = wanted.copy()
    s[rng.permutation(neurons)[:flipped]] *= -1.0
    drive = np.zeros(neurons)
    left, block = count - 1, max(1, _BLOCK // neurons)
    x = wanted[None, :]
    while True:
        a = x @ s
        h, k = F(a) - F(a - 2.0), F(a + 2.0) - F(a)
        drive += x.T @ (h + k) + s * (h - k).sum()
        if left == 0:
            break
        drawn = min(block, left)
        x = np.unpackbits(np.frombuffer(rng.bytes(-(-drawn * neurons // 8)), np.uint8), count=drawn * neurons)
        x = x.reshape(drawn, neurons).astype(np.float64) * 2.0 - 1.0
        left -= drawn
    return int((drive * wanted <= 0).sum())


def compute(seed: int, limits: Limits) -> Findings:
    """Return the share of wrong bits after one update against the number of memories, and the full numbers.

    Arrays: for each degree n = 2, 3, 4: `size_n` (3,) neurons, `scale` (5,) the number of memories over
    that of the formula, `wrong_n` (3, 5), `full_n` (3,) the number of memories with 0.5 % wrong bits. For
    F = exp and exp(rate N) memories: `rate` (4,), `neurons` (4, 4) and `exponential` (4, 4), their shares.
    """
    rng = np.random.default_rng(seed)
    arrays: dict[str, Any] = {"scale": np.array(SCALES)}
    complete = True
    for done, (n, sizes) in enumerate(SIZES.items()):
        table = np.full((len(sizes), len(SCALES)), np.nan)
        for i, neurons in enumerate(sizes):
            base = neurons ** (n - 1) / (odd_product(n) * QUANTILE**2)
            for j, scale in enumerate(SCALES):
                table[i, j] = _share(lambda a: a**n, neurons, round(scale * base), 0, BITS, rng, limits)  # noqa: B023
            limits.tell(done * 3 + i + 1, 3 * len(SIZES) + len(RATES), "memories")
        arrays |= {f"size_{n}": np.array(sizes), f"wrong_{n}": table}
        complete &= bool(np.isfinite(table).all())
        if complete:
            arrays[f"full_{n}"] = _full(n, table)
    sizes_of, shares = [], []
    for k, rate in enumerate(RATES):
        most = math.log(LARGEST) / rate
        neurons_of = np.linspace(0.4 * most, most, 4).astype(int)
        counts = [int(math.exp(rate * neurons)) for neurons in neurons_of]
        shares.append(
            [_share(np.exp, int(m), c, 0, 400, rng, limits) for m, c in zip(neurons_of, counts, strict=True)]
        )
        sizes_of.append(neurons_of)
        limits.tell(3 * len(SIZES) + k + 1, 3 * len(SIZES) + len(RATES), "memories")
    arrays |= {"rate": np.array(RATES), "neurons": np.array(sizes_of), "exponential": np.array(shares)}
    neurons = 60
    repaired = _share(
        np.exp,
        neurons,
        int(math.exp(CORRUPTED_RATE * neurons)),
        round(CORRUPTED * neurons),
        2000,
        rng,
        limits,
    )
    complete &= bool(np.isfinite(arrays["exponential"]).all() and np.isfinite(repaired))
    lines = ["share of wrong bits after one update of random memories"]
    facts = _facts(arrays, repaired, lines) if complete else ()
    return Findings("krotov-hopfield-2016", arrays, {}, tuple(lines), facts, {"bits": BITS}, not complete)


def _share(
    F: Callable[[Array], Array],
    neurons: int,
    count: int,
    flipped: int,
    bits: int,
    rng: np.random.Generator,
    limits: Limits,
) -> float:
    """Return the share of wrong bits over as many memories as have `bits` bits; nan where cut short."""
    trials, wrong = -(-bits // neurons), 0
    for _ in range(trials):
        if limits.over:
            return math.nan
        wrong += wrong_bits(F, neurons, count, flipped, rng)
    return wrong / (trials * neurons)


def _full(n: int, table: Array) -> Array:
    """Return the numbers of memories with 0.5 % wrong bits, interpolated on logarithmic scales."""
    found = []
    for row, neurons in zip(table, SIZES[n], strict=True):
        seen = row > 0
        scale = np.exp(np.interp(math.log(ERRORS), np.log(row[seen]), np.log(np.array(SCALES)[seen])))
        found.append(scale * neurons ** (n - 1) / (odd_product(n) * QUANTILE**2))
    return np.array(found)


def _sure(sizes: Array) -> float:
    """Return three standard errors of the power of N.

    The wrong bits of a memory that is full, BITS times ERRORS, scatter by their root; their logarithm grows
    by 3.72, that is 2.576/2 phi(2.576)/0.005, with the one of the number of memories.
    """
    error = 1.0 / (3.72 * math.sqrt(BITS * ERRORS))
    x = np.log(sizes)
    return 3.0 * error / float(np.linalg.norm(x - x.mean()))


def _facts(arrays: dict[str, Any], repaired: float, lines: list[str]) -> tuple[Fact, ...]:
    facts = []
    for n in SIZES:
        full, sizes = arrays[f"full_{n}"], arrays[f"size_{n}"]
        power = float(np.polyfit(np.log(sizes), np.log(full), 1)[0])
        told = ", ".join(f"{count:.0f} at N = {size}" for count, size in zip(full, sizes, strict=True))
        lines.append(f"n = {n}: full with {told}; in proportion to N^{power:.2f}")
        facts.append(
            Fact(
                f"n = {n}: power of N of the number of memories",
                power,
                n - 1.0,
                _sure(sizes),
                f"{_FIRST}: N^(n-1)",
            )
        )
    apart = max(
        abs(wrong - wrong_share(n, size, round(scale * size ** (n - 1) / (odd_product(n) * QUANTILE**2))))
        for n, sizes in SIZES.items()
        for size, row in zip(sizes, arrays[f"wrong_{n}"], strict=True)
        for scale, wrong in zip(SCALES, row, strict=True)
    )
    below = arrays["exponential"][arrays["rate"] < 0.5 * math.log(2.0), -1]
    return (
        *facts,
        Fact(
            "distance of all shares of wrong bits from the formula",
            apart,
            0.0,
            0.006,
            f"{_FIRST}, error probability",
        ),
        Fact(
            "exp(0.2 N), exp(0.3 N) memories: wrong bits",
            float(below.max()),
            0.0,
            0.002,
            f"{_SECOND}: none below ln(2)/2 = 0.347",
        ),
        Fact(
            "exp(0.18 N) memories, 10 % flipped: wrong bits after one update",
            repaired,
            0.0,
            0.002,
            f"{_SECOND}: none below I(0.8)/2 = 0.184",
        ),
    )


def draw(found: Findings) -> Figure:
    """Draw wrong bits over the number of memories, the full number over N, and exponential memories."""
    with style():
        figure = new_figure(11.0, 3.9)
        first, second, third = figure.subplots(1, 3)
        scale = np.geomspace(0.4, 2.2, 60)
        first.plot(
            scale,
            [0.5 * math.erfc(QUANTILE / math.sqrt(2.0 * c)) for c in scale],
            color=PALETTE[0],
            label="formula, all n and N",
        )
        for n, colour in zip(SIZES, PALETTE[1:], strict=False):
            if f"wrong_{n}" not in found:
                continue
            for k, (size, row) in enumerate(zip(found[f"size_{n}"], found[f"wrong_{n}"], strict=True)):
                first.plot(found["scale"], np.where(row > 0, row, np.nan), "os^"[k], color=colour, ms=4,
                           label=f"n = {n}, N = {size}")  # fmt: skip
            if f"full_{n}" in found:
                sizes = found[f"size_{n}"]
                second.loglog(sizes, found[f"full_{n}"], "o", color=colour, ms=5, label=f"n = {n}")
                grid = np.geomspace(25, 450, 20)
                second.loglog(grid, grid ** (n - 1) / (odd_product(n) * QUANTILE**2), color=colour, lw=1.0)
        first.set_xscale("log")
        first.set_yscale("log")
        first.set_xticks(SCALES, [f"{c:g}" for c in SCALES])
        first.minorticks_off()
        first.set_yticks([1e-4, 1e-3, 1e-2, 1e-1], ["0.0001", "0.001", "0.01", "0.1"])
        first.set(
            xlabel="memories over N^(n-1)/((2n-3)!! 2.576^2)", ylabel="share of wrong bits", ylim=(5e-5, 0.1)
        )
        legend_inside(first, "lower right", fontsize=7)
        first.set_title("one update, energy with x^n")
        second.set(xlabel="neurons N", ylabel="memories with 0.5 % wrong bits")
        second.set_xticks([30, 50, 100, 200, 400], ["30", "50", "100", "200", "400"])
        second.minorticks_off()
        decades(second.yaxis)
        legend_inside(second, "upper left")
        second.set_title("lines: N^(n-1), as published")
        if "exponential" in found:
            for rate, sizes, shares, colour in zip(
                found["rate"], found["neurons"], found["exponential"], PALETTE[1:], strict=False
            ):
                third.plot(sizes, shares, "o-", color=colour, ms=4, label=f"exp({rate:g} N) memories")
        third.set(xlabel="neurons N", ylabel="share of wrong bits")
        legend_inside(third, "upper right", title="published: 0 up to exp(0.347 N)")
        third.set_title("energy with exp(x)")
    return figure


CLASSIC = Classic(
    "krotov-hopfield-2016",
    "how many patterns dense memories hold",
    f"{_FIRST}; {_SECOND}",
    "With the energy -sum F(x.s), F(a) = a^n, a memory holds in proportion to N^(n-1) patterns; with F = exp "
    "it holds exp(a N), for every a below ln(2)/2.",
    "powers 1, 2 and 3 of N; no wrong bits with exp(0.3 N) memories",
    6.5,
    compute,
    draw,
)
