"""`compare_memories`: associative memories, Boltzmann machines and attention on equal cues."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.intervals import wilson_interval
from analoghop.limits import Limits, limited
from analoghop.memory.patterns import Memory
from analoghop.memory.rules import learn
from analoghop.study.findings import Findings
from analoghop.study.learning.boltzmann import learn_boltzmann, signs
from analoghop.study.learning.restricted import learn_restricted

METHODS = ("hebbian", "pseudo-inverse", "perceptron", "boltzmann", "restricted", "attention")
"""Methods that are compared."""
_STEPS = 100  # steps of a recall
_BETA = 8.0  # inverse temperature of attention, per sqrt(n): one step retrieves
_JITTER = 0.05  # share of bits flipped in the copies that Boltzmann machines learn from
_COPIES = 20

Complete = Callable[[Array], Array]


def compare_memories(
    patterns: Memory | ArrayLike,
    *,
    flipped: ArrayLike = (0.1, 0.2, 0.3),
    erased: float = 0.5,
    cues: int = 100,
    methods: tuple[str, ...] = METHODS,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Complete damaged patterns (p, n) with six kinds of memories, the same cues for all, in one table.

    Cues have a share of their bits flipped, or the last `erased` share of them replaced by random bits.
    "hebbian", "pseudo-inverse" and "perceptron" are couplings of an associative memory, recalled by
    asynchronous updates without temperature; "boltzmann" are couplings that the stochastic model learns in
    two phases from noisy copies, recalled likewise; "restricted" is a machine of two layers; "attention" one
    step of the modern memory of Ramsauer et al. 2020, s = sign(X' softmax(beta X s)). Arrays: `correct`
    (methods, damages) shares of cues that end in their pattern, `low`, `high` of the 95 % interval, `wrong`
    (methods, damages) mean shares of wrong bits; `methods`, `damages` are words. Correlations of the patterns
    are in the record.
    """
    X = patterns.patterns if isinstance(patterns, Memory) else signs(patterns, "patterns")
    unknown = [name for name in methods if name not in METHODS]
    if unknown or not methods:
        raise InputError(f"`methods` names {unknown[:1]}, expected some of {', '.join(METHODS)}")
    cues = whole_number(cues, "cues", "a whole number")
    if cues < 1 or not 0 < erased < 1:
        raise InputError("`cues` must be positive, and `erased` between 0 and 1")
    rng = np.random.default_rng(check_seed(seed, "seed"))
    damages = _damaged(X, np.atleast_1d(np.asarray(flipped, dtype=np.float64)), erased, cues, rng)
    correct, wrong, done = [], [], []
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k, name in enumerate(methods):
            if within.over:
                break
            complete = _learnt(X, name, seed, within)
            ends = [complete(cue) for _, cue, _ in damages]
            off = [np.array(end != X[of]) for end, (_, _, of) in zip(ends, damages, strict=True)]
            correct.append([float((~one).all(axis=1).mean()) for one in off])
            wrong.append([float(one.mean()) for one in off])
            done.append(name)
            within.tell(k + 1, len(methods), "methods")
        over = len(done) < len(methods) or within.over
    shares = np.array(correct).reshape(len(done), len(damages))
    bounds = np.array([[wilson_interval(round(s * cues), cues) for s in row] for row in shares.tolist()])
    bounds = bounds.reshape(len(done), len(damages), 2)
    words = [word for word, _, _ in damages]
    overlap = np.abs(X @ X.T / X.shape[1])[~np.eye(len(X), dtype=bool)]
    mean = float(overlap.mean()) if overlap.size else 0.0
    lines = [f"{len(X)} patterns of {X.shape[1]} bits, mean overlap {mean:.3f}, {cues} cues of each kind"]
    lines.append("correct: " + ", ".join(words))
    lines += [
        f"{name}: " + ", ".join(f"{s:.0%}" for s in row)
        for name, row in zip(done, shares.tolist(), strict=True)
    ]
    return Findings(
        "memories",
        {
            "correct": shares,
            "low": bounds[:, :, 0],
            "high": bounds[:, :, 1],
            "wrong": np.array(wrong).reshape(shares.shape),
            "methods": np.array(done, dtype=str),
            "damages": np.array(words, dtype=str),
        },
        {},
        tuple(lines),
        record={"patterns": len(X), "bits": X.shape[1], "overlap": mean, "cues": cues, "seed": seed},
        interrupted=over,
    )


def _damaged(
    X: Array, flipped: Array, erased: float, cues: int, rng: np.random.Generator
) -> list[tuple[str, Array, Integers]]:
    """Return the damages: words, cues (cues, n), and the numbers of their patterns."""
    p, n = X.shape
    if not ((flipped >= 0) & (flipped <= 0.5)).all():
        raise InputError("`flipped` holds a share that is not 0 to 0.5")
    found = []
    for share in flipped.tolist():
        of = rng.integers(p, size=cues)
        cue = np.array(X[of])
        for row in cue:
            row[rng.permutation(n)[: round(share * n)]] *= -1.0
        found.append((f"{share:.0%} flipped", cue, of))
    of = rng.integers(p, size=cues)
    cue = np.array(X[of])
    lost = round(erased * n)
    cue[:, n - lost :] = rng.choice([-1.0, 1.0], size=(cues, lost))
    found.append((f"{erased:.0%} erased", cue, of))
    return found


def _learnt(X: Array, name: str, seed: int, limits: Limits) -> Complete:
    """Return the function that completes cues (cues, n) with a memory that has learnt the patterns."""
    p, n = X.shape
    rng = np.random.default_rng([seed, 7])
    if name == "attention":
        beta = _BETA / np.sqrt(n)

        def attend(cue: Array) -> Array:
            z = beta * (cue @ X.T)
            a = np.exp(z - z.max(axis=1, keepdims=True))
            return np.where((a / a.sum(axis=1, keepdims=True)) @ X >= 0, 1.0, -1.0)

        return attend
    copies = np.repeat(X, _COPIES, axis=0)
    copies = np.where(rng.random(copies.shape) < _JITTER, -copies, copies)
    if name == "restricted":
        machine = learn_restricted(copies, max(16, 4 * p), seed=seed, limits=limits.alone())
        return machine.complete
    if name == "boltzmann":
        learnt = learn_boltzmann(copies, epochs=150, rate=0.05, sweeps=2, seed=seed, limits=limits.alone())
        return lambda cue: _settled(cue, np.asarray(learnt.W), np.asarray(learnt.field), rng)
    weights = learn(Memory(X), name)
    return lambda cue: _settled(cue, weights.W, -weights.threshold, rng)


def _settled(cue: Array, W: Array, field: Array, rng: np.random.Generator) -> Array:
    """Return the states (cues, n) in which asynchronous updates without temperature end."""
    s = np.array(cue)
    for _ in range(_STEPS):
        before = s.copy()
        for i in rng.permutation(s.shape[1]):
            h = s @ W[i] + field[i]
            s[:, i] = np.where(h > 0, 1.0, np.where(h < 0, -1.0, s[:, i]))
        if np.array_equal(s, before):
            break
    return s
