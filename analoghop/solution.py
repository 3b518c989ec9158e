"""`Solution`: what one run of a system did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from analoghop.arrays import Array
from analoghop.systems.base import System


class Status(Enum):
    """How a run ended; the value is what is printed."""

    SETTLED = "settled"
    TIME_UP = "time up"
    TIME_LIMIT = "time limit"
    FAILED = "failed"


@dataclass(frozen=True)
class EnergyRecord:
    """The energy of a run and its audit.

    `times` (k,) are the accepted steps; `parts` maps coupling, amplifier, bias ... to traces (k,);
    `dissipated` and `supplied` (k,) are the integrals up to each time. `largest_rise` is the largest excess
    of the energy over its running minimum; `drop` is E(0) minus the lowest energy seen; `balance_error` is
    max_k |E(0) - E + supplied - dissipated| divided by the larger of the dissipated energy, the spread of E
    and a floor.
    """

    times: Array
    parts: Mapping[str, Array]
    dissipated: Array
    supplied: Array
    largest_rise: float
    drop: float
    balance_error: float
    guaranteed: bool
    reason: str | None

    @property
    def total(self) -> Array:
        """The energy at `times`."""
        return np.sum(list(self.parts.values()), axis=0)


@dataclass(frozen=True)
class Counts:
    """Work done: states, amplifier outputs, accepted steps, evaluations of the rate, of the Jacobian."""

    states: int
    amplifiers: int
    steps: int
    evaluations: int
    jacobians: int


@dataclass(frozen=True, eq=False)
class Solution:
    """What happened: waveforms (k times) of a system, its status, energy record and electrical balance.

    `states` (n, k). `solution[name]` is a signal (k,), e.g. `solution["v(u1)"]`.
    `joules` maps sources, heat, stored to joules for compiled circuits (empty otherwise).
    """

    system: System
    times: Array
    states: Array
    status: Status
    message: str
    counts: Counts
    energy: EnergyRecord | None
    joules: Mapping[str, float]
    cpu_s: float
    wall_s: float
    settled_at: float | None = None
    record: Mapping[str, object] = field(default_factory=dict)
