"""`AutomaticMachine`: the machine that fits the spectrum of the coupling; the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from analoghop.problems.base import Encoding, Formulation
from analoghop.problems.option import option, paced_steps, time_for_all
from analoghop.problems.spins.amplitude import AmplitudeMachine
from analoghop.problems.spins.encoding import FEW_SPINS, ScaledSpins, SpinProblem
from analoghop.problems.spins.inertial import InertialMachine
from analoghop.problems.spins.noise import NoiseMachine
from analoghop.problems.turns import TakingTurns

ONE_SIDED = 6.0
"""-lambda_min/lambda_max from which on `noise` is chosen: inertial comparators would oscillate in phase."""
PLANAR = 2.7
"""lambda_max/rms from which on `amplitude` is chosen: random graphs have 2 to 2.5, planar ones 3 and more."""
STEEP: Mapping[str, Any] = {"gain": 200.0, "sigma": 1.2, "last_sigma": 0.1}
"""Settings of the noise machine for few spins."""
STEEP_STEPS, STEEP_SHARE = 8000, 3
"""Its number of steps where none is given, and its starts for each start of the other machine."""


@dataclass(frozen=True)
class AutomaticMachine(Formulation[SpinProblem]):
    """The machine for the spectrum of J, with its default settings.

    `amplitude` where lambda_max/rms is 2.7 or more; else `noise` where -lambda_min/lambda_max is 6 or more,
    as in dense graphs whose weights have one sign; else `inertial`.

    Few spins make a circuit nearly deterministic: all starts may end in one state, the best or not. Up to 32
    spins, three of four starts are those of `noise` with a gain of 200 whose noise falls geometrically, which
    misses the optimum of almost no small instance.

    `steps`: number of steps, None for the rule of `Pace`, with `seconds` for all starts. `tau` in seconds.
    """

    steps: int | None = paced_steps()
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "automatic"
    purpose: ClassVar[str] = "the machine that fits the spectrum of J: amplitude, noise or inertial"

    def paced(self, seconds: float) -> AutomaticMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> Encoding:
        """Return the circuit of `problem`, for few spins two that take turns."""
        scaled = ScaledSpins.of(problem)
        kind = machine_for(scaled)
        usual = kind(steps=self.steps, seconds=self.seconds, tau=self.tau).encoded(scaled).named(kind.name)
        if len(scaled.h) > FEW_SPINS:
            return usual
        steep = steep_noise(self.steps, self.seconds, self.tau).encoded(scaled)
        return TakingTurns((kind.name, usual, 1), ("steep noise", steep, STEEP_SHARE))


def steep_noise(steps: int | None, seconds: float | None, tau: float = 1.0) -> NoiseMachine:
    """Return the machine for few spins; the options are those of `AutomaticMachine`."""
    chosen = STEEP_STEPS if steps is None and seconds is None else steps
    return NoiseMachine(steps=chosen, seconds=seconds, tau=tau, **STEEP)


def machine_for(scaled: ScaledSpins) -> type[AmplitudeMachine | NoiseMachine | InertialMachine]:
    """Return the machine that the rule of `AutomaticMachine` chooses."""
    if scaled.spread >= PLANAR:
        return AmplitudeMachine
    return NoiseMachine if -scaled.lowest >= ONE_SIDED * scaled.highest > 0.0 else InertialMachine
