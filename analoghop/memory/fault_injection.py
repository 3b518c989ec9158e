"""`with_faults`: couplings that are cut, amplifiers that are dead or stuck at a rail."""

from __future__ import annotations

from typing import Literal

import numpy as np

from analoghop.errors import InputError
from analoghop.memory.weights import Weights

Fault = Literal["cut", "dead", "stuck"]
FAULTS: tuple[Fault, ...] = ("cut", "dead", "stuck")


def with_faults(weights: Weights, kind: Fault, fraction: float, seed: int) -> Weights:
    """Return `weights` with a `fraction` of their parts broken, chosen at random.

    "cut": couplings, each independently, so that the others are not symmetric. "dead": amplifiers, whose
    output is 0 volts (the middle of their rails). "stuck": amplifiers, whose output stays at one of its
    rails. The input node of a broken amplifier still follows the others and represents its bit. Raises
    `InputError` for another kind or a fraction outside 0..1.
    """
    if kind not in FAULTS:
        raise InputError(f"`kind` of fault is {kind!r}, expected {', '.join(FAULTS)}")
    if not 0.0 <= fraction <= 1.0:
        raise InputError(f"`fraction` is {fraction}, expected a number from 0 to 1")
    rng = np.random.default_rng((seed, 7))
    W, threshold, n = weights.W.copy(), weights.threshold.copy(), weights.size
    if kind == "cut":
        couplings = np.flatnonzero(W)
        broken = rng.permutation(couplings)[: round(fraction * len(couplings))]
        W.flat[broken] = 0.0
    else:
        broken = rng.permutation(n)[: round(fraction * n)]
        signs = rng.choice([-1.0, 1.0], len(broken)) if kind == "stuck" else np.zeros(len(broken))
        threshold -= W[:, broken] @ weights.levels(signs)
        W[:, broken] = 0.0
    return Weights(W, threshold, weights.units, weights.rule)
