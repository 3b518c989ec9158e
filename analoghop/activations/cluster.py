"""`Softmax`: a winner-take-all cluster, several transistors that share one tail current."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analoghop.activations.base import Activation, Push
from analoghop.arrays import Array
from analoghop.errors import InputError


@dataclass(frozen=True)
class Softmax(Activation):
    """The cluster v_c = exp(z_c) / sum_d exp(z_d) of `size` amplifiers; F = ln sum exp z.

    Its inverse is unique up to one constant per cluster. Raises `InputError` for a size below 1.
    """

    size: int
    inputs: int = field(init=False, repr=False, compare=False)
    outputs: int = field(init=False, repr=False, compare=False)

    name = "softmax"
    max_slope = 0.5
    range = (0.0, 1.0)

    def __post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, int | np.integer) or self.size < 1:
            raise InputError(f"`size` of a softmax cluster is a whole number from 1, not {self.size!r}")
        for name in ("size", "inputs", "outputs"):
            object.__setattr__(self, name, int(self.size))

    @property
    def scalar(self) -> bool:
        """False: even a cluster of one sums over its axis."""
        return False

    def value(self, z: Array) -> Array:
        """Return the outputs, which sum to 1 over the cluster."""
        weights: Array = np.exp(z - z.max(axis=-2, keepdims=True))
        return np.asarray(weights / weights.sum(axis=-2, keepdims=True))

    def jacobian(self, z: Array) -> Array:
        """Return diag(v) - v v^T, (..., size, size, members)."""
        v = self.value(z)
        eye = np.eye(self.size, dtype=v.dtype)[:, :, None]
        return eye * v[..., :, None, :] - v[..., :, None, :] * v[..., None, :, :]

    def linearise(self, z: Array) -> tuple[Array, Push]:
        """Return the value and dz -> v (dz - v.dz)."""
        v = self.value(z)
        return v, lambda dz: v * (dz - (v * dz).sum(axis=-2, keepdims=True))

    def potential(self, z: Array) -> Array:
        """Return ln sum_c exp z_c, (..., members)."""
        top = z.max(axis=-2, keepdims=True)
        return np.asarray(top[..., 0, :] + np.log(np.exp(z - top).sum(axis=-2)))

    def inverse(self, v: Array) -> Array:
        """Return ln v: one of the inputs with this output; any constant per cluster may be added."""
        if not np.greater(v, 0.0).all():
            raise InputError("`v` must be positive to invert softmax")
        return np.log(v)
