"""`InertialMachine`: two integrators and a comparator in each cell; the default for most couplings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from analoghop.problems.base import Formulation
from analoghop.problems.option import option, paced_steps, time_for_all
from analoghop.problems.spins.encoding import (
    FEW_SPINS,
    Pace,
    ScaledSpins,
    SpinEncoding,
    SpinProblem,
)
from analoghop.systems.machines.spins.bifurcating import longest_step
from analoghop.systems.machines.spins.inertial import Inertial
from analoghop.systems.machines.spins.released import Released

SHORT = 0.1
"""Longest step for few spins, in time constants."""
LOOSE, RELEASE = 4.0, 1.25
"""Mean number of neighbours up to which springs stiffen again at the walls, and the A that does so."""
CALM = 0.9
"""Share of the duration after which springs only fade: kicks in the last tenth would leave errors behind."""


@dataclass(frozen=True)
class InertialMachine(Formulation[SpinProblem]):
    """Simulated bifurcation (Goto et al. 2021).

    `c0`: strength of the couplings in 1/rms of a row of J. `comparator`: true for the discrete form, false
    for the ballistic one, whose elements are linear. `steps`: number of steps, None for the rule of `Pace`,
    with `seconds` for all starts. `step` in time constants, by default the longest stable one, `min(0.7,
    1/sqrt(1 + c0 |lambda_min|))`, and 0.1 at most for up to 32 spins: few cells that cross zero in the same
    step see the same signs, and go on to oscillate in phase. `release`: A of generalised bifurcation, whose
    springs stiffen again in cells at the walls (see `Released`); 0 for springs that only fade, None for the
    rule: 1.25 where spins have four neighbours at most in the mean, as on tori, and are more than 32, else 0.
    `tau` in seconds. Fields act as bias currents.
    """

    c0: float = option(0.5, "strength of the couplings", "1/rms of a row of J", above=0)
    comparator: bool = option(
        True, "whether forces see the signs of the cells (discrete form), not their values"
    )
    steps: int | None = paced_steps()
    step: float | None = option(
        None,
        "length of a step",
        "time constants",
        above=0,
        none="the longest stable one, at most 0.7; 0.1 up to 32 spins",
    )
    release: float | None = option(
        None,
        "A of generalised bifurcation: how much springs stiffen at the walls",
        low=0,
        none="1.25 for few neighbours, else 0",
    )
    seconds: float | None = time_for_all()
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "inertial"
    purpose: ClassVar[str] = "two integrators and a comparator in each cell: random and dense couplings"

    def paced(self, seconds: float) -> InertialMachine:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: SpinProblem) -> SpinEncoding:
        """Return the circuit of `problem`."""
        return self.encoded(ScaledSpins.of(problem))

    def encoded(self, scaled: ScaledSpins) -> SpinEncoding:
        """Return the circuit of a scaled problem."""
        c0 = self.c0 / scaled.rms
        step = self.step
        if step is None:
            step = longest_step(c0, scaled.lowest)
            step = min(step, SHORT) if len(scaled.h) <= FEW_SPINS else step
        steps = Pace(self.steps, self.seconds, entry=0.7e-9, spin=12e-9).chosen(scaled)
        release = self.release
        if release is None:
            sparse = scaled.J.matrix.nnz <= LOOSE * len(scaled.h)
            release = RELEASE if sparse and len(scaled.h) > FEW_SPINS else 0.0
        given: dict[str, Any] = {
            "J": scaled.J,
            "c0": c0,
            "duration": steps * step * self.tau,
            "step": step * self.tau,
            "bias": scaled.h,
            "comparator": self.comparator,
            "tau": self.tau,
        }
        machine = Released(**given, release=release, until=CALM) if release else Inertial(**given)
        return SpinEncoding(scaled, machine, {"c0": c0, **({"release": release} if release else {})})
