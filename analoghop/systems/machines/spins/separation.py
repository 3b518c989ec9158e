"""`Separation`: amplitudes driven by the sign of their field and by its fast changes (CIM-SFC)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.base import Theorem
from analoghop.systems.machines.spins.optical import Optical


def longest_step(c0: float, slope: float, share: float, lowest: float) -> float:
    """Return the longest step in time constants, `lowest` the smallest eigenvalue of J.

    It satisfies `h (2 + (slope + share) c0 |lambda_min|) < 2`: tanh rises by `slope` at most, and the field
    enters by `share` as well.
    """
    return 2.0 / (2.0 + (slope + share) * c0 * max(-lowest, 0.0))


@dataclass(frozen=True, eq=False)
class Separation(Optical):
    """`tau x' = (p(t) - 1) x - x^3 + tanh(c h) + k (h - e)`, `tau e' = -beta (e - h)`, |x| <= 2.

    h = c0 (J x + b). Coherent Ising machine with separated feedback control: Kako et al. (2020), Advanced
    Quantum Technologies 3:2000045; Reifenstein, Kako, Khoyratee, Leleu & Yamamoto (2021), Advanced Quantum
    Technologies 4:2100077. `slope` is c, `share` k. Raises `InputError` for invalid fields, and for a step
    beyond `longest_step`.
    """

    J: Any
    c0: float
    pump: Signal
    duration: float
    step: float
    bias: Array = field(default_factory=lambda: np.zeros(()))
    slope: float = 2.0
    share: float = 0.2
    beta: float = 0.3
    check_every: int = 100
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("x", "e")

    def __post_init__(self) -> None:
        self.prepare()
        for name in ("slope", "share", "beta"):
            if not getattr(self, name) > 0:
                raise InputError(f"`{name}` is {getattr(self, name):g}, expected a positive number")
        self.check_step(longest_step(self.c0, self.slope, self.share, self.spectrum[0]))

    def forces(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return tau x' and tau e' between the walls."""
        amplitude, error = self._split(x)
        h = self.field_of(amplitude)
        dx = (self.pump.value(t) - 1.0 - amplitude**2) * amplitude
        return dx + np.tanh(self.slope * h) + self.share * (h - error), -self.beta * (error - h)

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls, sparse."""
        from scipy import sparse

        amplitude, _ = self._split(x)
        J, h = self.c0 * self.J.tosparse(), self.field_of(amplitude)[:, 0]
        steep = self.slope / np.cosh(self.slope * h) ** 2 + self.share
        own = sparse.diags_array(float(self.pump.value(t)) - 1.0 - 3.0 * amplitude[:, 0] ** 2)
        one = sparse.eye_array(self.cells)
        blocks: Any = [
            [own + sparse.diags_array(steep) @ J, -self.share * one],
            [self.beta * J, -self.beta * one],
        ]
        return sparse.csc_array(sparse.block_array(blocks) / self.tau)

    @property
    def theorem(self) -> Theorem:
        """None: the followers of the fields make the coupling asymmetric."""
        return Theorem(False, reasons=("followers of the fields make the coupling asymmetric",))

    def start(self, normal: Array) -> Array:
        """Return amplitudes of half the given numbers, for from near zero all go one way, and errors of 0."""
        return np.concatenate([0.5 * normal, np.zeros_like(normal)])
