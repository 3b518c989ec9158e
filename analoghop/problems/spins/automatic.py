"""`AutomaticMachine`: the machine that fits the spectrum of the coupling; the default."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from analoghop.problems.base import Formulation
from analoghop.problems.spins.amplitude import AmplitudeMachine
from analoghop.problems.spins.encoding import Scaled, SpinEncoding, SpinProblem
from analoghop.problems.spins.inertial import InertialMachine

PLANAR = 2.7
"""lambda_max/rms from which on `amplitude` is chosen: random graphs have 2 to 2.5, planar ones 3 and more."""


@dataclass(frozen=True)
class AutomaticMachine(Formulation[SpinProblem]):
    """`amplitude` where lambda_max(J)/rms is 2.7 or more, else `inertial`, each with its default settings.

    `steps`: number of steps, see `Pace`; `seconds` there are for all starts. `tau` in seconds.
    """

    steps: int | None = None
    seconds: float | None = None
    tau: float = 1.0

    name: ClassVar[str] = "automatic"
    purpose: ClassVar[str] = "amplitude where lambda_max/rms >= 2.7, else inertial"

    def paced(self, seconds: float) -> AutomaticMachine:
        """Return the same for a time limit of `seconds`."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        scaled = Scaled.of(problem)
        kind = AmplitudeMachine if scaled.spread >= PLANAR else InertialMachine
        encoding = kind(steps=self.steps, seconds=self.seconds, tau=self.tau).encoded(scaled)
        return encoding.named(kind.name)
