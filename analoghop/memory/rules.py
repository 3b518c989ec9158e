"""Learning rules, which compute pair couplings from patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError, NumericalError
from analoghop.memory.dreams import daydreaming, unlearning
from analoghop.memory.weights import Weights

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

Rule = Callable[["Memory"], Weights]


def hebbian(memory: Memory) -> Weights:
    """Return W = sum xi xi'/n with a diagonal of zero (Hebb 1949; Hopfield 1982): up to 0.138 n patterns."""
    X, n = memory.patterns, memory.size
    return Weights(_hollow(X.T @ X / n), rule="hebbian", patterns=X, strength=1.0 / n)


def covariance(memory: Memory) -> Weights:
    """Return the rule for sparse patterns in units of 0 and 1 (Tsodyks & Feigelman 1988, EPL 6:101).

    W = sum (eta - p)(eta - p)'/(n p (1 - p)), threshold 1/2 - p, with p the mean activity of the patterns.
    Raises `InputError` if all bits are equal.
    """
    eta = 0.5 * (1.0 + memory.patterns)
    p = float(eta.mean())
    if not 0.0 < p < 1.0:
        raise InputError("the covariance rule needs patterns with bits of both signs")
    W = (eta - p).T @ (eta - p) / (memory.size * p * (1.0 - p))
    return Weights(_hollow(W), np.full(memory.size, 0.5 - p), "binary", "covariance")


def storkey(memory: Memory) -> Weights:
    """Return Storkey's rule, pattern by pattern (Storkey 1997, ICANN 97:451), with a diagonal of zero.

    dW_ij = (xi_i xi_j - xi_i h_ji - h_ij xi_j)/n, h_ij = sum_{k != i,j} W_ik xi_k.
    """
    n = memory.size
    W = np.zeros((n, n))
    for xi in memory.patterns:
        h = W @ xi
        # h_ij xi_j = h_i xi_j - W_ij, the diagonal of W being zero.
        cross = np.outer(h, xi)
        W += (np.outer(xi, xi) - cross - cross.T + 2.0 * W) / n
        np.fill_diagonal(W, 0.0)
    return Weights(W, rule="storkey")


def pseudo_inverse(memory: Memory) -> Weights:
    """Return the projection on the patterns, with a diagonal of zero (Personnaz et al. 1985; Kohonen 1974).

    Recalls every pattern up to a load below 1; the patterns may be linearly dependent.
    """
    X = memory.patterns
    return Weights(_hollow(np.linalg.pinv(X) @ X), rule="pseudo-inverse")


def perceptron(memory: Memory, *, margin: float = 0.3, longest: int = 2_000) -> Weights:
    """Return symmetric couplings with xi_i h_i > `margin` |W_i| (Gardner 1988, J. Phys. A 21:257).

    Batches of perceptron steps for all units, symmetrised, with a diagonal of zero. Raises `NumericalError`
    if `longest` batches do not reach the margin, as near a load of 1, `InputError` for a negative margin.
    """
    if not margin >= 0:
        raise InputError(f"`margin` is {margin}, expected a number from 0")
    X, n = memory.patterns, memory.size
    W = _hollow(X.T @ X / n)
    for _ in range(longest):
        strength = np.linalg.norm(W, axis=1)
        poor = margin * strength >= X * (X @ W)
        if not poor.any():
            return Weights(W / strength.mean(), rule="perceptron")
        step = (poor * X).T @ X / n
        W += _hollow(0.5 * (step + step.T))
    raise _unlearnt(memory, longest, margin)


def krauth_minsky(memory: Memory, *, margin: float = 20.0, longest: int = 100_000) -> Weights:
    """Return couplings of nearly maximal stability, asymmetric (Krauth & Mezard 1987, J. Phys. A 20:L745).

    Every unit repeatedly learns its least stable pattern, until all patterns have a stability of `margin`;
    the larger this is, the closer to the optimum. No energy is known for them. Raises `NumericalError` if
    `longest` steps do not reach the margin: no couplings of one unit store more than 2 n random patterns.
    """
    X, n, count = memory.patterns, memory.size, memory.count
    gram = X @ X.T / n
    held = np.zeros((count, n))  # xi_i (W xi)_i of every pattern and unit
    learnt = np.zeros((count, n))
    units = np.arange(n)
    for _ in range(longest):
        worst = held.argmin(axis=0)
        active = held[worst, units] < margin
        if not active.any():
            W = _hollow((learnt * X).T @ X / n)
            return Weights(W / np.linalg.norm(W, axis=1, keepdims=True), rule="krauth-minsky")
        worst, chosen = worst[active], units[active]
        learnt[worst, chosen] += 1.0
        # A unit has no self-coupling: minus 1/n.
        held[:, chosen] += X[:, chosen] * X[worst, chosen] * gram[:, worst] - 1.0 / n
    raise _unlearnt(memory, longest, margin)


def sequence(memory: Memory) -> Weights:
    """Return the asymmetric couplings from each pattern to the next, and from the last to the first.

    W = X_next' pinv(X_now)', exact for independent patterns; synchronous updates step through them
    (Amari 1972). No energy is known for them.
    """
    X = memory.patterns
    return Weights(np.roll(X, -1, axis=0).T @ np.linalg.pinv(X).T, rule="sequence")


RULES: dict[str, Rule] = {
    "hebbian": hebbian,
    "storkey": storkey,
    "pseudo-inverse": pseudo_inverse,
    "perceptron": perceptron,
    "krauth-minsky": krauth_minsky,
    "unlearning": unlearning,
    "daydreaming": daydreaming,
    "covariance": covariance,
    "sequence": sequence,
}


def learn(memory: Memory, rule: str) -> Weights:
    """Return the couplings of `memory` by a rule of `RULES`; raises `InputError` for an unknown name."""
    if rule not in RULES:
        raise InputError(f"`rule` is {rule!r}, expected {', '.join(RULES)}")
    return RULES[rule](memory)


def _hollow(W: Array) -> Array:
    """Return `W` with a diagonal of zero."""
    np.fill_diagonal(W, 0.0)
    return W


def _unlearnt(memory: Memory, steps: int, margin: float) -> NumericalError:
    return NumericalError(
        f"{steps} steps found no couplings that hold {memory.count} patterns of {memory.size} bits with a "
        f"margin of {margin:g}: store fewer patterns, or lower the margin"
    )
