"""`FunctionActivation`: an amplifier given by its value and Jacobian, such as a deck's expression."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from analoghop.activations.base import Activation
from analoghop.activations.quadrature import cumulative, integrals
from analoghop.arrays import Array
from analoghop.errors import InputError

SAMPLES = 256
ROUNDING = 1e-9


@dataclass(frozen=True)
class FunctionActivation(Activation):
    """An amplifier with `inputs` and `outputs` per unit, defined by functions of arrays.

    `value_fn` maps (inputs, k) to (outputs, k) and `jacobian_fn` maps it to (outputs, inputs, k). With one
    input and one output it acts elementwise like every scalar amplifier. The potential, zero at z = 0, is
    integrated numerically to about 1e-12 of its size: from 0 to z, or along the ray to z for several inputs.

    `gradient` and `monotone` are judged by sampling, not proved: the Jacobian must be symmetric, and positive
    semidefinite, to a relative 1e-9 at 512 points, half of them spread evenly over the box `span` (low, high)
    of every input and half over that box shrunk tenfold about its middle; points with a Jacobian that is not
    finite are ignored. `max_slope` and `range` are unknown (inf). `smooth` is given by the caller.
    """

    inputs: int = field()
    outputs: int = field()
    value_fn: Callable[[Array], Array]
    jacobian_fn: Callable[[Array], Array]
    name: str = "expression"
    span: tuple[float, float] = (-10.0, 10.0)
    smooth: bool = True

    max_slope = math.inf
    range = (-math.inf, math.inf)

    def __post_init__(self) -> None:
        if self.inputs < 1 or self.outputs < 1:
            raise InputError(f"`inputs` and `outputs` are at least 1, not {self.inputs} and {self.outputs}")
        low, high = self.span
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(f"`span` is a finite interval (low, high), not {self.span!r}")

    @cached_property
    def _sampled(self) -> Array:
        """Finite Jacobians at the sample points, (samples, outputs, inputs)."""
        ratio = 2.0
        for _ in range(64):  # the root of r^(inputs + 1) = r + 1 spreads points evenly (M. Roberts)
            ratio = (1.0 + ratio) ** (1.0 / (self.inputs + 1))
        steps = ratio ** -np.arange(1.0, self.inputs + 1.0)[:, None]
        unit = (np.arange(SAMPLES) * steps + 0.5) % 1.0 - 0.5
        low, high = self.span
        points = 0.5 * (low + high) + (high - low) * np.concatenate([unit, 0.1 * unit], axis=1)
        with np.errstate(all="ignore"):
            samples = np.moveaxis(self._call_jacobian(points), -1, 0)
        return samples[np.isfinite(samples).all(axis=(1, 2))]

    @property
    def _lowest(self) -> Array:
        """The least eigenvalue of each sampled Jacobian, (samples,)."""
        return np.asarray(np.linalg.eigvalsh(self._sampled)[:, 0], dtype=np.float64)

    def _within(self, excess: Array) -> bool:
        """Whether each `excess` (samples,) is a rounding error, relative to the Jacobian at its sample."""
        size = np.abs(self._sampled).max(axis=(1, 2))
        return len(size) > 0 and bool((excess <= ROUNDING * size + 1e-3 * ROUNDING * size.max()).all())

    @cached_property
    def gradient(self) -> bool:
        """Whether the sampled Jacobians are symmetric."""
        if self.inputs != self.outputs:
            return False
        skew = self._sampled - self._sampled.swapaxes(1, 2)
        return self.inputs == 1 or self._within(np.abs(skew).max(axis=(1, 2)))

    @cached_property
    def monotone(self) -> bool:
        """Whether the sampled Jacobians are symmetric and positive semidefinite."""
        return self.gradient and self._within(-self._lowest)

    def _call(self, z: Array) -> Array:
        """Evaluate at `z` (inputs, k), allowing a function that returns a constant."""
        return np.broadcast_to(np.asarray(self.value_fn(z)), (self.outputs, z.shape[1]))

    def _call_jacobian(self, z: Array) -> Array:
        return np.broadcast_to(np.asarray(self.jacobian_fn(z)), (self.outputs, self.inputs, z.shape[1]))

    def _flat(self, z: Array) -> tuple[Array, tuple[int, ...]]:
        """Return `z` as (inputs, k) and the shape of its axes other than the inputs."""
        if self.scalar:
            return z.reshape(1, -1), z.shape
        moved = np.moveaxis(z, -2, 0)
        return moved.reshape(self.inputs, -1), moved.shape[1:]

    def value(self, z: Array) -> Array:
        """Return the function at `z`."""
        flat, shape = self._flat(z)
        v = self._call(flat).astype(z.dtype)
        return v.reshape(shape) if self.scalar else np.moveaxis(v.reshape(self.outputs, *shape), 0, -2)

    def jacobian(self, z: Array) -> Array:
        """Return the derivative at `z`."""
        flat, shape = self._flat(z)
        slopes = self._call_jacobian(flat).astype(z.dtype)
        if self.scalar:
            return slopes.reshape(shape)
        return np.moveaxis(slopes.reshape(self.outputs, self.inputs, *shape), (0, 1), (-3, -2))

    def potential(self, z: Array) -> Array:
        """Return the integral of the value from 0 to `z`. Raises `InputError` if it is not a gradient."""
        if not self.gradient:
            raise InputError(f"the amplifier {self.name} is not the gradient of a potential")
        flat, shape = self._flat(np.asarray(z, dtype=np.float64))
        if self.scalar:
            area = cumulative(lambda s: self._call(s[None, :])[0], flat[0])
        else:

            def along_ray(s: Array, k: Array) -> Array:
                return np.asarray((self._call(s * flat[:, k]) * flat[:, k]).sum(axis=0))

            area = integrals(along_ray, np.zeros(flat.shape[1]), np.ones(flat.shape[1]))
        return area.reshape(shape).astype(z.dtype, copy=False)
