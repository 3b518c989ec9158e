"""`Ising`: the problem of finding spins of lowest energy."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.formats.instances.best_known import best_known
from analoghop.formats.instances.binary_models import read_spins_of
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.limits import Limits
from analoghop.problems.answers import whole_numbers
from analoghop.problems.base import Verdict
from analoghop.problems.baselines.spins import spin_baselines
from analoghop.problems.spins.forms import ising_form
from analoghop.problems.spins.quadratic_problem import QuadraticProblem

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False, init=False)
class Ising(QuadraticProblem):
    """Spins s = -1, 1 and their energy `constant - sum_{i<j} J_ij s_i s_j - sum_i h_i s_i`.

    `form` holds the couplings J (`values` of `pairs`) and the fields h (`linear`). An answer is a spin for
    each; every answer is valid.
    """

    kind: ClassVar[str] = "ising"
    cost_name: ClassVar[str] = "energy"

    def __init__(
        self,
        form: Quadratic | Any,
        h: Any = None,
        constant: float = 0.0,
        best_known: float | None = None,
        *,
        labels: Iterable[Hashable] = (),
        name: str = "spins",
    ) -> None:
        """Take couplings and fields.

        `form`: a symmetric matrix J (n, n), dense or sparse, its diagonal not read, with fields `h` (n,); or
        a dictionary {(i, j): J_ij} with a dictionary `h` {i: h_i}, whose keys are numbers from 0, or labels
        of any kind (then the variables are numbered in the order of the labels, `h` first); or a `Quadratic`
        that holds both, and then a number in place of `h` is the constant. Raises `InputError` for any other
        value, and for numbers that are not finite.
        """
        if isinstance(form, Quadratic):
            if h is not None:
                if not isinstance(h, Real):
                    raise InputError("`h` is given twice: a `Quadratic` holds the fields too")
                constant = float(h)
            self._set(form, constant, best_known, labels)
        else:
            made = ising_form(form, h, name)
            self._set(made.form, constant, best_known, labels or made.labels)

    @classmethod
    def read(cls, path: str | Path) -> Ising:
        """Return the problem of a file, see `read_spins_of`, and the energy of `best_known.json`."""
        found = read_spins_of(path)
        known = best_known(path, cls.kind)
        return cls(found.form, constant=found.constant, best_known=known, labels=found.labels)

    @classmethod
    def of(cls, J: Any, h: Any | None = None, constant: float = 0.0, name: str = "spins") -> Ising:
        """Return the problem of a symmetric matrix `J` and fields `h`, as the constructor does."""
        return cls(J, h, constant, name=name)

    @property
    def J(self) -> Array:
        """The couplings (m,) of `pairs`."""
        return self.form.values

    @property
    def h(self) -> Array:
        """The fields (n,)."""
        return self.form.linear

    @cached_property
    def matrix(self) -> csr_array[np.float64, tuple[int, int]]:
        """The symmetric matrix (n, n) of the couplings."""
        from scipy.sparse import coo_array

        (i, j), J = self.pairs.T, self.J
        whole = (np.concatenate([J, J]), (np.concatenate([i, j]), np.concatenate([j, i])))
        return coo_array(whole, shape=(self.n, self.n)).tocsr()

    def ising(self) -> Ising:
        """Return the problem itself."""
        return self

    def answer_of(self, spins: Integers) -> tuple[int, ...]:
        """Return `spins` (n,) as an answer."""
        return tuple(spins.tolist())

    def spins_of(self, answer: Any) -> Integers:
        """Return the spins (n,) of `ising()` that represent `answer`."""
        return spins(answer, self.n)

    def energy(self, states: Any) -> Array:
        """Return the energies of `states`, spins (n,) or (n, members)."""
        s = np.asarray(states, dtype=np.float64)
        i, j = self.pairs.T
        return np.asarray(self.constant - self.J @ (s[i] * s[j]) - self.h @ s)

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return mean energies at random, after descents and simulated annealing, see `spin_baselines`."""
        return spin_baselines(self, seed, limits)

    def verify(self, answer: Any) -> Verdict:
        """Return the energy of the spins (n,), each -1 or 1."""
        return Verdict(True, float(self.energy(spins(answer, self.n))))


def spins(answer: Any, count: int) -> Integers:
    """Return `answer` as `count` spins; raises `InputError` for a number other than -1 and 1."""
    values = whole_numbers(answer, count, "spins, -1 or 1")
    if not np.isin(values, (-1, 1)).all():
        raise InputError(f"`answer` holds something other than -1 and 1, expected {count} spins")
    return values
