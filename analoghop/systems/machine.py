"""`Machine`: a circuit, or a model, that steps by a rule of its own, many members at once."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.errors import InputError
from analoghop.systems.state_space import StateSpace


class Machine(StateSpace):
    """A rule for a fixed step, which is applied to many members at once.

    Most machines are `System`s as well: their rule is a way to integrate their equations. `step`: length of a
    step in seconds, validated for this machine; `duration`: seconds that a run takes at most; `check_every`:
    steps between two looks at `solved`. Subclasses are final dataclasses with these fields.
    """

    step: float
    duration: float
    check_every: int = 100

    @abstractmethod
    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the states (size, members) after step number `k` from `x`: the definition of the rule.

        `normal` (normals, members) are the step's numbers of unit variance, None where `normals` is 0; for a
        machine whose stepper makes noise of its own, what that yields for the step.
        """

    @property
    def steps(self) -> int:
        """Number of steps of a run."""
        return max(1, round(self.duration / self.step))

    @property
    def normals(self) -> int:
        """Rows of numbers of unit variance that a step needs; 0 for none."""
        return 0

    @property
    def steps_per_draw(self) -> int:
        """Steps whose noise is drawn together; the numbers of a run depend on it."""
        return 1024

    @property
    def passes(self) -> int:
        """Passes of NumPy over the states that a step takes, about: what its cost is judged by."""
        return 1

    @property
    def has_test(self) -> bool:
        """Whether `solved` is defined; else only the end counts."""
        return False

    def solved(self, x: Array) -> Mask:
        """Return which members may stop, (members,)."""
        raise NotImplementedError("this machine has no test: only its end counts")

    @property
    def anytime(self) -> bool:
        """Whether the outputs mean an answer after any step, as spins do; else only those of the end."""
        return self.has_test


def check_run(step: float, duration: float, check_every: int) -> None:
    """Raise `InputError` for a step or a duration that is not positive and finite, or `check_every` below
    1."""
    for name, value in (("step", step), ("duration", duration)):
        if not 0 < value < np.inf:
            raise InputError(f"`{name}` is {value:g}, expected a positive time in seconds")
    if check_every < 1:
        raise InputError(f"`check_every` is {check_every}, expected at least 1 step")
