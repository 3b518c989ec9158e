"""`Machine`: a circuit or model with its own rule for steps, applied to many members at once."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.errors import InputError
from analoghop.systems.state_space import StateSpace


class Machine(StateSpace):
    """A circuit or model with its own rule for a fixed step of many members.

    Most machines are `System`s as well: their rule is a way to integrate their equations. `step`: length of a
    step in seconds, validated for this machine; `duration`: longest run in seconds; `check_every`: steps
    between two tests by `solved`. Subclasses are final dataclasses with these fields.
    """

    step: float
    duration: float
    check_every: int = 100

    @abstractmethod
    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the states (size, members) after step number `k` from `x`: the definition of the rule.

        `normal` (normals, members) are the random numbers of unit variance of the step, None if `normals` is
        0; if the machine's stepper has its own noise, `normal` is that noise of the step.
        """

    @property
    def steps(self) -> int:
        """Number of steps of a run."""
        return max(1, round(self.duration / self.step))

    @property
    def normals(self) -> int:
        """Number of rows of random numbers of unit variance that a step needs; 0 for none."""
        return 0

    @property
    def steps_per_draw(self) -> int:
        """Number of steps whose noise is drawn together; the noise of a run depends on it."""
        return 1024

    @property
    def passes(self) -> int:
        """Approximate number of NumPy passes over the states per step, used to estimate its cost."""
        return 1

    @property
    def has_test(self) -> bool:
        """Whether `solved` is defined; otherwise all members run for `duration`."""
        return False

    def solved(self, x: Array) -> Mask:
        """Return the mask of the members that may stop, (members,)."""
        raise NotImplementedError("this machine has no test: only its end counts")

    @property
    def anytime(self) -> bool:
        """Whether the outputs encode an answer after any step, as spins do, or only at the end."""
        return self.has_test


def check_run(step: float, duration: float, check_every: int) -> None:
    """Raise `InputError` for a step or a duration that is not positive and finite, or `check_every` below
    1."""
    for name, value in (("step", step), ("duration", duration)):
        if not 0 < value < np.inf:
            raise InputError(f"`{name}` is {value:g}, expected a positive time in seconds")
    if check_every < 1:
        raise InputError(f"`check_every` is {check_every}, expected at least 1 step")
