"""`TiledEngine`: the options of engines that advance many trajectories in tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Precision, check_number, check_positive
from analoghop.engines.base import EnsembleEngine
from analoghop.errors import InputError


@dataclass(frozen=True, kw_only=True)
class TiledEngine(EnsembleEngine):
    """An engine for many trajectories, each with its own time and step, in tiles that are kept full.

    `rtol`; `atol` in units of the amplifiers' input scale, None for the value of `rtol`; `max_step` in
    seconds; `max_steps` of one trajectory, tried and accepted. `settle`: a trajectory ends when it has
    settled (see `TileSettling`); `settle_tol` is the tolerance of that test, by default `rtol`. `stop` is
    tested every `check_every` steps of a trajectory and at its end; settling at every step, or with fixed
    steps every `check_every` steps. `tile`: trajectories that a thread advances together; None for as many as
    the cache holds. `dtype`: "float64", or "float32" for final states (down to an `rtol` of 1e-5).
    `trace_limit`: bytes that waveforms may take. Raises `InputError` for an unknown name or a number out of
    range.
    """

    rtol: float = 1e-4
    atol: float | None = None
    max_step: float = math.inf
    max_steps: int = 1_000_000
    settle: bool = False
    settle_tol: float | None = None
    check_every: int = 4
    tile: int | None = None
    dtype: Precision = "float64"
    trace_limit: float = 2.0**30

    def __post_init__(self) -> None:
        if self.dtype not in ("float64", "float32"):
            raise InputError(f"`dtype` is {self.dtype!r}, expected 'float64' or 'float32'")
        least = 1e-13 if self.dtype == "float64" else 1e-6
        expected = f"{least:g} to 0.1 in {self.dtype}"
        if not least <= check_number(self.rtol, "rtol", expected) <= 0.1:
            raise InputError(f"`rtol` is {self.rtol}, expected {expected}")
        check_positive(vars(self), "atol", "max_step", "settle_tol", "trace_limit", finite=False)
        for name in ("max_steps", "check_every", "tile"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int | np.integer) or value < 1):
                raise InputError(f"`{name}` is {value!r}, expected a whole number from 1")

    @property
    def absolute(self) -> float:
        """The absolute tolerance in input scales: `atol`, or the value of `rtol`."""
        return self.rtol if self.atol is None else self.atol

    @property
    def tolerance(self) -> float:
        """The tolerance of the settling test."""
        return self.settle_tol or self.rtol
