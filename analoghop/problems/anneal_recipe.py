"""`AnnealRecipe`: the annealing schedule of an assignment network, in units of its critical temperature."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule, Signal
from analoghop.systems.assignment.anneal_signals import Cooling, Hardening, Narrowing
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import ColumnCoupling, Ring

STEP = 0.2
"""Length of a step in time constants: at 0.5 the projection with one sweep per step begins to oscillate."""
COLD = 0.1
"""Temperature at which the kernel of the ring has closed."""
SLOW = (0.4, 0.8)
"""Interval of s, T = 0.22 to 0.045, in which tours are decided: it is passed more slowly."""
RAMP = 0.08
"""Interval of s in which the noise rises and falls."""
WARM = 0.08
"""Start temperature of an anneal that improves an answer: 0.15 destroys the answer, 0.04 changes nothing."""
FADED = 0.7
"""Value of s from which the early matrix is zero."""
REHEATED = 0.3
"""Start temperature of the repeated anneal of an invalid end state."""


@dataclass(frozen=True)
class AnnealRecipe:
    """An anneal in `steps` of 0.2 tau. Temperatures and the self-coupling are in units of the critical one.

    With `kernel`: the temperature falls from `start_temperature` to `end_temperature` along s = 0..1 by
    T^0.2; s takes `slow` times as long from 0.4 to 0.8, where the noise rises from `quiet` to `sigma`
    (throughout `sigma`, if that is less); g = 0.4 s^3 + 0.6 clip((s - 0.85)/0.15, 0, 1); the kernel of a
    ring, at most `width` of its slots, closes at T = 0.1 by the power 0.75; an early matrix fades until s =
    0.7. `self_coupling`: coupling of a slot of the ring to itself. Without `kernel`: geometric cooling, g =
    0.1 + 0.9 s, noise `sigma` throughout, s in proportion to time. Raises `InputError` for fewer than one
    step and for levels of the wrong sign or order.
    """

    steps: int
    start_temperature: float = 0.8
    end_temperature: float = 0.018
    self_coupling: float = 0.4
    width: float = 0.17
    sigma: float = 1.0
    quiet: float = 0.15
    slow: float = 4.0
    kernel: bool = True

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise InputError(f"`steps` is {self.steps}, expected at least 1")
        start, end = self.start_temperature, self.end_temperature
        if not (start > end > 0):
            reason = f"`start_temperature` ({start:g}) must be above `end_temperature` ({end:g})"
            raise InputError(f"{reason}, and that above 0")
        if not (self.slow > 0 and self.sigma >= 0 and self.width >= 0):
            raise InputError("`slow` must be positive, `sigma` and `width` not negative")

    def reheated(self, steps: int) -> AnnealRecipe:
        """Return the repeated anneal of an invalid end state."""
        return self._from(REHEATED, steps)

    def warm(self, steps: int) -> AnnealRecipe:
        """Return the anneal of a start near an answer, cool enough to preserve the answer."""
        return self._from(WARM, steps)

    def _from(self, temperature: float, steps: int) -> AnnealRecipe:
        start, quiet = max(temperature, 2.0 * self.end_temperature), min(self.sigma, self.quiet)
        return replace(self, steps=steps, start_temperature=start, slow=1.0, sigma=quiet)

    def duration(self, tau: float) -> float:
        """Return the time of the anneal in seconds."""
        return self.steps * STEP * tau

    def network(
        self, A: Array, early: Array | None, places: ColumnCoupling, critical: float, tau: float
    ) -> Assignment:
        """Return the network of `A`, with `early` instead of it at the beginning; a ring gets its kernel.

        `critical` is the critical temperature, in the unit of the inputs; `tau` in seconds.
        """
        duration = self.duration(tau)
        if not self.kernel:
            ends = np.array([0.0, duration])
            levels = np.array([self.start_temperature, self.end_temperature]) * critical
            temperature: Signal = Schedule(ends, levels, "geometric")
            hardness: Signal = Schedule(ends, np.array([0.1, 1.0]) * critical)
            sigma: Signal = Constant(self.sigma)
            blend: Signal = Schedule(np.array([0.0, FADED * duration]), np.array([1.0, 0.0]))
        else:
            progress = self._progress(duration)
            start, end = self.start_temperature * critical, self.end_temperature * critical
            temperature = Cooling(start, end, 0.2, progress)
            hardness = Hardening(0.4 * critical, 0.6 * critical, 0.85, progress)
            low, high = SLOW
            quiet, peak = min(self.sigma, self.quiet), self.sigma
            sigma = _along(
                progress,
                [0.0, low, low + RAMP, high - RAMP, high, 1.0],
                [quiet, quiet, peak, peak, quiet, quiet],
            )
            blend = _along(progress, [0.0, FADED, 1.0], [1.0, 0.0, 0.0])
            if isinstance(places, Ring):
                width = Narrowing(temperature, critical, self.width * places.slots, COLD, 0.75)
                places = replace(places, kernel=width)
        return Assignment(
            A=A,
            places=places,
            temperature=temperature,
            self_coupling=hardness,
            duration=duration,
            step=STEP * tau,
            tau=tau,
            early=early,
            blend=blend,
            sigma=sigma if self.sigma else None,
        )

    def _progress(self, duration: float) -> Schedule:
        low, high = SLOW
        times = np.cumsum([0.0, low, self.slow * (high - low), 1.0 - high])
        return Schedule(times / times[-1] * duration, np.array([0.0, low, high, 1.0]))


def _along(progress: Schedule, shares: list[float], levels: list[float]) -> Schedule:
    """Return the function of time that is piecewise linear in s, `levels` at the knots `shares`."""
    corners = np.union1d(shares, progress.levels)
    return Schedule(np.interp(corners, progress.levels, progress.knots), np.interp(corners, shares, levels))
