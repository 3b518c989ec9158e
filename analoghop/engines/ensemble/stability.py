"""The stability test of resting states, for many members at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.couplings import Dense, Sparse, best
from analoghop.couplings.row_bounds import RowBounds
from analoghop.engines.distance import members_near, near
from analoghop.engines.settling import growing
from analoghop.systems.base import System
from analoghop.systems.circuits.network import Network

_AT_ONCE = 1 << 21
"""Numbers in the Jacobians of members that are judged together."""
_WRITTEN = 3000
"""Largest number of rows of a structured matrix that is factorised: faster than 100 products."""

Stable = Callable[[Array, Array], Mask]
"""`stable(t, x)` returns which resting states `x` (n, k) at times `t` (k,) are stable, a mask (k,)."""


def settled(system: System, tolerance: float) -> Stable:
    """Return the test whether states that hardly move have settled: they are stable, and equilibria.

    Column k is judged as member k of a family.
    """
    if system.members is not None:
        return members_settled(system, tolerance)
    rows = None if system.network is None else RowBounds(system.network.T)
    stable, arrived = stability(system, tolerance, rows), near(system, tolerance, rows)

    def both(t: Array, x: Array) -> Mask:
        verdict = stable(t, x)
        chosen = np.flatnonzero(verdict)
        verdict[chosen] = arrived(t[chosen], x[:, chosen])
        return verdict

    return both


def stability(system: System, tolerance: float, rows: RowBounds | None = None) -> Stable:
    """Return the stability test of `system`.

    Growth below `tolerance` per slowest own time constant counts as none, as for a single trajectory. `rows`
    are the bounds on the rows of a network's coupling, where they are known already.
    """
    network = system.network
    judged = network or system

    def stable(t: Array, x: Array) -> Mask:
        verdicts = [not growing(judged, float(t[k]), x[:, k], tolerance) for k in range(x.shape[1])]
        return np.array(verdicts, dtype=bool)

    if network is None or not (network.amplifiers.scalar and network.T.symmetric):
        return stable
    return SymmetricStability(network, tolerance, stable, rows or RowBounds(network.T))


def members_settled(family: System, tolerance: float) -> Stable:
    """Return the same test for the members of a family, by their Jacobians, many at once."""

    def both(t: Array, x: Array) -> Mask:
        block = max(1, _AT_ONCE // max(family.size, 1) ** 2)
        parts = [np.arange(k, min(k + block, x.shape[1])) for k in range(0, x.shape[1], block)]
        verdicts = [_judged(family.of(part), t[part], x[:, part], tolerance) for part in parts]
        return np.concatenate(verdicts) if verdicts else np.zeros(0, dtype=bool)

    return both


def _judged(family: System, t: Array, x: Array, tolerance: float) -> Mask:
    J = family.jacobians(t, x)
    verdict: Mask = np.asarray(np.isfinite(J).all(axis=(1, 2)))
    J = np.where(verdict[:, None, None], J, 0.0)
    size = np.abs(J).sum(axis=2)
    margin = tolerance / family.time_constants.max(axis=0) + 1e-13 * size.max(axis=1)
    diagonal = np.diagonal(J, axis1=1, axis2=2)
    discs = [(diagonal - np.abs(diagonal) + np.abs(J).sum(axis=axis)).max(axis=1) for axis in (1, 2)]
    open_ = np.flatnonzero(verdict & (np.minimum(*discs) > margin))
    if len(open_):
        verdict[open_] = np.linalg.eigvals(J[open_]).real.max(axis=1) <= margin[open_]
    chosen = np.flatnonzero(verdict)
    if len(chosen):
        verdict[chosen] = members_near(family.of(chosen), t[chosen], x[:, chosen], J[chosen], tolerance)
    return verdict


class SymmetricStability:
    """A resting state of a symmetric network is stable if `G + m C - D^1/2 T D^1/2` is positive definite.

    D are the amplifiers' slopes, m is the tolerated growth rate. States with saturated amplifiers are decided
    by a bound on T or by its rows (Gershgorin), the others by one Cholesky factorisation each.
    """

    def __init__(self, system: Network, tolerance: float, otherwise: Stable, rows: RowBounds) -> None:
        self._system, self._otherwise, self._rows = system, otherwise, rows
        self._firm = system.G + tolerance / float(system.time_constants.max()) * system.C
        self._bound = float(system.T.row_sums().max(initial=0.0))

    @cached_property
    def _T(self) -> Any:
        """The coupling matrix if it is stored or small enough to be factorised, else None."""
        T = best(self._system.T)
        if isinstance(T, Dense | Sparse):
            return T.matrix
        return T.toarray() if len(self._firm) <= _WRITTEN else None

    def __call__(self, t: Array, x: Array) -> Mask:
        """Return the mask of the stable ones among the states `x` (n, k)."""
        slopes = self._system.slopes(t, x)
        rising = (slopes >= 0.0).all(axis=0)
        verdict: Mask = rising & (slopes.max(axis=0) * self._bound < self._firm.min())
        left = np.flatnonzero(rising & ~verdict)
        if len(left):
            root = np.sqrt(slopes[:, left])
            verdict[left] = (root * self._rows(root) < self._firm).all(axis=0)
            left, root = left[~verdict[left]], root[:, ~verdict[left]]
        if len(left) and self._T is not None:
            verdict[left] = [self._definite(part) for part in root.T]
            left = left[:0]
        left = np.concatenate([left, np.flatnonzero(~rising)])
        if len(left):
            verdict[left] = self._otherwise(t[left], x[:, left])
        return verdict

    def _definite(self, root: Array) -> bool:
        T = self._T
        matrix = -(T if isinstance(T, np.ndarray) else T.toarray()) * root * root[:, None]
        matrix[np.diag_indices(len(root))] += self._firm[:, 0]
        try:
            np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            return False
        return True
