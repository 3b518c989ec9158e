"""`Tile`: a block of members that fits the cache, each in its own slot, advanced together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from analoghop.arrays import Array, Indices, Integers, Mask
from analoghop.engines.ensemble.lowered import Lowered
from analoghop.engines.running.traces import Steps, Traces


class Tile(ABC):
    """Members as columns, (n, width); subclasses define the step.

    `index` (width,) is each member's number in the whole ensemble, -1 in an empty slot. Empty slots are
    stepped along with the others until they are filled or the tile shrinks.
    """

    def __init__(
        self, lowered: Lowered, start: float, end: float, traces: Traces | Steps | None = None
    ) -> None:
        self.lowered, self.backend, self.xp = lowered, lowered.backend, lowered.backend.xp
        self.start, self.end, self.traces = start, end, traces
        self.n = lowered.scale.shape[0]
        self._input_unit = self.backend.array(lowered.input_unit_column())
        self.width = 0
        self.index: Integers = np.zeros(0, np.int64)
        self.top: Any = None

    @property
    @abstractmethod
    def y(self) -> Any:
        """The coordinates of all slots, (n, width)."""

    @property
    @abstractmethod
    def times(self) -> Array:
        """The time of each slot in seconds, (width,)."""

    @abstractmethod
    def advance(self) -> None:
        """Make a step; a slot at its end does not move."""

    @abstractmethod
    def increments(self) -> tuple[Any, Any]:
        """Return h dy/ds (n, width) and h, (width,) or a number, for the last computed rate."""

    @abstractmethod
    def broken(self) -> Mask:
        """Return the mask of the slots that cannot go on, (width,)."""

    @abstractmethod
    def work(self, slots: Indices) -> tuple[Integers, Integers, Integers]:
        """Return accepted steps, rejected ones and evaluations of `slots`."""

    @abstractmethod
    def _place(self, slots: Indices, index: Integers, y: Any) -> None:
        """Begin the members `index` in `slots` at `y` (n, len(slots))."""

    @abstractmethod
    def _keep(self, slots: Indices) -> None:
        """Keep only `slots`; a tile without slots (`width` 0) gets len(slots) empty ones."""

    @abstractmethod
    def _seated(self) -> None:
        """Take over the values of the members `index` that now sit in the slots, where these are varied."""

    def _unit_of(self, index: Integers) -> Any:
        """Return the input scales of the members `index` in the coordinates y."""
        return self.lowered.input_units(index) if self.lowered.varied else self._input_unit

    def over(self) -> Mask:
        """Return the mask of the slots that have reached the end of the time span."""
        return self.times >= self.end

    def active(self) -> Mask:
        """Return the mask of the slots that hold a member."""
        return self.index >= 0

    def widen(self, width: int) -> None:
        """Give a tile without slots `width` empty ones."""
        self._keep(np.zeros(width, np.intp))
        self.width = width
        self.index = np.full(width, -1, np.int64)
        self.top = self.backend.empty(self.n * width).reshape(self.n, width)

    def fill(self, slots: Indices, index: Integers, x0: Array) -> None:
        """Begin the members `index` in `slots` at the states `x0` (n, len(slots))."""
        y = self.lowered.coordinates(x0)
        self.top[:, slots] = self.xp.maximum(self.xp.abs(y), self._unit_of(index))
        self._place(slots, index, y)
        self.index[slots] = index
        if self.lowered.varied:
            self._seated()
        if self.traces is not None:
            self.traces.store(index, x0)

    def shrink(self) -> None:
        """Remove the empty slots."""
        slots = np.flatnonzero(self.active())
        self._keep(slots)
        self.top = self.top[:, slots] * 1.0
        self.index = self.index[slots]
        self.width = len(slots)
        if self.lowered.varied:
            self._seated()

    def clear(self, slots: Indices) -> None:
        """Empty `slots`."""
        self.index[slots] = -1
