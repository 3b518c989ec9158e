"""`Power`: the rectified power, the amplifier of polynomial dense memories."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analoghop.activations.base import Activation
from analoghop.arrays import Array
from analoghop.errors import InputError


@dataclass(frozen=True)
class Power(Activation):
    """The rectified power v = min(max(z, 0), 1)^p between the rails 0 and 1, p = `exponent` >= 1.

    Dense memories of degree p + 1 are made of it (Krotov & Hopfield 2016, NIPS 29, rectified polynomials).
    Raises `InputError` for an exponent that is not finite or below 1.
    """

    exponent: float = 2.0

    name = "power"
    smooth = False
    corners = (0.0, 1.0)
    range = (0.0, 1.0)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.exponent) and self.exponent >= 1.0):
            raise InputError(f"`exponent` of a power amplifier is a number from 1, not {self.exponent}")
        object.__setattr__(self, "max_slope", float(self.exponent))

    def value(self, z: Array) -> Array:
        """Return the clipped power."""
        return np.asarray(np.clip(z, 0.0, 1.0) ** self.exponent)

    def jacobian(self, z: Array) -> Array:
        """Return p z^(p - 1) between the rails, 0 at and beyond them."""
        inside = np.greater(z, 0.0) & np.less(z, 1.0)
        return np.asarray(inside * (self.exponent * np.clip(z, 0.0, 1.0) ** (self.exponent - 1.0)))

    def potential(self, z: Array) -> Array:
        """Return z^(p + 1)/(p + 1) between the rails, and its continuation with slope 1 above 1."""
        inside = np.clip(z, 0.0, 1.0)
        power = self.exponent + 1.0
        return np.asarray(inside**power / power + np.maximum(z - 1.0, 0.0))
