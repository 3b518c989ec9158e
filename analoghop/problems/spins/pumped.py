"""`pumped`: what the formulations of coherent Ising machines, whose pump rises, have in common."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from analoghop.problems.spins.encoding import Pace, ScaledSpins
from analoghop.schedules import Schedule

STEP = 0.1
MARGIN = 0.95  # of the longest step


class PumpedFormulation(Protocol):
    """The options that these formulations share."""

    @property
    def pump_first(self) -> float:
        """The pump at the beginning."""

    @property
    def pump_last(self) -> float:
        """The pump at the end."""

    @property
    def steps(self) -> int | None:
        """The number of steps, None for the rule of `Pace`."""

    @property
    def step(self) -> float | None:
        """The length of a step in time constants, None for 0.1 or the longest stable one."""

    @property
    def seconds(self) -> float | None:
        """The processor time for all starts together, None for no limit."""

    @property
    def tau(self) -> float:
        """The time constant in seconds."""


def pumped(form: PumpedFormulation, scaled: ScaledSpins, longest: float, spin: float) -> dict[str, Any]:
    """Return the fields of the machine that `form` makes of `scaled`, but for its own and for c0.

    `longest` is the longest stable step in time constants, `spin` the seconds that a step of a spin takes.
    """
    step = min(STEP, MARGIN * longest) if form.step is None else form.step
    duration = Pace(form.steps, form.seconds, entry=0.7e-9, spin=spin).chosen(scaled) * step * form.tau
    return {
        "J": scaled.J,
        "pump": Schedule(np.array([0.0, duration]), np.array([form.pump_first, form.pump_last])),
        "duration": duration,
        "step": step * form.tau,
        "bias": scaled.h,
        "tau": form.tau,
    }
