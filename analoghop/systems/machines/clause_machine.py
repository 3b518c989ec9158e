"""`ClauseMachine`: the base class of machines for formulas, with a state for each variable and clause."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.systems.base import System
from analoghop.systems.machine import Machine
from analoghop.systems.machines.clauses import Clauses


class ClauseMachine(Machine, System):
    """n amplifiers whose signs are truth values, and one or more memories per clause, such as weights.

    The state is that of the variables, then one kind of memory after the other. Subclasses are dataclasses
    with the fields `clauses` and `tau`, and name their states in `kinds`.
    """

    clauses: Clauses
    tau: float
    kinds: ClassVar[tuple[str, ...]]

    @property
    def cells(self) -> int:
        """Number n of variables."""
        return self.clauses.variables

    @property
    def size(self) -> int:
        """Number of variables and of memories."""
        return self.cells + (len(self.kinds) - 1) * self.clauses.count

    @property
    def n_outputs(self) -> int:
        """Number n of variables."""
        return self.cells

    @property
    def time_constants(self) -> Array:
        """The time constant tau of every state."""
        return np.full((self.size, 1), self.tau)

    @property
    def input_scale(self) -> Array:
        """1."""
        return np.ones((self.size, 1))

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(<kind><number>)` for every state, numbered from 1."""
        counts = dict.fromkeys(self.kinds, self.clauses.count) | {self.kinds[0]: self.cells}
        return tuple(f"v({kind}{i + 1})" for kind, count in counts.items() for i in range(count))

    @property
    def has_test(self) -> bool:
        """True."""
        return True

    def solved(self, x: Array) -> Mask:
        """Return the members whose signs satisfy all clauses."""
        return np.asarray(self.clauses.unsatisfied(x[: self.cells] > 0) == 0)

    @property
    def has_energy(self) -> bool:
        """True: the energy at the present weights."""
        return True
