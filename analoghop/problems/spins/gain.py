"""`GainMachine`: the Hopfield network whose gain rises through its critical value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from analoghop.problems.base import Formulation
from analoghop.problems.option import option, paced_steps, stable_step, time_for_all
from analoghop.problems.spins.encoding import Pace, ScaledSpins, SpinEncoding, SpinProblem
from analoghop.schedules import Schedule
from analoghop.systems.machines.spins.spin_network import SpinNetwork, longest_step

STEP = 0.2
MARGIN = 0.95  # of the longest step


@dataclass(frozen=True)
class GainMachine(Formulation[SpinProblem]):
    """Hopfield's network (1984) with gain annealing: geometric from `first_gain` to `last_gain`.

    At the critical gain rms/lambda_max(J) the symmetric state loses its stability. Energy: Hopfield's, for a
    constant gain. `steps`: number of steps, None for the rule of `Pace`, with `seconds` for all starts.
    `step` in time constants, by default 0.2 or the longest stable one. `tau` in seconds. Fields act as bias
    currents.
    """

    first_gain: float = option(0.4, "gain at the beginning", above=0)
    last_gain: float = option(3.0, "gain at the end", above=0)
    steps: int | None = paced_steps()
    step: float | None = stable_step(0.2)
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "gain"
    purpose: ClassVar[str] = "Hopfield's network with rising gain: has an energy, and a deck"

    def paced(self, seconds: float) -> GainMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        return self.encoded(ScaledSpins.of(problem))

    def encoded(self, scaled: ScaledSpins) -> SpinEncoding:
        """Return the circuit of a scaled problem."""
        pull = max(-scaled.lowest, 0.0) / scaled.rms
        step = min(STEP, MARGIN * longest_step(max(self.first_gain, self.last_gain), pull, noisy=False))
        step = step if self.step is None else self.step
        steps = Pace(self.steps, self.seconds, entry=0.7e-9, spin=25e-9).chosen(scaled)
        duration = steps * step * self.tau
        machine = SpinNetwork(
            J=scaled.J,
            c=1.0 / scaled.rms,
            gain=Schedule(
                np.array([0.0, duration]), np.array([self.first_gain, self.last_gain]), "geometric"
            ),
            duration=duration,
            step=step * self.tau,
            bias=scaled.h,
            tau=self.tau,
        )
        critical = scaled.rms / scaled.highest if scaled.highest > 0 else 0.0
        return SpinEncoding(scaled, machine, {"critical gain": critical})
