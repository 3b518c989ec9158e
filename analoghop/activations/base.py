"""`Activation`: the contract of a unit-gain amplifier `f` with its potential `F`, f = grad F."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError

Push = Callable[[Array], Array]


class Activation(ABC):
    """A unit-gain amplifier; subclasses are final frozen dataclasses.

    Scalar amplifiers (one input, one output) act elementwise on arrays of any shape. Vector amplifiers act on
    the last axis but one: `z` (..., inputs, members) gives (..., outputs, members). The floating type of the
    input is kept, and nothing overflows at saturation.

    Attributes: `inputs` and `outputs` of one unit; `max_slope`, a bound on the norm of the Jacobian (inf
    where unknown); `smooth`, whether the Jacobian is continuous; `corners`, the inputs
    of a scalar amplifier at which it or its second derivative jumps; `range`, the interval that holds every
    output (infinite where unknown); `name` for printing; `undecided`, whether a False of `gradient` or
    `monotone` means only that nothing shows it.
    """

    inputs: int = 1
    outputs: int = 1
    max_slope: float = 1.0
    smooth: bool = True
    corners: tuple[float, ...] = ()
    range: tuple[float, float] = (-1.0, 1.0)
    name: str = ""
    undecided: bool = False

    @property
    def gradient(self) -> bool:
        """Whether the value is the gradient of a potential."""
        return True

    @property
    def monotone(self) -> bool:
        """Whether the value is the gradient of a convex potential."""
        return True

    @property
    def scalar(self) -> bool:
        """Whether a unit has one input and one output."""
        return self.inputs == 1 and self.outputs == 1

    @abstractmethod
    def value(self, z: Array) -> Array:
        """Return f(z): the shape of `z`, or (..., outputs, members) of a vector amplifier."""

    @abstractmethod
    def jacobian(self, z: Array) -> Array:
        """Return f'(z) in the shape of `z`; of a vector amplifier (..., outputs, inputs, members).

        At a corner of a piecewise amplifier it is the slope of one of its two sides.
        """

    @abstractmethod
    def potential(self, z: Array) -> Array:
        """Return F(z) in the shape of `z`; of a vector amplifier (..., members).

        Raises `InputError` if the value is not a gradient.
        """

    def pushforward(self, z: Array, dz: Array) -> Array:
        """Return the Jacobian at `z` applied to `dz`: the change of the value."""
        return self.linearise(z)[1](dz)

    def linearise(self, z: Array) -> tuple[Array, Push]:
        """Return the value at `z` and the function dz -> J(z) dz, which share intermediate results."""
        jacobian = self.jacobian(z)
        if self.scalar:
            return self.value(z), lambda dz: jacobian * dz
        return self.value(z), lambda dz: np.einsum("...oim,...im->...om", jacobian, dz)

    def switches(self, z: Array) -> Array | None:
        """Return functions of the input whose signs change at the corners; None if there are no corners.

        They are (k, ...) for k corners, behind it the shape of `z` without the inputs of a vector amplifier.
        """
        if not self.corners:
            return None
        return z - np.array(self.corners, dtype=z.dtype).reshape(-1, *[1] * z.ndim)

    def inverse(self, v: Array) -> Array:
        """Return z with f(z) = v. Raises `InputError` if it does not exist or is not unique."""
        raise InputError(f"the {self.name} amplifier has no inverse")

    def _inside(self, v: Array) -> None:
        """Raise `InputError` unless every output lies strictly inside the range."""
        low, high = self.range
        if not (np.greater(v, low) & np.less(v, high)).all():
            raise InputError(f"`v` must lie strictly between {low:g} and {high:g} to invert {self.name}")
