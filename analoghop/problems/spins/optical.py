"""`FeedbackMachine`, `SeparationMachine`: coherent Ising machines of the literature, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from analoghop.problems.base import Formulation
from analoghop.problems.option import option, paced_steps, stable_step, time_for_all
from analoghop.problems.spins.encoding import ScaledSpins, SpinEncoding, SpinProblem
from analoghop.problems.spins.pumped import pumped
from analoghop.systems.machines.spins import chaotic_feedback, separation
from analoghop.systems.machines.spins.chaotic_feedback import ChaoticFeedback
from analoghop.systems.machines.spins.separation import Separation


@dataclass(frozen=True)
class FeedbackMachine(Formulation[SpinProblem]):
    """Chaotic feedback control (CIM-CFC, Kako et al. 2020), whose pump rises by the anneal.

    `c0`: strength of the couplings in 1/rms of a row of J; `alpha`: the square of the feedback that is
    wanted; `beta`: rate of the error variables. `steps`: number of steps, None for the rule of `Pace`, with
    `seconds` for all starts. `step` in time constants, by default 0.1 or the longest stable one. `tau` in
    seconds. Fields act as bias currents.
    """

    c0: float = option(0.5, "strength of the couplings", "1/rms of a row of J", above=0)
    alpha: float = option(1.0, "wanted square of the feedback", above=0)
    beta: float = option(0.2, "rate of the error variables", "1/time constant", above=0)
    pump_first: float = option(-1.0, "pump at the beginning")
    pump_last: float = option(1.0, "pump at the end")
    steps: int | None = paced_steps()
    step: float | None = stable_step(0.1)
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "feedback"
    purpose: ClassVar[str] = "coherent Ising machine with chaotic feedback control (CIM-CFC)"

    def paced(self, seconds: float) -> FeedbackMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        scaled = ScaledSpins.of(problem)
        c0 = self.c0 / scaled.rms
        longest = chaotic_feedback.longest_step(c0, scaled.lowest)
        common = pumped(self, scaled, longest, spin=20e-9)
        machine = ChaoticFeedback(c0=c0, alpha=self.alpha, beta=self.beta, **common)
        return SpinEncoding(scaled, machine, {"c0": c0, "alpha": self.alpha, "beta": self.beta})


@dataclass(frozen=True)
class SeparationMachine(Formulation[SpinProblem]):
    """Separated feedback control (CIM-SFC, Kako et al. 2020), whose pump rises by the anneal.

    `c0`: strength of the couplings in 1/rms of a row of J; `slope` of the element that reads the field,
    `share` of the fast changes of the field, `beta` rate of the followers. The rest as in `FeedbackMachine`.
    """

    c0: float = option(0.8, "strength of the couplings", "1/rms of a row of J", above=0)
    slope: float = option(2.0, "slope of the element that reads the field", above=0)
    share: float = option(0.5, "share of the fast changes of the field", above=0)
    beta: float = option(0.3, "rate of the followers", "1/time constant", above=0)
    pump_first: float = option(0.0, "pump at the beginning")
    pump_last: float = option(1.0, "pump at the end")
    steps: int | None = paced_steps()
    step: float | None = stable_step(0.1)
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "separation"
    purpose: ClassVar[str] = "coherent Ising machine with separated feedback control (CIM-SFC)"

    def paced(self, seconds: float) -> SeparationMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        scaled = ScaledSpins.of(problem)
        c0 = self.c0 / scaled.rms
        longest = separation.longest_step(c0, self.slope, self.share, scaled.lowest)
        common = pumped(self, scaled, longest, spin=30e-9)
        machine = Separation(c0=c0, slope=self.slope, share=self.share, beta=self.beta, **common)
        told = {"c0": c0, "slope": self.slope, "share": self.share, "beta": self.beta}
        return SpinEncoding(scaled, machine, told)
