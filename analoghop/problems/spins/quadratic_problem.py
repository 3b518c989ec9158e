"""`QuadraticProblem`: the base class of problems of a quadratic form."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from analoghop.arrays import Integers, check_finite, real_array
from analoghop.errors import InputError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.problems.answers import known_cost, whole_numbers
from analoghop.problems.base import Problem


@dataclass(frozen=True, eq=False)
class QuadraticProblem(Problem):
    """The coefficients of the form, a constant, and the best known value, None if unknown.

    `labels` are the names of the variables in the order of their numbers, () if they have none.
    """

    form: Quadratic
    constant: float = 0.0
    best_known: float | None = None
    labels: tuple[Hashable, ...] = ()

    def _set(self, form: Quadratic, constant: Any, best_known: Any, labels: Iterable[Hashable]) -> None:
        """Set the fields; raises `InputError` for a constant that is not finite, and for invalid labels."""
        number = real_array(constant, "constant", "a finite number")
        if number.shape != ():
            raise InputError(f"`constant` has shape {number.shape}, expected a finite number")
        check_finite(number, "constant")
        names = tuple(labels)
        if names and (len(names) != form.n or len(set(names)) != form.n):
            raise InputError(f"`labels` has {len(names)} labels, expected {form.n} different ones")
        best = known_cost(best_known)
        fields = {"form": form, "constant": float(number), "best_known": best, "labels": names}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self.form.name

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.form.n

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices about the file that was read."""
        return self.form.notices

    @property
    def n(self) -> int:
        """Number of variables."""
        return self.form.n

    @property
    def pairs(self) -> Integers:
        """The pairs (m, 2), i < j, with a coefficient."""
        return self.form.pairs

    def labelled(self, answer: Any) -> dict[Hashable, int]:
        """Return the values of an answer by the variables' labels, or by their numbers if there are none."""
        values = whole_numbers(answer, self.n, "values, one per variable").tolist()
        return dict(zip(self.labels or range(self.n), values, strict=True))
