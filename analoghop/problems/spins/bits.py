"""`BitsMachine`: probabilistic bits whose noise falls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from analoghop.problems.base import Formulation
from analoghop.problems.option import option, time_for_all
from analoghop.problems.spins.encoding import Pace, ScaledSpins, SpinEncoding, SpinProblem
from analoghop.schedules import Schedule
from analoghop.systems.machines.spins.probabilistic_bits import ProbabilisticBits

SHARE = 20
"""Steps of other machines, by the rule of `Pace`, for one sweep."""


@dataclass(frozen=True)
class BitsMachine(Formulation[SpinProblem]):
    """Probabilistic bits (p-bits, Camsari et al. 2017): comparators with noise, which are asked in turn.

    The noise falls geometrically from `sigma` to `last_sigma`, in units of the rms of a row of J. `steps`:
    number of sweeps, None for a twentieth of the rule of `Pace`, with `seconds` for all starts. `tau`:
    seconds of a sweep. Fields act as bias currents.
    """

    sigma: float = option(2.0, "noise at the beginning", "rms of a row of J", above=0)
    last_sigma: float = option(0.1, "noise at the end", "rms of a row of J", above=0)
    steps: int | None = option(
        None, "number of sweeps", whole=True, low=1, none="by the size of the instance, or by the time limit"
    )
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "duration of a sweep", "s", above=0)

    name: ClassVar[str] = "bits"
    purpose: ClassVar[str] = "probabilistic bits: comparators with falling noise, in turn (p-bits)"

    def paced(self, seconds: float) -> BitsMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        scaled = ScaledSpins.of(problem)
        steps = Pace(self.steps, self.seconds, entry=0.9e-9, spin=25e-9).chosen(scaled)
        if self.steps is None:
            steps = max(1, steps // SHARE)
        duration = steps * self.tau
        ends, levels = np.array([0.0, duration]), np.array([self.sigma, self.last_sigma]) * scaled.rms
        machine = ProbabilisticBits(
            J=scaled.J,
            sigma=Schedule(ends, levels, "geometric"),
            duration=duration,
            step=self.tau,
            bias=scaled.h,
            tau=self.tau,
        )
        return SpinEncoding(scaled, machine, {"sigma": self.sigma, "last_sigma": self.last_sigma})
