"""Learning rules with dreams: unlearning of the states that random starts reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.weights import Weights

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory


def unlearning(
    memory: Memory, *, strength: float = 0.01, dreams: int | None = None, batch: int = 10, seed: int = 0
) -> Weights:
    """Return Hebb's couplings after `dreams` of unlearning (Hopfield et al. 1983, Nature 304:158).

    Each dream starts at random, comes to rest in s, and subtracts `strength` s s'/n. `batch` dreams run at
    the same time. `dreams` None: 0.3/strength per pattern, which is adequate up to a load of 0.4; too many
    dreams destroy the memory. Raises `InputError` for numbers that are not positive.
    """
    if dreams is None:
        dreams = max(batch, round(memory.count * 0.3 / strength)) if strength > 0 else 0
    _check(strength, dreams, batch)
    n = memory.size
    W = memory.patterns.T @ memory.patterns / n
    for begun in range(0, dreams, batch):
        s = _dreamt(W, begun, min(batch, dreams - begun), seed)
        W -= strength * (s @ s.T) / n
    np.fill_diagonal(W, 0.0)
    return Weights(W, rule="unlearning")


def daydreaming(
    memory: Memory, *, tau: float = 64.0, epochs: int = 200, batch: int = 10, seed: int = 0
) -> Weights:
    """Return couplings that learn a pattern with every dream that they unlearn (Serricchio et al. 2025).

    Neural Networks 186:107216: W grows by (xi xi' - s s')/(tau n), xi a pattern drawn at random and s the
    rest of a random state; the number of dreams is `epochs` times the number of patterns, from Hebb's
    couplings. 60 epochs suffice for random patterns, 200 for the letters of an alphabet, which are
    correlated; more do no harm. Raises `InputError` for numbers that are not positive.
    """
    steps = epochs * memory.count
    _check(1.0 / tau if tau > 0 else 0.0, steps, batch)
    n, rng = memory.size, np.random.default_rng((seed, 1))
    W = memory.patterns.T @ memory.patterns / n
    for begun in range(0, steps, batch):
        k = min(batch, steps - begun)
        xi = memory.patterns[rng.integers(memory.count, size=k)].T
        s = _dreamt(W, begun, k, seed)
        W += (xi @ xi.T - s @ s.T) / (tau * n)
    np.fill_diagonal(W, 0.0)
    return Weights(W, rule="daydreaming")


def _dreamt(W: Array, begun: int, count: int, seed: int) -> Array:
    """Return the states in which `count` random starts come to rest, (n, count)."""
    hollow = W.copy()
    np.fill_diagonal(hollow, 0.0)
    index = np.arange(begun, begun + count)
    return discrete_run(Weights(hollow), np.zeros((len(W), count)), seed=seed, index=index).states


def _check(strength: float, dreams: int, batch: int) -> None:
    if not strength > 0 or dreams < 1 or batch < 1:
        raise InputError("dreams need a positive strength, number and batch")
