"""How far a state that hardly moves still is from its equilibrium."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.systems.base import System

if TYPE_CHECKING:
    from analoghop.systems.circuits.network import Network

_DIRECT = 300  # states up to which the Newton step is solved for; a sparse Jacobian has no such bound
_KRYLOV = 40  # directions in which it is looked for beyond
_BATCH = 1 << 20  # numbers in the matrices that are solved together
_ACCURACY = 1e-2  # of the step: it is only compared with what is allowed
_PROBE = 1e-4  # of the input scale: truncation 1e-8, rounding 1e-12 of a central difference
_SCALES = 3.0, 9.0  # of tolerance times input scale: what is always allowed, and at most
_OWN = 2.0, 0.1  # of tolerance times |x|: what is allowed in between, and in any case

Near = Callable[[Array, Array], Mask]
"""`near(t, x)` says which of the states (n, k) at times (k,) have reached their equilibria."""


def allowed(system: System, x: Array, tolerance: float) -> Array:
    """Return the distance to the equilibrium at which `x` (n, k) counts as there, (n, k).

    A few times `tolerance` of each state's input scale or, between three and nine of these, of the state
    itself; and a tenth of `tolerance` of the state, which a run knows no better.
    """
    size, scale = np.abs(x), system.input_scale
    within = np.clip(_OWN[0] * size, _SCALES[0] * scale, _SCALES[1] * scale)
    return np.asarray(tolerance * np.maximum(within, _OWN[1] * size))


def newton_step(system: System, t: float, x: Array) -> Array:
    """Return the Newton step from the state `x` (n,) to where its rate vanishes; inf where it is not found.

    At an equilibrium with an eigenvalue zero it is that of a slower approach, and so still of its order.
    """
    rate = system.rhs(t, x[:, None])[:, 0]
    if not np.isfinite(rate).all():
        return np.full(len(x), np.inf)
    if not rate.any():
        return np.zeros(len(x))
    J = system.jacobian(t, x[:, None]) if system.size <= _DIRECT or _stored(system) else None
    if J is None:
        return _without_matrix(system, t, x, rate)
    with np.errstate(all="ignore"):
        step = _solved(J, rate)
    return step if np.isfinite(step).all() else np.full(len(x), np.inf)


def near(system: System, tolerance: float) -> Near:
    """Return the test whether states that hardly move are at their equilibria, but for what is `allowed`."""
    network = system.network
    judged: System = network or system

    def arrived(t: Array, x: Array) -> Mask:
        limit = allowed(judged, x, tolerance)
        steps = [np.abs(newton_step(judged, float(t[k]), x[:, k])) for k in range(x.shape[1])]
        return np.array([bool((s <= limit[:, k]).all()) for k, s in enumerate(steps)], dtype=bool)

    if network is None or not network.amplifiers.scalar or network.size > _DIRECT:
        return arrived
    return _NearOfNetwork(network, tolerance)


class _NearOfNetwork:
    """The same for many states of a network of scalar amplifiers at once.

    With the residual r = C u' and the amplifiers' slopes D the step is (G - T D)^-1 r. Where the rows of |T| D
    are below a share q of G, as behind saturated amplifiers, it is r/G but for q/(1 - q) of its largest.
    """

    def __init__(self, network: Network, tolerance: float) -> None:
        self._network, self._tolerance = network, tolerance
        self._T = network.T.toarray()
        self._size = np.abs(self._T)

    def __call__(self, t: Array, x: Array) -> Mask:
        """Return the verdict on each of the states `x` (n, k)."""
        network, limit = self._network, allowed(self._network, x, self._tolerance)
        residual, slopes = network.rhs(t, x) * network.C, network.slopes(t, x)
        slopes = np.broadcast_to(slopes, x.shape)
        verdict = np.zeros(x.shape[1], dtype=bool)
        with np.errstate(all="ignore"):
            share = ((self._size @ np.abs(slopes)) / network.G).max(axis=0)
            own = np.abs(residual) / network.G
            verdict |= (share < 1.0) & (own + share / (1.0 - share) * own.max(axis=0) <= limit).all(axis=0)
        left = np.flatnonzero(~verdict & np.isfinite(residual).all(axis=0) & np.isfinite(slopes).all(axis=0))
        block = max(1, _BATCH // network.size**2)
        for k in range(0, len(left), block):
            chosen = left[k : k + block]
            verdict[chosen] = self._solved(residual[:, chosen], slopes[:, chosen], limit[:, chosen])
        return verdict

    def _solved(self, residual: Array, slopes: Array, limit: Array) -> Mask:
        matrices = -self._T * slopes.T[:, None, :]
        rows = np.arange(len(residual))
        matrices[:, rows, rows] += self._network.G[:, 0]
        try:
            steps = np.linalg.solve(matrices, residual.T[:, :, None])[:, :, 0].T
        except np.linalg.LinAlgError:  # one of them is singular: look at each
            if len(matrices) == 1:
                return np.zeros(1, dtype=bool)
            each = np.arange(len(matrices))[:, None]
            return np.concatenate([self._solved(residual[:, k], slopes[:, k], limit[:, k]) for k in each])
        return np.asarray((np.abs(steps) <= limit).all(axis=0))


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
