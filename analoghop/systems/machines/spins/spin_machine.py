"""`SpinMachine`: the base class of machines for spins, n amplifiers coupled by J and biased by b."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array, column, readonly_fields
from analoghop.couplings import Sparse
from analoghop.errors import InputError
from analoghop.systems.base import System
from analoghop.systems.machine import Machine, check_run

SLACK = 1.0 + 1e-9  # tolerance for a step that equals the longest one up to rounding


class SpinMachine(Machine, System):
    """n cells with the states named in `kinds`, one kind after the other: (len(kinds) n, members).

    Subclasses are dataclasses with the fields `J` (n, n), symmetric with a zero diagonal, anything that
    `scipy.sparse.csr_array` accepts; `bias`, a number or n values; `duration`, `step`, `tau` in seconds.
    """

    kinds: ClassVar[tuple[str, ...]]
    J: Any
    bias: Array
    tau: float

    def prepare(self) -> None:
        """Check and convert the fields. Raises `InputError` for invalid ones."""
        J = self.J if isinstance(self.J, Sparse) else Sparse(self.J)
        if not (J.square and J.symmetric) or J.diagonal().any():
            raise InputError("`J` must be symmetric with a zero diagonal")
        object.__setattr__(self, "J", J)
        readonly_fields(self, bias=column(self.bias, self.cells, "bias"))
        check_run(self.step, self.duration, self.check_every)
        if not 0 < self.tau < np.inf:
            raise InputError(f"`tau` is {self.tau:g}, expected a positive time in seconds")

    def check_step(self, longest: float) -> None:
        """Raise `InputError` if the step, in time constants, is longer than `longest`."""
        if self.step > longest * self.tau * SLACK:
            raise InputError(
                f"`step` is {self.step / self.tau:.4g} time constants: beyond {longest:.4g} the steps of this"
                " coupling oscillate, which the circuit does not"
            )

    @property
    def cells(self) -> int:
        """Number n of spins."""
        return int(self.J.shape[0])

    @property
    def size(self) -> int:
        """Number of states: n times the number of kinds."""
        return len(self.kinds) * self.cells

    @property
    def n_outputs(self) -> int:
        """Number n of spins."""
        return self.cells

    @cached_property
    def spectrum(self) -> tuple[float, float]:
        """The smallest and the largest eigenvalue of J."""
        return self.J.extremes  # type: ignore[no-any-return]

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
        """`v(<kind><number>)` for every state, then `v(v<number>)` for the outputs, numbered from 1."""
        kinds = (*self.kinds, "v")
        return tuple(f"v({kind}{i + 1})" for kind in kinds for i in range(self.cells))

    @property
    def anytime(self) -> bool:
        """True: signs are spins after any step."""
        return True

    @abstractmethod
    def start(self, normal: Array) -> Array:
        """Return states (size, members) near the symmetric point, from random `normal` (n, members)."""
