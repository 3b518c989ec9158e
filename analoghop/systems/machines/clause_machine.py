"""`ClauseMachine`: what the machines for formulas have in common: a state for each variable and clause."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.errors import InputError
from analoghop.systems.base import System
from analoghop.systems.machine import Machine
from analoghop.systems.machines.clauses import Clauses


class ClauseMachine(Machine, System):
    """n amplifiers whose signs are truth values, and a weight for each clause: the state is both, in turn.

    Subclasses are dataclasses with the fields `clauses` and `tau`, and name their states in `kinds`.
    """

    clauses: Clauses
    tau: float
    kinds: ClassVar[tuple[str, str]]

    def check_positive(self, *names: str) -> None:
        """Raise `InputError` for a field of `names` that is not positive and finite."""
        for name in names:
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(f"`{name}` is {getattr(self, name):g}, expected a positive number")

    @property
    def cells(self) -> int:
        """Number n of variables."""
        return self.clauses.variables

    @property
    def size(self) -> int:
        """Variables and clauses."""
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
        """Yes."""
        return True

    def solved(self, x: Array) -> Mask:
        """Return for which members the signs of the variables satisfy all clauses."""
        return np.asarray(self.clauses.unsatisfied(x[: self.cells] > 0) == 0)

    @property
    def has_energy(self) -> bool:
        """Yes, with the weights of the moment."""
        return True
