"""`QUBO`: the problem of finding zeros and ones of lowest quadratic cost."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.formats.instances.best_known import best_known
from analoghop.formats.instances.binary_models import read_bits
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.limits import Limits
from analoghop.problems.answers import bits
from analoghop.problems.base import Verdict
from analoghop.problems.baselines.spins import spin_baselines
from analoghop.problems.spins.forms import LabelledForm, qubo_form
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.quadratic_problem import QuadraticProblem


@dataclass(frozen=True, eq=False, init=False)
class QUBO(QuadraticProblem):
    """Bits x and their cost `constant + sum_i linear_i x_i + sum_{i<j} values_ij x_i x_j` (see `form`).

    An answer is a bit for each variable; every answer is valid.
    """

    kind: ClassVar[str] = "qubo"
    cost_name: ClassVar[str] = "value of the form"

    def __init__(
        self,
        form: Quadratic | Any,
        constant: float = 0.0,
        best_known: float | None = None,
        *,
        labels: Iterable[Hashable] = (),
        name: str = "qubo",
    ) -> None:
        """Take the coefficients.

        `form`: a square matrix Q (n, n) of x'Qx, dense or sparse, symmetric or not; or a dictionary {(i, j):
        Q_ij}, whose keys are numbers from 0, or labels of any kind (then the variables are numbered in the
        order of the labels); or a `Quadratic`. Raises `InputError` for any other value, and for numbers that
        are not finite.
        """
        made = LabelledForm(form, ()) if isinstance(form, Quadratic) else qubo_form(form, name)
        self._set(made.form, constant, best_known, labels or made.labels)

    @classmethod
    def read(cls, path: str | Path) -> QUBO:
        """Return the problem of a file, see `read_bits`, and the best known cost of `best_known.json`."""
        found = read_bits(path)
        return cls(found.form, found.constant, best_known(path, cls.kind), labels=found.labels)

    @classmethod
    def of(cls, Q: Any, constant: float = 0.0, name: str = "qubo") -> QUBO:
        """Return the problem of x'Qx with a square matrix `Q`, as the constructor does."""
        return cls(Q, constant, name=name)

    @property
    def linear(self) -> Array:
        """Coefficients (n,) of x_i."""
        return self.form.linear

    @property
    def quadratic(self) -> Array:
        """Coefficients (m,) of x_i x_j, each pair once."""
        return self.form.values

    def value(self, states: Any) -> Array:
        """Return the costs of `states`, bits (n,) or (n, members)."""
        x = np.asarray(states, dtype=np.float64)
        i, j = self.pairs.T
        return np.asarray(self.constant + self.linear @ x + self.quadratic @ (x[i] * x[j]))

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return mean costs at random, after descents and simulated annealing, see `spin_baselines`."""
        return spin_baselines(self.ising(), seed, limits)

    def verify(self, answer: Any) -> Verdict:
        """Return the cost of the bits (n,)."""
        return Verdict(True, float(self.value(bits(answer, self.n, "bits, one per variable"))))

    def ising(self) -> Ising:
        """Return spins s = 2 x - 1 whose energy is the cost: J = -values/4, h = -(linear + row sums/2)/2."""
        (i, j), q = self.pairs.T, self.quadratic
        rows = np.bincount(i, q, self.n) + np.bincount(j, q, self.n)
        h = -0.5 * self.linear - 0.25 * rows
        constant = self.constant + 0.5 * float(self.linear.sum()) + 0.25 * float(q.sum())
        return Ising(Quadratic(self.n, h, self.pairs, -0.25 * q, self.name), constant=constant)

    def answer_of(self, spins: Integers) -> tuple[int, ...]:
        """Return the bits that `spins` (n,) of `ising()` represent."""
        return tuple((spins > 0).astype(int).tolist())

    def spins_of(self, answer: Any) -> Integers:
        """Return the spins (n,) of `ising()` that represent `answer`."""
        return 2 * bits(answer, self.n, "bits, one per variable") - 1
