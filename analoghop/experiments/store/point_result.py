"""`PointResult`: the row of one point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analoghop.experiments.plan.points import Point

FAULTS = ("error", "failed", "time limit", "crashed")
"""Statuses of points that have no proper result."""
RETRIED = {"failed": ("failed", "error"), "timeout": ("time limit",), "crashed": ("crashed",)}
"""Statuses by the words of `--retry`."""


@dataclass(frozen=True, slots=True)
class PointResult:
    """A finished point: its `status`, its `metrics`, the sentence of an `error`, and what it cost.

    `waveform` is the name of the file that holds its waveforms, None for none.
    """

    key: str
    point: Point
    status: str
    metrics: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    waveform: str | None = None
    cpu_s: float = 0.0
    wall_s: float = 0.0

    @property
    def faulty(self) -> bool:
        """Whether the point has no proper result."""
        return self.status in FAULTS
