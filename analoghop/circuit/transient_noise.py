"""TRNOISE: white noise as the waveform of a deck's source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.circuit.sources import Waveform
from analoghop.errors import InputError

FORM = "NA NT, the rms value and the time between two values of white noise"


@dataclass(frozen=True)
class TransientNoise(Waveform):
    """DC `level` TRNOISE(`rms` `step`): a level and Gaussian values of `rms` every `step` seconds beside it.

    ngspice interpolates these values linearly; for a circuit that is slow compared with `step` they are white
    noise of the `density` rms sqrt(step), and analoghop simulates that. `value` returns the level alone.
    Raises `InputError` for a negative rms value, or a step that is not positive.
    """

    level: float
    rms: float
    step: float

    keyword = "trnoise"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.level) and 0 <= self.rms < math.inf):
            raise InputError(f"the rms value of TRNOISE is {self.rms:g}, expected zero or more")
        if not 0 < self.step < math.inf:
            raise InputError(f"the time step of TRNOISE is {self.step:g}, expected a positive time")

    @property
    def density(self) -> float:
        """Root of the two-sided spectral density, in the source's unit times root second."""
        return self.rms * math.sqrt(self.step)

    def arguments(self) -> tuple[float, ...]:
        """Return the two numbers."""
        return (self.rms, self.step)

    def value(self, t: ArrayLike) -> Array:
        """Return the level, in the shape of `t`."""
        return np.full(np.shape(t), self.level)

    def rate(self, t: ArrayLike) -> Array:
        """Return zero, in the shape of `t`."""
        return np.zeros(np.shape(t))

    def quiet_after(self) -> float:
        """Return 0: the level is constant."""
        return 0.0


def transient_noise(level: float, numbers: Sequence[float]) -> TransientNoise:
    """Return the source with the numbers after TRNOISE; raises `InputError` for noise other than white."""
    if not 2 <= len(numbers) <= 7:
        raise InputError(f"TRNOISE has {len(numbers)} numbers, expected {FORM}")
    if any(numbers[3:4]) or any(numbers[4:5]):
        kind = "1/f" if any(numbers[3:4]) else "random telegraph"
        raise InputError(f"TRNOISE asks for {kind} noise; only white noise is simulated: {FORM}")
    return TransientNoise(level, numbers[0], numbers[1])
