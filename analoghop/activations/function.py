"""`FunctionActivation`: an amplifier given by its value and Jacobian, such as a deck's expression."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from analoghop.activations.base import Activation
from analoghop.activations.quadrature import cumulative, integrals
from analoghop.arrays import Array
from analoghop.errors import InputError


@dataclass(frozen=True)
class FunctionActivation(Activation):
    """An amplifier with `inputs` and `outputs` per unit, defined by functions of arrays.

    `value_fn` maps (inputs, k) to (outputs, k) and `jacobian_fn` maps it to (outputs, inputs, k). With one
    input and one output it acts elementwise like every scalar amplifier. The potential, zero at z = 0, is
    integrated numerically to about 1e-12 of its size: from 0 to z, or along the ray to z for several inputs.

    Nothing about a function is found out from its values: `gradient` (the Jacobian is symmetric) and
    `monotone` (and positive semidefinite) are the word of the caller, for all inputs; False means that
    nothing is shown. `falling` says of a function of one input that it never rises, `proportional` that a
    function is its first input times what is never negative and depends on the other inputs alone. A function
    of one input and one output is always a gradient. `smooth` is the caller's word too. `switch_fn`, where
    there are corners, maps (inputs, k) to functions (m, k) that change their signs there. `max_slope` and
    `range` are unknown (inf).
    """

    inputs: int = field()
    outputs: int = field()
    value_fn: Callable[[Array], Array]
    jacobian_fn: Callable[[Array], Array]
    name: str = "expression"
    smooth: bool = True
    gradient: bool = False
    monotone: bool = False
    switch_fn: Callable[[Array], Array] | None = None
    falling: bool = False
    proportional: bool = False

    max_slope = math.inf
    range = (-math.inf, math.inf)
    undecided = True

    def __post_init__(self) -> None:
        if self.inputs < 1 or self.outputs < 1:
            raise InputError(f"`inputs` and `outputs` are at least 1, not {self.inputs} and {self.outputs}")
        object.__setattr__(self, "gradient", bool(self.gradient or self.monotone or self.scalar))
        if self.gradient and self.inputs != self.outputs:
            size = f"{self.inputs} inputs and {self.outputs} outputs"
            raise InputError(f"`gradient` is True of an amplifier with {size}: it needs as many")

    def _call(self, z: Array) -> Array:
        """Evaluate at `z` (inputs, k), allowing a function that returns a constant."""
        return _shaped(np.asarray(self.value_fn(z)), (self.outputs, z.shape[1]))

    def _call_jacobian(self, z: Array) -> Array:
        return _shaped(np.asarray(self.jacobian_fn(z)), (self.outputs, self.inputs, z.shape[1]))

    def _flat(self, z: Array) -> tuple[Array, tuple[int, ...]]:
        """Return `z` as (inputs, k) and the shape of its axes other than the inputs."""
        if self.scalar:
            return z.reshape(1, -1), z.shape
        if z.ndim == 2:
            return z, z.shape[1:]
        moved = np.moveaxis(z, -2, 0)
        return moved.reshape(self.inputs, -1), moved.shape[1:]

    def switches(self, z: Array) -> Array | None:
        """Return the functions of `switch_fn`."""
        if self.switch_fn is None:
            return None
        flat, shape = self._flat(z)
        found = np.asarray(self.switch_fn(flat))
        return found.reshape(len(found), *shape)

    def value(self, z: Array) -> Array:
        """Return the function at `z`."""
        flat, shape = self._flat(z)
        v = self._call(flat).astype(z.dtype)
        if self.scalar:
            return v.reshape(shape)
        return v if z.ndim == 2 else np.moveaxis(v.reshape(self.outputs, *shape), 0, -2)

    def jacobian(self, z: Array) -> Array:
        """Return the derivative at `z`."""
        flat, shape = self._flat(z)
        slopes = self._call_jacobian(flat).astype(z.dtype)
        if self.scalar:
            return slopes.reshape(shape)
        if z.ndim == 2:
            return slopes
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


def _shaped(found: Array, shape: tuple[int, ...]) -> Array:
    """Return an array broadcast to `shape`; the usual one, which has it, is returned at once."""
    return found if found.shape == shape else np.broadcast_to(found, shape)
