"""`AmplitudeMachine`: chaotic amplitude control; the default for planar couplings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from analoghop.problems.base import Formulation
from analoghop.problems.spins.encoding import Pace, ScaledSpins, SpinEncoding, SpinProblem, positive
from analoghop.schedules import Schedule
from analoghop.systems.machines.spins.amplitude import Amplitude, longest_step

STEP = 0.1
MARGIN = 0.95  # of the longest step


@dataclass(frozen=True)
class AmplitudeMachine(Formulation[SpinProblem]):
    """Chaotic amplitude control (Leleu et al. 2019), whose pump rises from `pump_first` to `pump_last`.

    `c0`: strength of the couplings in 1/rms of a row of J; `beta`: rate of the error variables. `steps`:
    number of steps, None for the rule of `Pace`, with `seconds` for all starts. `step` in time constants, by
    default 0.1 or the longest stable one. `tau` in seconds. Fields act as bias currents.
    """

    c0: float = 0.8
    beta: float = 0.5
    pump_first: float = -1.0
    pump_last: float = 1.0
    steps: int | None = None
    step: float | None = None
    seconds: float | None = None
    tau: float = 1.0

    name: ClassVar[str] = "amplitude"
    purpose: ClassVar[str] = "chaotic amplitude control: planar couplings"

    def paced(self, seconds: float) -> AmplitudeMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        return self.encoded(ScaledSpins.of(problem))

    def encoded(self, scaled: ScaledSpins) -> SpinEncoding:
        """Return the circuit of a scaled problem."""
        positive(c0=self.c0, beta=self.beta, tau=self.tau)
        c0 = self.c0 / scaled.rms
        safe = min(STEP, MARGIN * longest_step(c0, self.beta, scaled.lowest))
        step = safe if self.step is None else self.step
        steps = Pace(self.steps, self.seconds, entry=0.7e-9, spin=20e-9).chosen(scaled)
        duration = steps * step * self.tau
        machine = Amplitude(
            J=scaled.J,
            c0=c0,
            pump=Schedule(np.array([0.0, duration]), np.array([self.pump_first, self.pump_last])),
            duration=duration,
            step=step * self.tau,
            bias=scaled.h,
            beta=self.beta,
            tau=self.tau,
        )
        return SpinEncoding(scaled, machine, {"c0": c0, "beta": self.beta})
