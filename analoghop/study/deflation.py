"""`Deflation`: Newton searches for equilibria, with those that are known deflated."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.settling import dense_jacobian
from analoghop.limits import Limits
from analoghop.systems.base import System

ROUNDS = 8
"""Further rounds of searches while the indices do not sum to 1."""
_CORNERS = 4096  # sign patterns that are tried; all of them up to twelve amplifiers
_STEPS = 60  # Newton steps of one search
_EXACT = 1e-12  # last Newton step, relative to the state and its input scale
_SAME = 1e-6  # relative distance of two states that are one equilibrium
_FAR = 1e3  # of the reach of the outputs: a search that is farther away has left the circuit
_QUIET = 40  # searches in a row without a new equilibrium after which deflation ends


class Deflation:
    """Newton searches for F(x) = tau dx/dt = 0, and the equilibria that they have `found`."""

    def __init__(self, system: System, t: float) -> None:
        self._system, self._t = system, t
        self._tau, self._scale = system.time_constants[:, 0], system.input_scale[:, 0]
        self._reach = self._within()
        self.found: list[Array] = []
        self.searches = 0

    def _rate(self, x: Array) -> Array:
        return np.asarray(self._system.rhs(self._t, x[:, None])[:, 0] * self._tau)

    def _jacobian(self, x: Array) -> Array:
        return self._tau[:, None] * dense_jacobian(self._system, self._t, x)

    def _within(self) -> Array:
        """Return how far states can lie from zero: where saturated outputs hold them, or a few scales."""
        far = 50.0 * self._scale
        ends = [np.abs(self._rate(sign * far) + sign * far) for sign in (1.0, -1.0)]
        reach = np.maximum(*ends)
        network = self._system.network
        if network is not None:
            span = np.abs(network.amplifiers.scale[:, 0]) + np.abs(network.amplifiers.base[:, 0])
            conductance = np.where(network.G[:, 0] > 0, network.G[:, 0], np.inf)
            held = np.abs(network.T.toarray()) @ span + np.abs(network.current(self._t)[:, 0])
            reach = np.where(np.isfinite(conductance), held / conductance, reach)
        return np.maximum(np.where(np.isfinite(reach), reach, far), 2.0 * self._scale)

    def places(self, starts: int, seed: int) -> Iterator[Array]:
        """Yield the states from which searches start."""
        n = len(self._reach)
        yield np.zeros(n)
        rng = np.random.default_rng(seed)
        all_signs = itertools.product((-1.0, 1.0), repeat=n)
        signs = all_signs if 2**n <= _CORNERS else (rng.choice((-1.0, 1.0), n) for _ in range(_CORNERS // 4))
        for sign in signs:
            corner = np.asarray(sign) * self._reach
            # One step of the circuit's own fixed point: the state that these saturated outputs hold.
            held = corner + self._rate(corner)
            yield held if np.isfinite(held).all() else corner
        for _ in range(starts):
            yield rng.uniform(-1.1, 1.1, n) * self._reach

    def further(self, starts: int, seed: int, again: int) -> Iterator[Array]:
        """Yield states between the equilibria that are known, and beside them: saddles lie there."""
        rng = np.random.default_rng([seed, again + 1])
        for _ in range(starts):
            a, b = rng.integers(len(self.found), size=2) if self.found else (0, 0)
            ends = [self.found[k] if self.found else np.zeros(len(self._reach)) for k in (a, b)]
            share = rng.random()
            wide = 0.3 * (again + 1) / ROUNDS * self._reach
            yield share * ends[0] + (1.0 - share) * ends[1] + wide * rng.standard_normal(len(self._reach))

    @property
    def index_sum(self) -> int:
        """The sum of (-1)^index over what has been found."""
        signs = [np.linalg.slogdet(-self._jacobian(x))[0] for x in self.found]
        return int(np.sum(np.rint(signs))) if signs else 0

    def plain(self, place: Array) -> None:
        """Search from a place without deflation."""
        self._keep(self._newton(place, deflate=False))

    def deflated(self, places: list[Array], limits: Limits) -> None:
        """Search with what is known deflated, until nothing new is found for a while."""
        barren = 0
        for place in itertools.cycle(places):
            if limits.over or barren >= min(_QUIET, len(places)):
                return
            new = self._keep(self._newton(place, deflate=True))
            barren = 0 if new else barren + 1

    def _keep(self, x: Array | None) -> bool:
        """Add an equilibrium that is not known yet; return whether it is new."""
        if x is None:
            return False
        size = np.maximum(np.abs(x), self._scale)
        if any((np.abs(x - known) <= _SAME * size).all() for known in self.found):
            return False
        self.found.append(x)
        return True

    def _newton(self, x: Array, deflate: bool) -> Array | None:
        """Return the equilibrium that damped Newton steps reach from `x`, None if they reach none."""
        self.searches += 1
        rate = self._rate(x)
        for _ in range(_STEPS):
            if not rate.any():
                return x
            step = self._step(x, rate)
            if step is None:
                return None
            if deflate:
                step = step * self._factor(x, step)
            if not np.isfinite(step).all():
                return None
            if (np.abs(step) <= _EXACT * (self._scale + np.abs(x))).all():
                return x + step if not deflate else self._newton(x + step, deflate=False)
            x, rate = self._shortened(x, step, rate, deflate)
            if (np.abs(x) > _FAR * self._reach).any():
                return None
        return None

    def _step(self, x: Array, rate: Array) -> Array | None:
        try:
            return np.asarray(np.linalg.solve(self._jacobian(x), -rate))
        except np.linalg.LinAlgError:
            return None

    def _factor(self, x: Array, step: Array) -> float:
        """Return the factor that deflation puts on a Newton step.

        With M = prod (1/|x - r|^2 + 1) the Newton step of M F is s/(1 - s.grad(ln M)).
        """
        slope = 0.0
        for known in self.found:
            apart = (x - known) / self._scale
            square = float(apart @ apart)
            if square == 0.0:
                return float("nan")
            weight = 1.0 / square
            slope += -2.0 * weight**2 / (weight + 1.0) * float(apart @ (step / self._scale))
        return 1.0 / (1.0 - slope) if slope != 1.0 else float("nan")

    def _shortened(self, x: Array, step: Array, rate: Array, deflate: bool) -> tuple[Array, Array]:
        """Return the state behind the step, or behind the first half of it that makes the rates smaller."""
        size = float(np.linalg.norm(rate / self._scale))
        for halving in range(1 if deflate else 8):
            new = x + 0.5**halving * step
            left = self._rate(new)
            if float(np.linalg.norm(left / self._scale)) < size:
                return new, left
        new = x + step
        return new, self._rate(new)
