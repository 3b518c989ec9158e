"""The first energy theorem: a `Network` whose coupling is symmetric, as it is or with weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.circuits.weights import Weighted, symmetrising

if TYPE_CHECKING:
    from analoghop.systems.circuits.network import Network

_EQUAL = 1e-9  # relative difference below which C or G of a cluster count as equal: rounding of a deck


@dataclass(frozen=True, eq=False)
class NetworkEnergy:
    """The energy of a `network`: `E = sum w (G (u v - Phi(u)) - I v) - kappa v.diag(w) T v / 2`.

    dE/dt = -(w C u').v' while inputs and parameters rest and diag(w) T is symmetric (Hopfield 1984 eq. 7;
    vector amplifiers: Krotov & Hopfield 2021).
    """

    network: Network

    @cached_property
    def theorem(self) -> Theorem:
        """Hopfield's theorem of 1984, or the conditions of it that fail."""
        reasons = [*self.network.amplifiers.gradient_reasons(self._unit_names)]
        if not self._balanced:
            reasons.insert(0, "asymmetric coupling" + self._worst_pair() + self._no_weights())
        for name, values in (("C", self.network.C), ("G", self.network.G)):
            if self._spread(values).any():
                reasons.append(f"unequal {name} inside a cluster")
        if self.network.gain_factor is not None or self.network.coupling_factor is not None:
            reasons.append("a schedule is running: guaranteed for frozen parameters only")
        if not self.network.signals.constant:
            reasons.append("moving input: guaranteed for frozen inputs only")
        if self.network.noise is not None:
            reasons.append("noise: guaranteed only without noise")
        name = "Hopfield 1984" if self.weighted.weights is None else "Hopfield 1984 with weights"
        return Theorem(not reasons, name, tuple(reasons))

    @cached_property
    def weighted(self) -> Weighted:
        """The weights of the inputs where T is not symmetric, and why there are none."""
        if self.network.T.symmetric:
            return Weighted(None)
        return symmetrising(self.network.T, self.network.amplifiers.unit_of_input, self.network.names)

    @cached_property
    def _weight(self) -> Array | float:
        return 1.0 if self.weighted.weights is None else self.weighted.weights[:, None]

    @property
    def _balanced(self) -> bool:
        """Whether diag(w) T is symmetric."""
        return self.network.T.symmetric or self.weighted.weights is not None

    def _no_weights(self) -> str:
        cycle = "cycle" in self.weighted.obstacle
        return f", and no weights make it symmetric: {self.weighted.obstacle}" if cycle else ""

    @property
    def _unit_names(self) -> tuple[str, ...]:
        first = np.flatnonzero(np.diff(self.network.amplifiers.unit_of_input, prepend=-1))
        return tuple(self.network.names[k] for k in first)

    def _worst_pair(self) -> str:
        if self.network.size > 2000:
            return ""
        T = self.network.T.toarray()
        gap = np.abs(T - T.T)
        i, j = np.unravel_index(int(np.argmax(gap)), gap.shape)
        a, b = self.network.names[i], self.network.names[j]
        return f" (T[{a},{b}] = {T[i, j]:.6g}, T[{b},{a}] = {T[j, i]:.6g})"

    def _unit_mean(self, values: Array) -> Array:
        """Return the mean of `values` over each amplifier unit, (units, 1)."""
        unit = self.network.amplifiers.unit_of_input
        return (np.bincount(unit, weights=values[:, 0]) / np.bincount(unit))[:, None]

    def _spread(self, values: Array) -> Array:
        """Return how far `values` differ from their mean over the unit, (n, 1); zero where by rounding."""
        if self.network.amplifiers.scalar:
            return np.zeros_like(values)
        difference = values - self._unit_mean(values)[self.network.amplifiers.unit_of_input]
        return np.where(np.abs(difference) > _EQUAL * np.abs(values), difference, 0.0)

    @cached_property
    def _unit_G(self) -> Array:
        return self._unit_mean(self._weight * self.network.G)

    def parts(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the coupling, amplifier and bias parts of the energy in watt, each (members,)."""
        gamma, kappa = self.network.gamma(t), self.network.kappa(t)
        v = self.network.amplifiers.value(x, gamma)
        wv, potential = self._weight * v, self.network.amplifiers.potential(x, gamma)
        return {
            "coupling": -0.5 * kappa * np.sum(wv * (self.network.T @ v), axis=0),
            "amplifier": np.sum(self.network.G * x * wv, axis=0) - np.sum(self._unit_G * potential, axis=0),
            "bias": -np.sum(self.network.current(t) * wv, axis=0),
        }

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return du/dt, the dissipated power w C u'.v', and what schedules, inputs and asymmetry supply."""
        gamma, kappa, weight = self.network.gamma(t), self.network.kappa(t), self._weight
        v, push = self.network.amplifiers.linearise(x, gamma)
        drive = (self.network.T @ v) * kappa
        excess = drive - self.network.G * x + self.network.current(t)  # = C du/dt
        rate = excess / self.network.C
        dv, wv = push(rate), weight * v
        dissipated = np.sum(weight * excess * dv, axis=0)
        supplied = np.zeros_like(dissipated)
        if not self._balanced:
            supplied += 0.5 * np.sum(dv * (drive - (self.network.T.transpose() @ v) * kappa), axis=0)
        spread = self._spread(self.network.G)
        if spread.any():
            supplied += np.sum(spread * wv * rate, axis=0)
        if len(self.network.signals):
            supplied -= np.sum((self.network.S @ self.network.signals.rate(t)) * wv, axis=0)
        if self.network.coupling_factor is not None:
            supplied -= 0.5 * self.network.coupling_factor.rate(t) * np.sum(wv * (self.network.T @ v), axis=0)
        if self.network.gain_factor is not None:
            supplied += self.network.gain_factor.rate(t) * self._gain_force(x, v, excess, gamma, kappa)
        return Flow(rate, dissipated, supplied)

    def _gain_force(self, x: Array, v: Array, excess: Array, gamma: Any, kappa: Any) -> Array:
        """Return dE/dgamma at fixed state."""
        dv, dpotential = self.network.amplifiers.factor_rate(x, gamma)
        force = -self._weight * excess
        if not self._balanced:
            force = force + 0.5 * kappa * (self.network.T @ v - self.network.T.transpose() @ v)
        return np.asarray(np.sum(force * dv, axis=0) - np.sum(self._unit_G * dpotential, axis=0))
