"""`faults_in_the_loop`: a memory that learns around couplings that are stuck."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Mask, check_number, real, whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.intervals import mean_interval
from analoghop.limits import Limits, limited
from analoghop.memory.patterns import Memory
from analoghop.memory.rules import pseudo_inverse
from analoghop.study.findings import Findings

_LONGEST = 2000  # rounds of learning
_STEPS = 50  # sweeps of a recall


def faults_in_the_loop(
    neurons: int = 100,
    patterns: int = 20,
    fractions: ArrayLike = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    *,
    stuck_at: float = 0.0,
    noise: float = 0.1,
    margin: float = 0.5,
    draws: int = 5,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Compare two memories of random patterns, a share of whose couplings is stuck, at each of `fractions`.

    One takes the couplings of the pseudo-inverse, but the stuck ones have another value. The other learns
    with the faults in the loop: perceptron steps (Rosenblatt 1958) on the couplings that still move, row by
    row, until each pattern has a field of at least `margin` times the length of the row, or 2000 rounds. A
    stuck coupling has `stuck_at` times the largest coupling of the pseudo-inverse, with a random sign. Recall
    from cues with a share `noise` of flipped bits. Arrays (fractions,): `fraction`, `pseudo_inverse`,
    `learnt`, the shares of patterns recalled without a wrong bit, `pseudo_inverse_error` and `learnt_error`
    (half of Student's 95 % interval over the draws), `overlap_pseudo_inverse`, `overlap_learnt`.
    """
    n, p = (
        whole_number(neurons, "neurons", "a whole number"),
        whole_number(patterns, "patterns", "a whole number"),
    )
    draws = whole_number(draws, "draws", "a whole number")
    wanted = np.atleast_1d(real(fractions, "`fractions`"))
    if wanted.ndim != 1 or not ((wanted >= 0) & (wanted < 1)).all():
        raise InputError("`fractions` holds a share that is not 0 to below 1")
    level = check_number(stuck_at, "stuck_at", "a number from 0")
    if n < 2 or not 1 <= p < n or draws < 1 or level < 0 or not 0 <= noise <= 0.5 or margin < 0:
        raise InputError("expected 2 neurons or more, fewer patterns than neurons, and shares of 0 to 0.5")
    check_seed(seed, "seed")
    rows: list[list[float]] = []
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k, fraction in enumerate(wanted.tolist()):
            found = []
            for draw in range(draws):
                if within.over:
                    break
                found.append(_compared(n, p, fraction, level, noise, margin, [seed, draw], within))
                within.tell(k * draws + draw + 1, len(wanted) * draws, "memories")
            if within.over:
                break
            table = np.array(found).T
            halves = [mean_interval(row.tolist()) for row in table[:2]]
            errors = [0.0 if one is None else 0.5 * (one[1] - one[0]) for one in halves]
            rows.append([fraction, *table.mean(axis=1).tolist(), *errors])
        over = len(rows) < len(wanted)
    table = np.array(rows).reshape(-1, 7).T
    means = ("fraction", "pseudo_inverse", "learnt", "overlap_pseudo_inverse", "overlap_learnt")
    names = (*means, "pseudo_inverse_error", "learnt_error")
    lines = [f"{p} patterns in {n} neurons, {draws} draws, cues with {noise:.0%} flipped bits"]
    lines += [
        f"{row[0]:.0%} stuck: pseudo-inverse recalls {row[1]:.1%}, learnt around the faults {row[2]:.1%}"
        for row in rows
    ]
    return Findings(
        "faults",
        dict(zip(names, table, strict=True)),
        {},
        tuple(lines),
        record={"neurons": n, "patterns": p, "draws": draws, "noise": noise, "stuck_at": level, "seed": seed},
        interrupted=over,
    )


def _compared(
    n: int,
    p: int,
    fraction: float,
    level: float,
    noise: float,
    margin: float,
    seed: list[int],
    limits: Limits,
) -> list[float]:
    """Return the shares recalled by the pseudo-inverse and by learning, and both mean overlaps."""
    rng = np.random.default_rng(seed)
    X = rng.choice([-1.0, 1.0], size=(p, n))
    ideal = np.asarray(pseudo_inverse(Memory(X)).W)
    stuck = rng.random((n, n)) < fraction
    np.fill_diagonal(stuck, True)
    value = level * np.abs(ideal).max() * rng.choice([-1.0, 1.0], size=(n, n))
    np.fill_diagonal(value, 0.0)
    broken = np.where(stuck, value, ideal)
    learnt = learnt_around(X, broken, stuck, margin, limits)
    cue = np.where(rng.random(X.shape) < noise, -X, X)
    ends = [_recalled(cue, W, rng) for W in (broken, learnt)]
    shares = [float((end == X).all(axis=1).mean()) for end in ends]
    return [*shares, *(float((end * X).mean()) for end in ends)]


def learnt_around(X: Array, W: Array, stuck: Mask, margin: float, limits: Limits | None = None) -> Array:
    """Return couplings (n, n) that keep the `stuck` ones and hold the patterns X (p, n) by perceptron steps.

    Begins at `W`. A row learns from the patterns whose field xi_i h_i is below `margin` times its length.
    """
    rate = 1.0 / X.shape[1]
    W, moves = np.array(W), ~stuck
    for _ in range(_LONGEST):
        fields = X * (X @ W.T)
        weak = fields < margin * np.linalg.norm(W, axis=1) + 1e-12
        if not weak.any() or (limits is not None and limits.over):
            break
        W = W + rate * moves * ((weak * X).T @ X)
    return W


def _recalled(cue: Array, W: Array, rng: np.random.Generator) -> Array:
    s = np.array(cue)
    for _ in range(_STEPS):
        before = s.copy()
        for i in rng.permutation(s.shape[1]):
            h = s @ W[i]
            s[:, i] = np.where(h > 0, 1.0, np.where(h < 0, -1.0, s[:, i]))
        if np.array_equal(s, before):
            break
    return s
