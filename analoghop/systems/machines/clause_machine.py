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
    """n amplifiers whose signs are truth values, and a weight per clause.

    The state is that of the variables, then the weights. Subclasses are dataclasses with the fields `clauses`
    and `tau`, and name their states in `kinds`.
    """

    clauses: Clauses
    tau: float
    kinds: ClassVar[tuple[str, str]]

    @property
    def cells(self) -> int:
        """Number n of variables."""
        return self.clauses.variables

    @property
    def size(self) -> int:
        """Number of variables and clauses."""
        return self.cells + self.clauses.count

    @property
    def n_outputs(self) -> int:
        """Number n of variables."""
        return self.cells

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(<kind><number>)` for every state, numbered from 1."""
        counts = zip(self.kinds, (self.cells, self.clauses.count), strict=True)
        return tuple(f"v({kind}{i + 1})" for kind, count in counts for i in range(count))

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
