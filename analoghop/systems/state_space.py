"""`StateSpace`: the common base class of systems (integrated by engines) and machines (own steps)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from numpy.typing import ArrayLike

from analoghop.arrays import Array


class StateSpace(ABC):
    """A model with states and outputs. Arrays have the axes (rows, members).

    `t` in seconds is a float or an array (members,), one time per member. `x` is (size, members).
    """

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of states."""

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """Number of outputs, those of the amplifiers if there are any."""

    @abstractmethod
    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the outputs, (n_outputs, members)."""

    @property
    def has_energy(self) -> bool:
        """Whether `energy` is defined, and for a `System` also `flow`."""
        return False

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the parts of the energy (each (members,)); their sum is the energy."""
        raise NotImplementedError(f"a {type(self).__name__} has no energy")
