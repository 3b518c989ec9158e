"""`NoiseMachine`: the Hopfield network at a high gain with noise that falls to zero."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from analoghop.errors import InputError
from analoghop.problems.base import Formulation
from analoghop.problems.option import option, paced_steps, stable_step, time_for_all
from analoghop.problems.spins.encoding import Pace, ScaledSpins, SpinEncoding, SpinProblem
from analoghop.schedules import Constant, Schedule, Signal
from analoghop.systems.machines.spins.spin_network import SpinNetwork, exact_sigma, longest_step

STEP = 0.1
MARGIN = 0.95  # of the longest step
SLOW_SHARE, SILENT = 0.95, 1e-4
"""Share of the time of a geometric fall, and the share of `sigma` at its very end."""


@dataclass(frozen=True)
class NoiseMachine(Formulation[SpinProblem]):
    """Thermal annealing at a fixed `gain`: the noise falls linearly from `sigma` to zero.

    With `last_sigma` above 0 it falls geometrically from `sigma` to that, in 95 % of the time, and then to
    zero: terms of the cost that differ in size by factors are then decided one after the other. `sigma`, in
    the unit of u and per root time constant, is that of plain Euler steps of 0.1; the machine, whose noise is
    exact, uses `sigma / sqrt(1 - 0.1/2)`. `steps`: number of steps, None for the rule of `Pace`, with
    `seconds` for all starts. `step` in time constants, by default 0.1 or the longest stable one. `tau` in
    seconds. Fields act as bias currents.
    """

    gain: float = option(20.0, "gain of the amplifiers", above=0)
    sigma: float = option(1.2, "noise at the beginning", "u per root time constant", above=0)
    last_sigma: float = option(
        0.0,
        "noise at the end; above 0 it falls geometrically, else linearly to 0",
        "u per root time constant",
        low=0,
    )
    steps: int | None = paced_steps()
    step: float | None = stable_step(0.1)
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "noise"
    purpose: ClassVar[str] = "Hopfield's network at a high gain with falling noise: thermal annealing"

    def paced(self, seconds: float) -> NoiseMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        return self.encoded(ScaledSpins.of(problem))

    def encoded(self, scaled: ScaledSpins) -> SpinEncoding:
        """Return the circuit of a scaled problem."""
        if not self.last_sigma < self.sigma:
            raise InputError(
                f"`last_sigma` is {self.last_sigma:g}, expected 0 to below `sigma`, {self.sigma:g}"
            )
        pull = max(-scaled.lowest, 0.0) / scaled.rms
        step = (
            min(STEP, MARGIN * longest_step(self.gain, pull, noisy=True)) if self.step is None else self.step
        )
        steps = Pace(self.steps, self.seconds, entry=0.7e-9, spin=35e-9).chosen(scaled)
        duration = steps * step * self.tau
        sigma = exact_sigma(self.sigma, STEP)
        machine = SpinNetwork(
            J=scaled.J,
            c=1.0 / scaled.rms,
            gain=Constant(self.gain),
            duration=duration,
            step=step * self.tau,
            bias=scaled.h,
            sigma=sigma,
            noise_factor=self._fall(duration),
            tau=self.tau,
        )
        return SpinEncoding(scaled, machine, {"sigma": sigma})

    def _fall(self, duration: float) -> Signal:
        if not self.last_sigma:
            return Schedule(np.array([0.0, duration]), np.array([1.0, 0.0]))
        knots = np.array([0.0, SLOW_SHARE * duration, duration])
        return Schedule(knots, np.array([1.0, self.last_sigma / self.sigma, SILENT]), "geometric")
