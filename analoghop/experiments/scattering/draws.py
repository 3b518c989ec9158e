"""Keyed draws: a part's number for one element depends on seed, part and name alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from analoghop.arrays import Array

_TWO53 = float(1 << 53)


def uniforms(seed: int, stream: str, part: int, names: Sequence[str]) -> Array:
    """Return numbers in 0..1 for `names`, (len(names),).

    The number of a name is a hash of (seed, stream, part, name): neither the tolerance nor the other elements
    enter, so that part 17 is the same part at 1 % and at 2 %, and stays it when an element is added.
    """
    head = hashlib.blake2b(f"{seed}|{stream}|{part}|".encode(), digest_size=8)
    found = np.empty(len(names))
    for k, name in enumerate(names):
        digest = head.copy()
        digest.update(name.encode())
        # The middle of one of 2^53 cells: never 0 or 1, whose normal quantiles are not finite.
        found[k] = ((int.from_bytes(digest.digest(), "big") >> 11) + 0.5) / _TWO53
    return found


def deviations(seed: int, stream: str, part: int, names: Sequence[str], law: str) -> Array:
    """Return deviations in units of the tolerance: uniform in -1..1, or normal with sigma 1/3."""
    drawn = uniforms(seed, stream, part, names)
    if law == "uniform":
        return 2.0 * drawn - 1.0
    from scipy.special import ndtri

    return np.asarray(ndtri(drawn), dtype=np.float64) / 3.0
