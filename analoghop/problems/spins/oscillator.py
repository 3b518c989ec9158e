"""`OscillatorMachine`: coupled oscillators that a second harmonic locks to one of two phases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from analoghop.problems.base import Formulation
from analoghop.problems.option import option, paced_steps, stable_step, time_for_all
from analoghop.problems.spins.encoding import Pace, ScaledSpins, SpinEncoding, SpinProblem
from analoghop.schedules import Schedule
from analoghop.systems.machines.spins.oscillator import Oscillator, longest_step

STEP = 0.3
MARGIN = 0.95  # of the longest step


@dataclass(frozen=True)
class OscillatorMachine(Formulation[SpinProblem]):
    """Oscillator-based Ising machine (Wang & Roychowdhury 2019, arXiv:1903.07163).

    `c0`: strength of the couplings in 1/rms of a row of J. The strength of the injection at the second
    harmonic rises linearly from `lock_first` to `lock_last`; the noise falls from `sigma` (rad per root time
    constant) to zero. `steps`: number of steps, None for the rule of `Pace`, with `seconds` for all starts.
    `step` in time constants, by default 0.3 or the longest stable one. `tau` in seconds. Fields are couplings
    to the reference, of phase 0.
    """

    c0: float = option(1.0, "strength of the couplings", "1/rms of a row of J", above=0)
    lock_first: float = option(0.0, "strength of the second harmonic at the beginning", low=0)
    lock_last: float = option(0.6, "strength of the second harmonic at the end", above=0)
    sigma: float = option(1.0, "noise at the beginning; it falls to 0", "rad per root time constant", low=0)
    steps: int | None = paced_steps()
    step: float | None = stable_step(0.3)
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "oscillator"
    purpose: ClassVar[str] = "oscillators locked by a second harmonic, with falling noise"

    def paced(self, seconds: float) -> OscillatorMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        return self.encoded(ScaledSpins.of(problem))

    def encoded(self, scaled: ScaledSpins) -> SpinEncoding:
        """Return the circuit of a scaled problem."""
        c0 = self.c0 / scaled.rms
        reach = float((scaled.J.row_sums() + np.abs(scaled.h)).max())
        locking = max(self.lock_first, self.lock_last)
        safe = min(STEP, MARGIN * longest_step(c0, reach, scaled.lowest, locking))
        step = safe if self.step is None else self.step
        steps = Pace(self.steps, self.seconds, entry=0.9e-9, spin=23e-9).chosen(scaled)
        duration = steps * step * self.tau
        ends = np.array([0.0, duration])
        machine = Oscillator(
            J=scaled.J,
            c0=c0,
            locking=Schedule(ends, np.array([self.lock_first, self.lock_last])),
            duration=duration,
            step=step * self.tau,
            bias=scaled.h,
            sigma=self.sigma,
            noise_factor=Schedule(ends, np.array([1.0, 0.0])),
            tau=self.tau,
        )
        return SpinEncoding(scaled, machine, {"c0": c0, "sigma": self.sigma})
