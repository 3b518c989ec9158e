"""`Cycles`: a signal that repeats a ramp in each of several cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.schedules import Signal


@dataclass(frozen=True, eq=False)
class Cycles(Signal):
    """Goes from `first` to `last` in the first `ramps` seconds of each cycle, and is constant until the next.

    `lengths` (cycles,) are the lengths of the cycles in seconds, the last of which never ends; `ramps`
    (cycles,) or a number. Ramps are linear, or `geometric`: linear in the logarithm. Raises `InputError` for
    lengths or ramps that are not positive, and for a geometric ramp with a level that is not.
    """

    first: float
    last: float
    lengths: Any
    ramps: Any
    geometric: bool = False

    def __post_init__(self) -> None:
        lengths = frozen(self.lengths)
        ramps = frozen(np.broadcast_to(np.asarray(self.ramps, np.float64), lengths.shape))
        if lengths.ndim != 1 or len(lengths) == 0 or not (lengths > 0).all() or not (ramps > 0).all():
            raise InputError("`lengths` and `ramps` of cycles must be positive, for one cycle or more")
        if self.geometric and not (self.first > 0 and self.last > 0):
            raise InputError("geometric cycles need positive levels")
        readonly_fields(self, lengths=lengths, ramps=ramps)

    def _place(self, t: ArrayLike) -> tuple[Array, Array]:
        """Return the share of the ramp that has passed at `t`, and its slope."""
        t = np.asarray(t, dtype=np.float64)
        starts = np.concatenate([[0.0], np.cumsum(self.lengths)[:-1]])
        # A time that lies before the beginning of a cycle by rounding only belongs to this cycle.
        cycle = np.maximum(np.searchsorted(starts, t * (1.0 + 1e-12) + 1e-300, side="right") - 1, 0)
        share = (t - starts[cycle]) / self.ramps[cycle]
        moving = (share >= 0.0) & (share < 1.0)
        return np.clip(share, 0.0, 1.0), np.where(moving, 1.0 / self.ramps[cycle], 0.0)

    def value(self, t: ArrayLike) -> Array:
        """Return the level at `t`; at the beginning of a cycle, `first`."""
        share = self._place(t)[0]
        if self.geometric:
            return np.asarray(self.first * (self.last / self.first) ** share)
        return np.asarray(self.first + (self.last - self.first) * share)

    def rate(self, t: ArrayLike) -> Array:
        """Return the slope, to the right of a corner."""
        slope = self._place(t)[1]
        if self.geometric:
            return np.asarray(slope * np.log(self.last / self.first) * self.value(t))
        return np.asarray(slope * (self.last - self.first))

    def breakpoints(self, until: float) -> Sequence[float]:
        """Return the times at which cycles begin and ramps end."""
        starts = np.concatenate([[0.0], np.cumsum(self.lengths)[:-1]])
        shorter = np.append(self.ramps[:-1] < self.lengths[:-1], True)
        corners = np.unique(np.concatenate([starts, (starts + self.ramps)[shorter]]))
        return tuple(corners[(corners > 0) & (corners < until)].tolist())

    def quiet_after(self) -> float:
        """Return the end of the last ramp, or 0 for a constant."""
        if self.first == self.last:
            return 0.0
        return float(self.lengths[:-1].sum() + self.ramps[-1])
