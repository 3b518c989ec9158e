"""`TileSettling`: the settling test for the members of a tile."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.arrays import Array, Indices, Integers, Mask
from analoghop.engines.ensemble.stability import Stable, settled
from analoghop.engines.ensemble.tile import Tile
from analoghop.systems.base import System


class TileSettling:
    """The settling test of `Settling`, made for the members of a tile from time to time.

    |rate| times the state's own time constant is below `tolerance` times the larger of its running maximum
    of |x| and its input scale, for each state by itself, nothing outside moves any more, small disturbances
    of the state do not grow, and the Newton step to the equilibrium is short. The running maximum is over the
    moments looked at. `since` is the first of those from which the test has held without a break, nan where
    it fails.
    """

    def __init__(self, system: System, tile: Tile, tolerance: float) -> None:
        self._system, self._tile, self._tolerance = system, tile, tolerance
        self._settled = settled(system, tolerance)
        self._quiet = system.quiet_after()
        self._shortest = float(system.time_constants.min())
        self._weight = self._weights(np.zeros(1, np.int64))
        self.since = np.zeros(0)
        self._again = np.zeros(0)

    def _weights(self, members: Integers) -> Any:
        """Return the factors of the rates, (n, 1), or of `members` where these are varied."""
        tile = self._tile
        own = self._system.of(np.maximum(members, 0)).time_constants
        return tile.backend.array(own / (tile.lowered.unit * self._tolerance))

    def _test(self, slots: Indices) -> Stable:
        """Return the test of the members in `slots`."""
        if not self._tile.lowered.varied:
            return self._settled
        return settled(self._system.of(self._tile.index[slots]), self._tolerance)

    def resize(self, slots: Indices, width: int) -> None:
        """Keep only `slots` and resize to `width` slots."""
        fresh = np.full(width - len(slots), np.nan)
        self.since = np.concatenate([self.since[slots], fresh])
        self._again = np.concatenate([self._again[slots], fresh])

    def begin(self, slots: Indices) -> None:
        """Reset the test for new members in `slots`."""
        self.since[slots] = np.nan
        self._again[slots] = -np.inf

    def look(self) -> None:
        """Test all slots that have not reached the end of the time span."""
        tile, xp = self._tile, self._tile.xp
        xp.maximum(tile.top, xp.abs(tile.y), out=tile.top)
        rate, h = tile.increments()
        weight = self._weights(tile.index) if tile.lowered.varied else self._weight
        holds = tile.backend.numpy(xp.all(xp.abs(rate) * weight < tile.top * h, axis=0))
        slots = np.flatnonzero(~tile.over())
        self._note(slots, tile.times[slots], holds[slots])

    def _note(self, slots: Indices, t: Array, holds: Mask) -> None:
        holds = np.asarray(holds & (t >= self._quiet))
        since = self.since[slots]
        self.since[slots] = np.where(holds, np.where(np.isnan(since), t, since), np.nan)
        self._again[slots] = np.where(holds, self._again[slots], -np.inf)

    def settled(self, slots: Indices) -> Mask:
        """Return the mask of the `slots` that have settled.

        A rest that was found to be none is looked at again only when it has lasted twice as long.
        """
        t = self._tile.times[slots]
        verdict = ~np.isnan(self.since[slots]) & (t >= self._again[slots])
        asked = np.flatnonzero(verdict)
        if len(asked):
            x = self._tile.lowered.states(self._tile.y[:, slots[asked]])
            verdict[asked] = self._test(slots[asked])(t[asked], x)
            refused = asked[~verdict[asked]]
            rested = t[refused] - self.since[slots[refused]]
            self._again[slots[refused]] = t[refused] + np.maximum(rested, self._shortest)
        return verdict

    def settled_at_last(self, slots: Indices) -> Mask:
        """Return the mask of the `slots`, at their end time, that have settled by their last rates."""
        tile, system = self._tile, self._system
        t, x = tile.times[slots], tile.lowered.states(tile.y[:, slots])
        top = np.asarray(tile.backend.numpy(tile.top[:, slots]), dtype=np.float64) * tile.lowered.scale
        system = system.of(tile.index[slots])
        rate = np.abs(system.rhs(t, x)) * system.time_constants
        holds = rate < self._tolerance * np.maximum(top, np.abs(x))
        self._note(slots, t, np.asarray(holds.all(axis=0)))
        self._again[slots] = -np.inf
        return self.settled(slots)
