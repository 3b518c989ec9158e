"""`AmplitudeMachine`: chaotic amplitude control; the default for planar couplings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from analoghop.problems.base import Formulation
from analoghop.problems.option import option, paced_steps, stable_step, time_for_all
from analoghop.problems.spins.encoding import ScaledSpins, SpinEncoding, SpinProblem
from analoghop.problems.spins.pumped import pumped
from analoghop.systems.machines.spins.amplitude import Amplitude, longest_step


@dataclass(frozen=True)
class AmplitudeMachine(Formulation[SpinProblem]):
    """Chaotic amplitude control (Leleu et al. 2019), whose pump rises from `pump_first` to `pump_last`.

    `c0`: strength of the couplings in 1/rms of a row of J; `beta`: rate of the error variables. `steps`:
    number of steps, None for the rule of `Pace`, with `seconds` for all starts. `step` in time constants, by
    default 0.1 or the longest stable one. `tau` in seconds. Fields act as bias currents.
    """

    c0: float = option(0.8, "strength of the couplings", "1/rms of a row of J", above=0)
    beta: float = option(0.5, "rate of the error variables", "1/time constant", above=0)
    pump_first: float = option(-1.0, "pump at the beginning")
    pump_last: float = option(1.0, "pump at the end")
    steps: int | None = paced_steps()
    step: float | None = stable_step(0.1)
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

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
        c0 = self.c0 / scaled.rms
        common = pumped(self, scaled, longest_step(c0, self.beta, scaled.lowest), spin=20e-9)
        machine = Amplitude(c0=c0, beta=self.beta, **common)
        return SpinEncoding(scaled, machine, {"c0": c0, "beta": self.beta})
