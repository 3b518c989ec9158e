"""The noise of machines: numbers that depend on (seed, member, step) alone, not on the batch."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask

Words = NDArray[np.uint32]


class Noise(Protocol):
    """The source of random numbers of the members of a block."""

    def take(self, first: int, steps: int) -> NDArray[Any]:
        """Return the random numbers or keys for `steps` steps from number `first` on."""

    def keep(self, members: Mask) -> None:
        """Keep the marked members only."""


def step_keys(seed: int, index: int, stream: int, steps: int) -> Words:
    """Return the two keys of the noise in each step, (steps, 2): a function of its arguments alone."""
    sequence = np.random.SeedSequence(seed, spawn_key=(index, stream))
    return sequence.generate_state(2 * steps, np.uint32).reshape(steps, 2).astype(np.uint32)


class Keys:
    """The noise keys of the members numbered `index`, drawn for `steps_per_draw` steps at a time.

    `stream` separates runs of the same members; block j of them uses stream + j. Without noise
    (`needed` False) there are no keys.
    """

    def __init__(
        self, seed: int, index: Integers, needed: bool, stream: int = 0, steps_per_draw: int = 1024
    ) -> None:
        self._seed, self._index, self._needed = seed, index, needed
        self._stream, self._steps_per_draw, self._chunk = stream, steps_per_draw, -1
        self._drawn = np.zeros((0, 2, len(index)), np.uint32)

    def keep(self, members: Mask) -> None:
        """Keep the marked members only."""
        self._index, self._drawn = self._index[members], self._drawn[:, :, members]

    def take(self, first: int, steps: int) -> Words:
        """Return the keys of `steps` steps from number `first` on: (steps, 2, members), or none."""
        if not self._needed:
            return np.zeros((0, 2, len(self._index)), np.uint32)
        parts, size = [], self._steps_per_draw
        while steps > 0:
            self._draw(first // size)
            part = self._drawn[first % size : first % size + steps]
            parts.append(part)
            first, steps = first + len(part), steps - len(part)
        return np.ascontiguousarray(np.concatenate(parts) if len(parts) > 1 else parts[0])

    def _draw(self, chunk: int) -> None:
        if chunk != self._chunk:
            drawn = [
                step_keys(self._seed, int(number), self._stream + chunk, self._steps_per_draw)
                for number in self._index
            ]
            self._drawn, self._chunk = np.stack(drawn, axis=2), chunk


def unit_numbers(place: Words, first: Words, second: Words, dtype: Any = np.float64) -> Array:
    """Return a number of zero mean and unit variance for each place and pair of keys, with broadcasting.

    The counter `place` is hashed with two keys (Wellons' lowbias32): the sum of the four bytes of the word
    has the first three moments of a normal number, which suffices for a fixed step.
    """
    word = place * np.uint32(0x9E3779B1) + first
    spare = word >> np.uint32(16)
    word ^= spare
    word *= np.uint32(0x7FEB352D)
    word ^= second
    word ^= np.right_shift(word, np.uint32(15), out=spare)
    word *= np.uint32(0x846CA68B)
    word ^= np.right_shift(word, np.uint32(16), out=spare)
    # The four bytes are added in pairs, side by side.
    np.right_shift(word, np.uint32(8), out=spare)
    for half in (word, spare):
        half &= np.uint32(0x00FF00FF)
    word += spare
    np.right_shift(word, np.uint32(16), out=spare)
    word &= np.uint32(0xFFFF)
    word += spare
    out = word.astype(dtype)
    out -= 510
    out *= 1.0 / math.sqrt(4 * (256 * 256 - 1) / 12)
    return np.asarray(out)


def normals(rows: int, keys: Words) -> Array:
    """Return random numbers of unit variance for a step with `keys` (2, members): (rows, members)."""
    return unit_numbers(np.arange(rows, dtype=np.uint32)[:, None], keys[0], keys[1])
