"""`ChaoticFeedback`: amplitudes whose feedback is scaled until it has a wanted size (CIM-CFC)."""

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

SMALLEST, LARGEST = 0.01, 30.0
"""Limits of an error variable in a step."""


def longest_step(c0: float, lowest: float) -> float:
    """Return the longest step in time constants for couplings c0 J, `lowest` the smallest eigenvalue of J.

    It satisfies `h (2 + c0 |lambda_min|) < 2`, for errors of 1, as at the start.
    """
    return 2.0 / (2.0 + c0 * max(-lowest, 0.0))


@dataclass(frozen=True, eq=False)
class ChaoticFeedback(Optical):
    """`tau x' = (p(t) - 1) x - x^3 + z`, `z = e c0 (J x + b)`, `tau e' = -beta e (z^2 - alpha)`, |x| <= 2.

    Chaotic feedback control of a coherent Ising machine: Kako, Leleu, Inui, Khoyratee, Reifenstein & Yamamoto
    (2020), Advanced Quantum Technologies 3:2000045. A step takes e within 0.01..30. Raises `InputError` for
    invalid fields, and for a step beyond `longest_step`.
    """

    J: Any
    c0: float
    pump: Signal
    duration: float
    step: float
    bias: Array = field(default_factory=lambda: np.zeros(()))
    alpha: float = 1.0
    beta: float = 0.2
    check_every: int = 100
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("x", "e")

    def __post_init__(self) -> None:
        self.prepare()
        for name in ("alpha", "beta"):
            if not getattr(self, name) > 0:
                raise InputError(f"`{name}` is {getattr(self, name):g}, expected a positive number")
        self.check_step(longest_step(self.c0, self.spectrum[0]))

    def forces(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return tau x' and tau e' between the walls."""
        amplitude, error = self._split(x)
        z = error * self.field_of(amplitude)
        dx = (self.pump.value(t) - 1.0 - amplitude**2) * amplitude + z
        return dx, -self.beta * error * (z**2 - self.alpha)

    def walled(self, error: Array) -> Array:
        """Return errors within 0.01..30."""
        return np.clip(error, SMALLEST, LARGEST)

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls, sparse."""
        from scipy import sparse

        amplitude, error = self._split(x)
        e, h = error[:, 0], self.field_of(amplitude)[:, 0]
        J = self.c0 * self.J.tosparse()
        own = sparse.diags_array(float(self.pump.value(t)) - 1.0 - 3.0 * amplitude[:, 0] ** 2)
        upper = [own + sparse.diags_array(e) @ J, sparse.diags_array(h)]
        lower = [
            sparse.diags_array(-2.0 * self.beta * e**3 * h) @ J,
            sparse.diags_array(-self.beta * (3.0 * (e * h) ** 2 - self.alpha)),
        ]
        return sparse.csc_array(sparse.block_array([upper, lower]) / self.tau)

    @property
    def theorem(self) -> Theorem:
        """None: the error variables make the coupling asymmetric, and the circuit chaotic."""
        return Theorem(False, reasons=("the error variables make the coupling asymmetric",))

    def start(self, normal: Array) -> Array:
        """Return amplitudes at 0.01 of the given numbers and errors of 1."""
        return np.concatenate([0.01 * normal, np.ones_like(normal)])
