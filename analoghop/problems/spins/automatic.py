"""`AutomaticMachine`: the machine that fits the spectrum of the coupling; the default."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from analoghop.problems.base import Formulation
from analoghop.problems.spins.amplitude import AmplitudeMachine
from analoghop.problems.spins.encoding import ScaledSpins, SpinEncoding, SpinProblem
from analoghop.problems.spins.inertial import InertialMachine
from analoghop.problems.spins.noise import NoiseMachine

ONE_SIDED = 6.0
"""-lambda_min/lambda_max from which on `noise` is chosen: inertial comparators would oscillate in phase."""
PLANAR = 2.7
"""lambda_max/rms from which on `amplitude` is chosen: random graphs have 2 to 2.5, planar ones 3 and more."""


@dataclass(frozen=True)
class AutomaticMachine(Formulation[SpinProblem]):
    """The machine for the spectrum of J, with its default settings.

    `amplitude` where lambda_max/rms is 2.7 or more; else `noise` where -lambda_min/lambda_max is 6 or more,
    as in dense graphs whose weights have one sign; else `inertial`.

    `steps`: number of steps, None for the rule of `Pace`, with `seconds` for all starts. `tau` in seconds.
    """

    steps: int | None = None
    seconds: float | None = None
    tau: float = 1.0

    name: ClassVar[str] = "automatic"
    purpose: ClassVar[str] = "the machine that fits the spectrum of J: amplitude, noise or inertial"

    def paced(self, seconds: float) -> AutomaticMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        scaled = ScaledSpins.of(problem)
        kind = machine_for(scaled)
        encoding = kind(steps=self.steps, seconds=self.seconds, tau=self.tau).encoded(scaled)
        return encoding.named(kind.name)


def machine_for(scaled: ScaledSpins) -> type[AmplitudeMachine | NoiseMachine | InertialMachine]:
    """Return the machine that the rule of `AutomaticMachine` chooses."""
    if scaled.spread >= PLANAR:
        return AmplitudeMachine
    return NoiseMachine if -scaled.lowest >= ONE_SIDED * scaled.highest > 0.0 else InertialMachine
