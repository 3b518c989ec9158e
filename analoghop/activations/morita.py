"""`Morita`: the non-monotone amplifier, whose output falls again for large inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analoghop.activations.base import Activation
from analoghop.activations.quadrature import cumulative
from analoghop.arrays import Array
from analoghop.errors import InputError


@dataclass(frozen=True)
class Morita(Activation):
    """v = tanh(c z/2) (1 + k e)/(1 + e), e = exp(c' (|z| - h)): Morita (1993), Neural Networks 6:115, eq. 6.

    `steepness` is c, `fall` c', `turn` h, `floor` k: beyond |z| = h the output falls towards k sign(z). With
    the defaults it is tanh(25 z) tanh(7.5 (1/2 - |z|)). It has a potential, which is not convex: the energy
    of a circuit with it may rise. The potential is integrated numerically. Raises `InputError` unless c, c'
    and h are positive and -1 <= k < 1.
    """

    steepness: float = 50.0
    fall: float = 15.0
    turn: float = 0.5
    floor: float = -1.0

    name = "morita"

    def __post_init__(self) -> None:
        for name in ("steepness", "fall", "turn"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise InputError(f"`{name}` of a Morita amplifier must be positive, not {value}")
        if not -1.0 <= self.floor < 1.0:
            raise InputError(f"`floor` of a Morita amplifier lies in -1..1, below 1, not {self.floor}")
        # The product rule, with both factors at most 1 in magnitude.
        slope = 0.5 * self.steepness + 0.25 * self.fall * (1.0 - self.floor)
        object.__setattr__(self, "max_slope", slope)

    @property
    def monotone(self) -> bool:
        """False: the output falls for |z| > h."""
        return False

    def _factors(self, z: Array) -> tuple[Array, Array]:
        """Return tanh(c z/2), and the tanh of the distance to |z| = h, for `_envelope`."""
        return np.tanh(0.5 * self.steepness * z), np.tanh(0.5 * self.fall * (self.turn - np.abs(z)))

    def _envelope(self, bend: Array) -> Array:
        """Return (1 + k e)/(1 + e) from its tanh, without overflow."""
        if self.floor == -1.0:
            return bend
        return 0.5 * (1.0 + self.floor) + 0.5 * (1.0 - self.floor) * bend

    def value(self, z: Array) -> Array:
        """Return the output, an odd function of `z`."""
        rise, bend = self._factors(z)
        return rise * self._envelope(bend)

    def jacobian(self, z: Array) -> Array:
        """Return dv/dz, which is continuous."""
        rise, bend = self._factors(z)
        drop = 0.25 * self.fall * (1.0 - self.floor) * (1.0 - bend * bend)
        return 0.5 * self.steepness * (1.0 - rise * rise) * self._envelope(bend) - np.abs(rise) * drop

    def potential(self, z: Array) -> Array:
        """Return the integral of the output from 0 to `z`."""
        flat = np.asarray(z, dtype=np.float64)
        area = cumulative(self.value, np.abs(flat).ravel())
        return area.reshape(flat.shape).astype(np.asarray(z).dtype, copy=False)
