"""The distance of a state that hardly moves from its equilibrium, by Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Mask
from analoghop.couplings.row_bounds import RowBounds
from analoghop.systems.base import System

if TYPE_CHECKING:
    from analoghop.systems.circuits.network import Network

_DIRECT = 300  # largest number of states whose Newton step is solved for with a dense Jacobian
_KRYLOV = 40  # Krylov directions of GMRES for more states without a sparse Jacobian
_BATCH = 1 << 20  # numbers in the matrices that are solved together
_ACCURACY = 1e-2  # relative, of the step: it is only compared with the allowed distance
_PROBE = 1e-4  # of the input scale: truncation 1e-8, rounding 1e-12 of a central difference
_SCALES = 9.0  # allowed distance in units of tolerance times input scale
_OWN = 0.1  # allowed distance in units of tolerance times |x|: a run knows its state no better
_CREEPING = 9.0  # own time constants in which the rates must bridge the distance, else an ensemble creeps
_LEFT = 0.25  # share of the rate: if more is left behind a step, the step was too short
_SLOW = 3.0  # factor for such a step: the whole way to a triple root, as at the onset of a pitchfork

Near = Callable[[Array, Array], Mask]
"""`near(t, x)` says which of the states (n, k) at times (k,) have reached their equilibria."""


def allowed(system: System, x: Array, tolerance: float) -> Array:
    """Return the largest distance to the equilibrium at which `x` (n, k) counts as having reached it, (n, k).

    Nine times `tolerance` of each state's input scale, or a tenth of `tolerance` of the state, if it is more.
    """
    return np.asarray(tolerance * np.maximum(_SCALES * system.input_scale, _OWN * np.abs(x)))


def _of_ensembles(system: System, x: Array, rate: Array, tolerance: float) -> Array:
    """Return the same for the states of an ensemble, which may still be on a fast approach to it."""
    pace = np.abs(rate * system.time_constants / system.input_scale).max(axis=0)
    return np.asarray(np.maximum(allowed(system, x, tolerance), _CREEPING * pace * system.input_scale))


def newton_step(system: System, t: float, x: Array, limit: Array | None = None) -> Array:
    """Return the step from the state `x` (n,) to the nearest zero of the rate, inf if it is not found.

    It is the Newton step, three times as long where most of the rate is left behind it; this is not looked at
    where three times as long is still within `limit` (n,).
    """
    rate = system.rhs(t, x[:, None])[:, 0]
    if not np.isfinite(rate).all():
        return np.full(len(x), np.inf)
    if not rate.any():
        return np.zeros(len(x))
    J = system.jacobian(t, x[:, None]) if system.size <= _DIRECT or _stored(system) else None
    with np.errstate(all="ignore"):
        step = _without_matrix(system, t, x, rate) if J is None else _solved(J, rate)
        if not np.isfinite(step).all():
            return np.full(len(x), np.inf)
        if limit is not None and (_SLOW * np.abs(step) <= limit).all():
            return step
        columns = (part[:, None] for part in (x, rate, step))
        return _stretched(system, t, *columns)[:, 0]


def _stretched(system: System, t: ArrayLike, x: Array, rate: Array, step: Array) -> Array:
    """Return the steps (n, k), longer where the rates behind them show that they were too short."""
    weight = system.time_constants / system.input_scale
    before, after = (np.abs(r * weight).max(axis=0) for r in (rate, system.rhs(t, x + step)))
    return np.asarray(step * np.where(after <= _LEFT * before, 1.0, _SLOW))


def near(system: System, tolerance: float, rows: RowBounds | None = None) -> Near:
    """Return the test whether states of an ensemble that hardly move do not creep towards their equilibria.

    They may be as far away as is `allowed`, or as rates as theirs bridge in nine of the states' own time
    constants: an ensemble measures rates by the largest value that a state has had. `rows` are the
    bounds on the rows of a network's coupling, where they are known already.
    """
    network = system.network
    judged: System = network or system

    def arrived(t: Array, x: Array) -> Mask:
        limit = _of_ensembles(judged, x, judged.rhs(t, x), tolerance)
        steps = [np.abs(newton_step(judged, float(t[k]), x[:, k])) for k in range(x.shape[1])]
        there = [np.isfinite(s).all() and (s <= limit[:, k]).all() for k, s in enumerate(steps)]
        return np.array(there, dtype=bool)

    if network is None or not network.amplifiers.scalar:
        return arrived
    return _NearOfNetwork(network, tolerance, rows or RowBounds(network.T), arrived)


def members_near(family: System, t: Array, x: Array, J: Array, tolerance: float) -> Mask:
    """Return the same verdict on the states `x` (n, k) of the k members of a family, with Jacobians `J`."""
    rate = family.rhs(t, x)
    limit = _of_ensembles(family, x, rate, tolerance)
    steps = np.full(x.shape, np.inf)
    still = ~rate.any(axis=0)
    steps[:, still] = 0.0
    with np.errstate(all="ignore"):
        for k in np.array_split(np.flatnonzero(~still), max(1, x.shape[1] // 512)):
            try:
                steps[:, k] = np.linalg.solve(J[k], -rate.T[k][:, :, None])[:, :, 0].T
            except np.linalg.LinAlgError:  # one of them is singular: look at each
                for member in k:
                    steps[:, member] = _solved(J[member], rate[:, member])
        moved = np.flatnonzero(~still & np.isfinite(steps).all(axis=0))
        part = family.of(moved)
        steps[:, moved] = _stretched(part, t[moved], x[:, moved], rate[:, moved], steps[:, moved])
    return np.asarray((np.isfinite(steps) & (np.abs(steps) <= limit)).all(axis=0))


class _NearOfNetwork:
    """The same test for many states of a network of scalar amplifiers at once.

    With the residual r = C u' and the amplifiers' slopes D the step is (G - T D)^-1 r. Where the rows of
    |T| D are below a share q of G, as behind saturated amplifiers, it is r/G up to q/(1 - q) of the largest.
    What is left is solved for together in small networks, and one by one in large ones.
    """

    def __init__(self, network: Network, tolerance: float, rows: RowBounds, otherwise: Near) -> None:
        self._network, self._tolerance, self._rows, self._otherwise = network, tolerance, rows, otherwise

    @cached_property
    def _T(self) -> Array:
        return self._network.T.toarray()

    def __call__(self, t: Array, x: Array) -> Mask:
        """Return the verdict on each of the states `x` (n, k)."""
        network, rate = self._network, self._network.rhs(t, x)
        limit = _of_ensembles(network, x, rate, self._tolerance)
        residual, slopes = rate * network.C, np.broadcast_to(network.slopes(t, x), x.shape)
        verdict = np.zeros(x.shape[1], dtype=bool)
        with np.errstate(all="ignore"):
            share = (self._rows(np.abs(slopes)) / network.G).max(axis=0)
            own = np.abs(residual) / network.G
            verdict |= (share < 1.0) & (own + share / (1.0 - share) * own.max(axis=0) <= limit).all(axis=0)
        left = np.flatnonzero(~verdict & np.isfinite(residual).all(axis=0) & np.isfinite(slopes).all(axis=0))
        if network.size > _DIRECT:
            verdict[left] = self._otherwise(t[left], x[:, left])
            return verdict
        block = max(1, _BATCH // network.size**2)
        for k in range(0, len(left), block):
            chosen = left[k : k + block]
            steps = self._steps(residual[:, chosen], slopes[:, chosen])
            with np.errstate(all="ignore"):
                rate = residual[:, chosen] / network.C
                steps = _stretched(network, t[chosen], x[:, chosen], rate, steps)
            verdict[chosen] = (np.abs(steps) <= limit[:, chosen]).all(axis=0)
        return verdict

    def _steps(self, residual: Array, slopes: Array) -> Array:
        matrices = -self._T * slopes.T[:, None, :]
        rows = np.arange(len(residual))
        matrices[:, rows, rows] += self._network.G[:, 0]
        try:
            return np.asarray(np.linalg.solve(matrices, residual.T[:, :, None])[:, :, 0].T)
        except np.linalg.LinAlgError:  # one of them is singular: look at each
            if len(matrices) == 1:
                return np.full(residual.shape, np.inf)
            members = np.arange(len(matrices))[:, None]
            return np.concatenate([self._steps(residual[:, k], slopes[:, k]) for k in members], axis=1)


def _stored(system: System) -> bool:
    from analoghop.couplings import Sparse

    return system.network is not None and isinstance(system.network.T, Sparse)


def _solved(J: Any, rate: Array) -> Array:
    try:
        if hasattr(J, "toarray"):
            from scipy.sparse.linalg import splu

            return np.asarray(splu(J.tocsc()).solve(-rate))
        return np.asarray(np.linalg.solve(J, -rate))
    except (RuntimeError, np.linalg.LinAlgError):  # singular
        return np.full(len(rate), np.inf)


def _without_matrix(system: System, t: float, x: Array, rate: Array) -> Array:
    """Return the step by GMRES in units of the input scale, with differences of the rate as products."""
    from scipy.sparse.linalg import LinearOperator, gmres

    rhs, scale, own = system.bind(), system.input_scale[:, 0], system.time_constants[:, 0]

    def product(v: Array) -> Array:
        size = float(np.linalg.norm(v)) or 1.0
        step = (_PROBE / size) * scale * v
        return np.asarray((rhs(t, x + step) - rhs(t, x - step)) * (own * size / (2.0 * _PROBE)) / scale)

    operator = LinearOperator((len(x), len(x)), matvec=product, dtype=np.float64)
    target = -rate * own / scale
    found, failure = gmres(operator, target, rtol=_ACCURACY, atol=0.0, restart=_KRYLOV, maxiter=1)
    return np.full(len(x), np.inf) if failure else np.asarray(found * scale)
