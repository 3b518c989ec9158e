"""Cues: stored patterns with bits flipped, erased, or blurred by analog noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, check_number, readonly_fields, real_array
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

Damage = Literal["flip", "erase", "blur"]


@dataclass(frozen=True, eq=False)
class Cues:
    """The inputs `values` (n, members) of a memory; `wanted` (members,) are the patterns they are made from.

    Bits are +1 and -1, 0 if erased, any number if blurred. `noise` (members,) is the share of bits flipped or
    erased, or the standard deviation of a blur.
    """

    values: Array
    wanted: Integers
    noise: Array

    def __post_init__(self) -> None:
        values = real_array(self.values, "values", "cues (n, members)").copy()
        wanted = _numbers(self.wanted)
        if values.ndim != 2 or not np.isfinite(values).all():
            raise InputError("`values` of cues are finite numbers (n, members)")
        if wanted.shape != values.shape[1:]:
            raise InputError(f"`wanted` has shape {wanted.shape}, expected one pattern for each cue")
        noise = np.array(np.broadcast_to(np.asarray(self.noise, dtype=np.float64), wanted.shape))
        readonly_fields(self, values=values, noise=noise)
        object.__setattr__(self, "wanted", wanted)
        for array in (values, noise):
            array.flags.writeable = False

    @property
    def members(self) -> int:
        """Number of cues."""
        return int(self.values.shape[1])

    def flipped(self, memory: Memory) -> Array:
        """Return the share of bits whose sign is opposite to that of the wanted pattern, (members,)."""
        return np.asarray((self.values * memory.patterns[self.wanted].T < 0.0).mean(axis=0))


def make_cues(
    memory: Memory,
    wanted: Sequence[int] | Integers | None = None,
    *,
    noise: float = 0.1,
    damage: Damage = "flip",
    seed: int = 0,
    numbers: Sequence[int] | None = None,
) -> Cues:
    """Return a cue for each pattern in `wanted` (0-based, possibly repeated; None: every pattern once).

    `damage`: "flip" inverts, "erase" clears `noise` n bits, rounded, chosen at random; "blur" adds to every
    bit a normal deviate of standard deviation `noise`. The random damage of a cue depends on `seed` and its
    number alone, one of `numbers`, by default 0, 1, 2 ... Raises `InputError` for a share outside 0..1, a
    negative deviation, or patterns that do not exist.
    """
    chosen = np.arange(memory.count) if wanted is None else _numbers(wanted)
    if chosen.ndim != 1 or not len(chosen):
        raise InputError("`wanted` names no pattern")
    if chosen.min() < 0 or chosen.max() >= memory.count:
        odd = chosen[(chosen < 0) | (chosen >= memory.count)][0]
        raise InputError(f"pattern {odd + 1} is to be the cue, expected one of 1 to {memory.count}")
    if damage not in ("flip", "erase", "blur"):
        raise InputError(f"`damage` is flip, erase or blur, not {damage!r}")
    check_seed(seed, "seed")
    expected = "a deviation from 0" if damage == "blur" else "a share of the bits from 0 to 1"
    noise = check_number(noise, "noise", expected)
    if not (noise >= 0 and (damage == "blur" or noise <= 1)):
        raise InputError(f"the noise of the cues ({damage}) is {noise:g}, expected {expected}")
    n = memory.size
    values = memory.patterns[chosen].T.copy()
    hit = round(noise * n)
    for k in range(len(chosen)):
        rng = np.random.Generator(np.random.Philox(key=[seed, k if numbers is None else numbers[k]]))
        if damage == "blur":
            values[:, k] += noise * rng.standard_normal(n)
        elif hit:
            values[rng.permutation(n)[:hit], k] *= -1.0 if damage == "flip" else 0.0
    share = noise if damage == "blur" else hit / n
    return Cues(values + 0.0, chosen, np.full(len(chosen), share))


def given_cues(memory: Memory, values: ArrayLike, wanted: Sequence[int] | None = None) -> Cues:
    """Return `Cues` with the given `values` (n, members) for the patterns `wanted`, one for each.

    None: the wanted pattern of each is the most similar one. Their `noise` is the share of bits whose sign
    differs from the pattern's. Raises `InputError` for another number of bits, or of patterns.
    """
    array = real_array(values, "values", "cues (n, members)")
    if array.ndim != 2 or len(array) != memory.size:
        raise InputError(f"cues have shape {array.shape}, expected {memory.size} bits each")
    if wanted is None:
        chosen = memory.overlaps(array).argmax(axis=0)
    else:
        chosen = _numbers(wanted)
        if chosen.shape != array.shape[1:] or not ((chosen >= 0) & (chosen < memory.count)).all():
            raise InputError(
                f"`wanted` names {len(chosen)} patterns for {array.shape[1]} cues, expected one of the "
                f"{memory.count} for each"
            )
    return Cues(array, chosen, (np.sign(array) != memory.patterns[chosen].T).mean(axis=0))


def _numbers(wanted: ArrayLike) -> Integers:
    """Return the numbers of patterns as an array; raises `InputError` for other values."""
    array = real_array(wanted, "wanted", "numbers of patterns")
    if not np.array_equal(array, np.rint(array)):
        raise InputError("`wanted` holds a value that is no number of a pattern")
    return np.asarray(array, dtype=np.int64)
