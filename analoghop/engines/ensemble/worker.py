"""`TileWorker`: the loop of one thread, which keeps a tile full until the pool has no more members."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Indices
from analoghop.engines.base import Stop
from analoghop.engines.ensemble.settled_slots import TileSettling
from analoghop.engines.ensemble.tile import Tile
from analoghop.engines.running.pool import CODES, Finished, Pool
from analoghop.solution import Status
from analoghop.systems.base import System

_REFILL = 16  # a tile takes new members when one slot in this number is empty: a start costs three steps
_SHRINK = 8  # with an empty pool, it shrinks when one slot in this number is empty


class EndConditions(NamedTuple):
    """The end conditions of members: `stop` of their outputs, `settle`, and `most` steps.

    Settling is tested after every `every` steps of a member, `stop` after every `stop_every`, a multiple of
    `every`. `note`: record since when members have been at rest, even if this does not end them.
    """

    stop: Stop | None
    settle: bool
    every: int
    stop_every: int
    most: int
    note: bool


class TileWorker:
    """Advances a tile, tests its members periodically, and replaces those that have ended."""

    def __init__(
        self, system: System, tile: Tile, pool: Pool, settling: TileSettling, conditions: EndConditions
    ) -> None:
        self._system, self._tile, self._pool, self._settling = system, tile, pool, settling
        self._conditions = conditions

    def work(self, width: int) -> None:
        """Process the pool with `width` slots, until it is empty or over."""
        tile, pool = self._tile, self._pool
        tile.widen(width)
        self._settling.resize(np.arange(0), width)
        with np.errstate(all="ignore"):
            while not pool.over:
                self._change()
                if not tile.active().any():
                    return
                if not self._advance():
                    return
                self._look()

    def _advance(self) -> bool:
        """Make the steps until the next test; return whether there was time for all of them."""
        for _ in range(self._conditions.every):
            if self._pool.over:
                return False
            self._tile.advance()
        return True

    def _change(self) -> None:
        """Fill empty slots, or remove them."""
        tile = self._tile
        empty = np.flatnonzero(~tile.active())
        if self._pool.left:
            if _REFILL * len(empty) >= tile.width:
                places, x0 = self._pool.take(len(empty))
                if len(places):
                    tile.fill(empty[: len(places)], places, x0)
                    self._settling.begin(empty[: len(places)])
        elif _SHRINK * len(empty) >= tile.width > len(empty):
            kept = np.flatnonzero(tile.active())
            tile.shrink()
            self._settling.resize(kept, len(kept))

    def _look(self) -> None:
        """End the members that have failed, settled, stopped, or reached the end of the time span."""
        tile, settling, conditions = self._tile, self._settling, self._conditions
        code = np.zeros(tile.width, np.uint8)
        ended = np.zeros(tile.width, dtype=bool)

        def end(slots: Indices, status: Status | NDArray[np.uint8]) -> None:
            code[slots] = CODES[status] if isinstance(status, Status) else status
            ended[slots] = True

        active = tile.active()
        steps, rejected, _ = tile.work(np.arange(tile.width))
        tried = steps + rejected
        if conditions.settle or conditions.note:
            settling.look()
        over = np.flatnonzero(active & tile.over())
        if len(over):
            settled = settling.settled_at_last(over)
            end(over, np.where(settled, CODES[Status.SETTLED], CODES[Status.TIME_UP]))
        if conditions.settle:
            slots = np.flatnonzero(active & ~ended)
            end(slots[settling.settled(slots)], Status.SETTLED)
        end(np.flatnonzero(active & ~ended & (tile.broken() | (tried >= conditions.most))), Status.FAILED)
        if conditions.stop is not None:
            wanted = ended | (tried % conditions.stop_every == 0)
            slots = np.flatnonzero(active & wanted & (code != CODES[Status.FAILED]))
            if len(slots):
                t, x = tile.times[slots], tile.lowered.states(tile.y[:, slots])
                system = self._system.of(tile.index[slots])
                hits = np.asarray(conditions.stop(system.outputs(t, x)), dtype=bool)
                end(slots[hits], Status.STOPPED)
        self._hand_in(np.flatnonzero(ended), code)

    def _hand_in(self, slots: Indices, code: NDArray[np.uint8]) -> None:
        if not len(slots):
            return
        tile, places = self._tile, self._tile.index[slots]
        x = tile.lowered.states(tile.y[:, slots])
        settled = code[slots] == CODES[Status.SETTLED]
        since = np.where(settled, self._settling.since[slots], np.nan)
        steps, rejected, evaluations = tile.work(slots)
        if tile.traces is not None:
            tile.traces.finish(places, x)
        t = tile.times[slots]
        self._pool.hand_in(Finished(places, x, t, code[slots], since, steps, rejected, evaluations))
        tile.clear(slots)
