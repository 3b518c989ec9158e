"""`ProbabilisticBits`: comparators with noise that look at their inputs in turn (p-bits)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, column, readonly_fields
from analoghop.couplings import Sparse
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.machine import Machine, check_run


@dataclass(frozen=True, eq=False)
class ProbabilisticBits(Machine):
    """`s_i <- sgn(sum_j J_ij s_j + b_i + sigma(t) xi)`, one spin after the other; a step is a sweep of all.

    Probabilistic bits, Camsari, Faria, Sutton & Datta (2017), Physical Review X 7:031014: comparators with
    noise, which has the distribution of a normal number here instead of the logistic one, so that a spin is
    up with the probability Phi(h/sigma), nearly 1/(1 + exp(-1.7 h/sigma)). `sigma` is in the unit of J. A
    sweep takes `step` seconds. Raises `InputError` for invalid fields and for a `sigma` that becomes
    negative.
    """

    J: Any
    sigma: Signal
    duration: float
    step: float
    bias: Array = field(default_factory=lambda: np.zeros(()))
    check_every: int = 100
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("s",)

    def __post_init__(self) -> None:
        J = self.J if isinstance(self.J, Sparse) else Sparse(self.J)
        if not (J.square and J.symmetric) or J.diagonal().any():
            raise InputError("`J` must be symmetric with a zero diagonal")
        object.__setattr__(self, "J", J)
        readonly_fields(self, bias=column(self.bias, self.cells, "bias"))
        check_run(self.step, self.duration, self.check_every)
        if self.amplitudes(np.arange(self.steps)).min() < 0:
            raise InputError("`sigma` becomes negative, expected zero or more")

    @property
    def cells(self) -> int:
        """Number n of spins."""
        return int(self.J.shape[0])

    @property
    def size(self) -> int:
        """Number n of spins."""
        return self.cells

    @property
    def n_outputs(self) -> int:
        """Number n of spins."""
        return self.cells

    @property
    def normals(self) -> int:
        """One number per spin."""
        return self.cells

    @property
    def passes(self) -> int:
        """NumPy needs a pass for each spin."""
        return self.cells

    @property
    def anytime(self) -> bool:
        """True: spins are an answer after any step."""
        return True

    @property
    def has_energy(self) -> bool:
        """False: noise flips spins upwards too."""
        return False

    def amplitudes(self, k: ArrayLike) -> Array:
        """Return sigma in the middle of step number `k`."""
        return np.asarray(self.sigma.value((np.asarray(k) + 0.5) * self.step))

    @cached_property
    def _rows(self) -> Any:
        return self.J.tosparse().tocsr()

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the spins after sweep number `k`."""
        assert normal is not None, "p-bits need noise"
        spins, rows = np.copysign(1.0, x), self._rows
        loud = self.amplitudes(k) * normal + self.bias
        for i in range(self.cells):
            part = slice(rows.indptr[i], rows.indptr[i + 1])
            pull = np.sum(rows.data[part, None] * spins[rows.indices[part]], axis=0) + loud[i]
            spins[i] = np.copysign(1.0, pull)
        return np.asarray(spins)

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the spins."""
        return np.copysign(1.0, x)

    def start(self, normal: Array) -> Array:
        """Return the signs of the given numbers."""
        return np.copysign(1.0, normal)
