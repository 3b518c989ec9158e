"""`QuadraticProblem`: what problems of a quadratic form, whose lowest value may be known, have in common."""

from __future__ import annotations

from dataclasses import dataclass

from analoghop.arrays import Integers
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.problems.base import Problem


@dataclass(frozen=True, eq=False)
class QuadraticProblem(Problem):
    """The coefficients of the form, a constant, and the best known value, None where it is not known."""

    form: Quadratic
    constant: float = 0.0
    best_known: float | None = None

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self.form.name

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.form.n

    @property
    def n(self) -> int:
        """Number of variables."""
        return self.form.n

    @property
    def pairs(self) -> Integers:
        """The pairs (m, 2), i < j, that occur."""
        return self.form.pairs
