"""`Machine`: a circuit that is run with a fixed step of its own rule, many members at once."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.errors import InputError
from analoghop.systems.base import System


class Machine(System):
    """A system with a rule of its own for a fixed step, which engines take for many members at once.

    `step`: length of a step in seconds, validated for this system; `duration`: seconds that a run takes at
    most; `look`: steps between two looks at `solved`. Subclasses are final dataclasses with these fields.
    """

    step: float
    duration: float
    look: int

    @property
    def steps(self) -> int:
        """Number of steps of a run."""
        return max(1, round(self.duration / self.step))

    @property
    def normals(self) -> int:
        """Rows of numbers of unit variance that a step needs; 0 for none."""
        return 0

    @abstractmethod
    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the states (size, members) after step number `k` from `x`: the definition of the rule.

        `normal` (normals, members) are the step's numbers, None where `normals` is 0.
        """

    @property
    def has_test(self) -> bool:
        """Whether `solved` is defined; else only the end counts."""
        return False

    def solved(self, x: Array) -> Mask:
        """Return which members may stop, (members,)."""
        raise NotImplementedError("of this machine only the end counts")


def check_run(step: float, duration: float, look: int) -> None:
    """Raise `InputError` for a step or a duration that is not positive and finite, or a look below 1."""
    for name, value in (("step", step), ("duration", duration)):
        if not 0 < value < np.inf:
            raise InputError(f"`{name}` is {value:g}, expected a positive time in seconds")
    if look < 1:
        raise InputError(f"`look` is {look}, expected at least 1 step")
