"""Scalar amplifiers in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analoghop.activations.base import Activation, Push
from analoghop.arrays import Array


@dataclass(frozen=True)
class Tanh(Activation):
    """The symmetric sigmoid tanh z; F = ln cosh z (Hopfield 1984)."""

    name = "tanh"

    def value(self, z: Array) -> Array:
        """Return tanh z."""
        return np.tanh(z)

    def jacobian(self, z: Array) -> Array:
        """Return 1 - tanh(z)^2."""
        v = np.tanh(z)
        return 1.0 - v * v

    def linearise(self, z: Array) -> tuple[Array, Push]:
        """Return value and pushforward from one tanh."""
        v = np.tanh(z)
        slope = 1.0 - v * v
        return v, lambda dz: slope * dz

    def potential(self, z: Array) -> Array:
        """Return ln cosh z = |z| + ln(1 + exp(-2|z|)) - ln 2."""
        size = np.abs(z)
        return size + np.log1p(np.exp(-2.0 * size)) - math.log(2.0)

    def inverse(self, v: Array) -> Array:
        """Return artanh v."""
        self._inside(v)
        return np.arctanh(v)


@dataclass(frozen=True)
class Logistic(Activation):
    """The sigmoid 1 / (1 + exp(-z)) between 0 and 1; F = ln(1 + exp z)."""

    name = "logistic"
    max_slope = 0.25
    range = (0.0, 1.0)

    def value(self, z: Array) -> Array:
        """Return 1 / (1 + exp(-z)) through tanh, which does not overflow."""
        return 0.5 + 0.5 * np.tanh(0.5 * z)

    def jacobian(self, z: Array) -> Array:
        """Return v (1 - v)."""
        v = self.value(z)
        return v * (1.0 - v)

    def linearise(self, z: Array) -> tuple[Array, Push]:
        """Return value and pushforward from one tanh."""
        v = self.value(z)
        slope = v * (1.0 - v)
        return v, lambda dz: slope * dz

    def potential(self, z: Array) -> Array:
        """Return the softplus max(z, 0) + ln(1 + exp(-|z|))."""
        return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))

    def inverse(self, v: Array) -> Array:
        """Return ln(v / (1 - v))."""
        self._inside(v)
        return np.log(v) - np.log1p(-v)


@dataclass(frozen=True)
class Satlin(Activation):
    """The linear amplifier, clipped at its rails -1 and 1."""

    name = "satlin"
    smooth = False
    corners = (-1.0, 1.0)

    def value(self, z: Array) -> Array:
        """Return `z` clipped to -1..1."""
        return np.clip(z, -1.0, 1.0)

    def jacobian(self, z: Array) -> Array:
        """Return 1 between the rails, 0 at and beyond them."""
        return np.less(np.abs(z), 1.0).astype(z.dtype)

    def potential(self, z: Array) -> Array:
        """Return z^2/2 between the rails and |z| - 1/2 beyond."""
        v = np.clip(z, -1.0, 1.0)
        return v * (z - 0.5 * v)


@dataclass(frozen=True)
class Rectifier(Activation):
    """The ideal diode max(z, 0); F = max(z, 0)^2/2."""

    name = "rectifier"
    smooth = False
    corners = (0.0,)
    range = (0.0, math.inf)

    def value(self, z: Array) -> Array:
        """Return max(z, 0)."""
        return np.maximum(z, 0.0)

    def jacobian(self, z: Array) -> Array:
        """Return 1 where `z` is positive, else 0."""
        return np.greater(z, 0.0).astype(z.dtype)

    def potential(self, z: Array) -> Array:
        """Return max(z, 0)^2/2."""
        v = np.maximum(z, 0.0)
        return 0.5 * v * v


@dataclass(frozen=True)
class Arctan(Activation):
    """The sigmoid (2/pi) arctan(pi z/2) between -1 and 1, of unit slope at 0 (Hopfield 1984)."""

    name = "arctan"

    def value(self, z: Array) -> Array:
        """Return (2/pi) arctan(pi z/2)."""
        return (2.0 / math.pi) * np.arctan((0.5 * math.pi) * z)

    def jacobian(self, z: Array) -> Array:
        """Return 1 / (1 + (pi z/2)^2)."""
        w = (0.5 * math.pi) * z
        return 1.0 / (1.0 + w * w)

    def potential(self, z: Array) -> Array:
        """Return (4/pi^2) (w arctan w - ln(1 + w^2)/2), w = pi z/2."""
        w = np.abs((0.5 * math.pi) * z)
        large, small = np.maximum(w, 1.0), np.minimum(w, 1.0)
        half_log = np.log(large) + 0.5 * np.log1p((small / large) ** 2)
        return (4.0 / math.pi**2) * (w * np.arctan(w) - half_log)

    def inverse(self, v: Array) -> Array:
        """Return (2/pi) tan(pi v/2)."""
        self._inside(v)
        return (2.0 / math.pi) * np.tan((0.5 * math.pi) * v)


@dataclass(frozen=True)
class Identity(Activation):
    """The linear amplifier v = z; F = z^2/2."""

    name = "linear"
    range = (-math.inf, math.inf)

    def value(self, z: Array) -> Array:
        """Return a copy of `z`."""
        return np.array(z)

    def jacobian(self, z: Array) -> Array:
        """Return ones."""
        return np.ones_like(z)

    def potential(self, z: Array) -> Array:
        """Return z^2/2."""
        return 0.5 * z * z

    def inverse(self, v: Array) -> Array:
        """Return a copy of `v`."""
        return np.array(v)
