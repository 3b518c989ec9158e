"""Random numbers that depend on a seed and on the number of a trajectory in the ensemble only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Indices, Integers
from analoghop.errors import InputError

_STARTS, _NOISE, _NUMBERS = 1, 2, 3  # purpose of a stream, the top word of its counter
BLOCK = 64  # number of trajectories whose starts are drawn at once
_AHEAD = 1 << 20  # bytes of noise drawn in advance for a tile, which fit the cache


def check_seed(seed: int, name: str) -> int:
    """Return `seed`; raises `InputError`, naming `name`, unless it is a whole number of 0 to 2^64 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**64:
        raise InputError(f"`{name}` is {seed!r}, expected a whole number from 0 to 2^64 - 1")
    return int(seed)


def _generator(seed: int, key: int, purpose: int) -> np.random.Generator:
    """Return the Philox stream (Salmon et al. 2011) of the key (seed, key); no two streams overlap."""
    words = np.array([seed, key], dtype=np.uint64)
    counter = np.array([0, 0, 0, purpose], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=words, counter=counter))


def uniform(seed: int, first: int, count: int, rows: int) -> Array:
    """Return numbers uniform in -1..1 for the trajectories `first`, first + 1 ...: (rows, count).

    A trajectory's numbers depend on the seed, its number and `rows` alone.
    """
    if not count:
        return np.zeros((rows, 0))
    blocks = range(first // BLOCK, (first + count - 1) // BLOCK + 1)
    drawn = [_generator(seed, block, _STARTS).random((BLOCK, rows)) for block in blocks]
    offset = first - blocks.start * BLOCK
    return 2.0 * np.concatenate(drawn)[offset : offset + count].T - 1.0


def normal(seed: int, index: NDArray[np.integer], rows: int) -> Array:
    """Return standard normal numbers for the trajectories numbered `index`, (rows, len(index))."""
    drawn = [_generator(seed, int(number), _NUMBERS).standard_normal(rows) for number in index]
    return np.stack(drawn, axis=1) if drawn else np.zeros((rows, 0))


class TileNoise:
    """Standard normal numbers for the steps of the trajectories in a tile's slots.

    Every trajectory has its own stream, drawn in the order of its steps. `first` is the number in the whole
    ensemble of the trajectory with index 0.
    """

    def __init__(self, seed: int, first: int, rows: int) -> None:
        self._seed, self._first, self._rows, self._phase = seed, first, rows, 0
        self._streams: list[np.random.Generator | None] = []
        self._drawn = np.zeros((0, 1, rows))

    def keep(self, slots: Indices | None, width: int) -> None:
        """Keep only `slots`; None creates `width` empty ones."""
        if slots is not None:
            self._streams = [self._streams[k] for k in slots]
            self._drawn = self._drawn[slots]
            return
        self._streams = [None] * width
        steps = min(max(_AHEAD // (8 * self._rows * max(width, 1)), 1), 64)
        self._drawn, self._phase = np.zeros((width, steps, self._rows)), 0

    def place(self, slots: Indices, places: Integers) -> None:
        """Begin the streams of the trajectories `places` in `slots`."""
        for slot, place in zip(slots.tolist(), places.tolist(), strict=True):
            stream = self._streams[slot] = _generator(self._seed, self._first + place, _NOISE)
            if self._phase:
                stream.standard_normal(out=self._drawn[slot, self._phase :])

    def next(self) -> Array:
        """Return the numbers of the next step of every slot, (rows, width), in shared memory."""
        if self._phase == 0:
            for stream, drawn in zip(self._streams, self._drawn, strict=True):
                if stream is not None:
                    stream.standard_normal(out=drawn)
        numbers = self._drawn[:, self._phase]
        self._phase = (self._phase + 1) % self._drawn.shape[1]
        return numbers.T
