"""The leading modes of a ring of cities, which grow from the uniform state, and its critical temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.problems.tsp.weights import centred, relative, span

ROUGH = 0.3
"""Roughness from which distances count as not Euclidean: planar instances reach 0.2, random matrices 0.9."""
SPAN = 100.0
"""Span beyond which the distances that tours use differ by less than the noise."""


@dataclass(frozen=True, eq=False)
class Modes:
    """The leading modes of the ring of nearest neighbours: u_xi ~ Re(mode_x exp(i theta_i)).

    `critical` is the largest eigenvalue, n times the critical temperature; `first` and `second` (n,) are the
    vectors of the two largest, complex where distances are asymmetric; `ratio` of their eigenvalues.
    """

    critical: float
    first: NDArray[np.complex128]
    second: NDArray[np.complex128]
    ratio: float

    def ring(self, n: int, phase: float, sense: float) -> Array:
        """Return the pattern (cities, positions): cos along the first mode, sin along the second."""
        theta = 2.0 * np.pi * np.arange(n) / n
        turn = np.exp(1j * (theta + phase))
        first = np.outer(self.first, turn).real
        second = np.outer(self.second, np.exp(1j * theta)).imag
        return np.asarray(first + sense * self.ratio * second)


def leading_modes(W: Array) -> Modes:
    """Return the modes of `W` (n, n), centred distances, once around the ring.

    Symmetric: the eigenvalues of -2 cos(2 pi / n) W, and of -W itself below 7 cities, where that factor would
    be small or negative. Asymmetric: those of -(W z + W' z*) with z = exp(2 pi i / n).
    """
    n = len(W)
    if np.array_equal(W, W.T):
        factor = 2.0 * math.cos(2.0 * math.pi / n) if n >= 7 else 1.0
        values, vectors = np.linalg.eigh(-W)
        values = factor * values
    else:
        z = np.exp(2j * np.pi / n) if n >= 7 else 0.5 + 0.5j * np.sin(2.0 * np.pi / n)
        values, vectors = np.linalg.eigh(-(W * z + W.T * np.conj(z)))
    largest = float(values[-1])
    if largest <= 1e-12:  # all tours have equal lengths
        return Modes(1.0, vectors[:, -1].astype(complex), vectors[:, -2].astype(complex), 1.0)
    ratio = max(0.0, float(values[-2])) / largest
    return Modes(largest, vectors[:, -1].astype(complex), vectors[:, -2].astype(complex), ratio)


def roughness(d: Array) -> float:
    """Return the fifth eigenvalue of minus the centred, symmetrised distances, as a share of the first.

    Points in the plane have two large eigenvalues, the others are small; random distances have many of equal
    size. 0 for fewer than 9 cities, for which it is not significant.
    """
    if len(d) < 9:
        return 0.0
    values = np.linalg.eigvalsh(-centred(0.5 * (d + d.T)))
    return float(values[-5] / values[-1]) if values[-1] > 1e-12 else 0.0


def obscured(d: Array) -> bool:
    """Return whether some distances are so long that they hide the others, as those of forbidden edges.

    That is: they are rough, and the longest is more than 100 times the usual distance (see `span`).
    """
    shifted = relative(d)
    return roughness(shifted) > ROUGH and span(shifted) > SPAN
