"""`ChainsTables`: the parameters of an anneal of chains at each of its steps, and its noise."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Integers, Mask
from analoghop.engines.machines.noise import Words, step_keys
from analoghop.errors import InputError
from analoghop.systems.assignment.chains import Chains

SWEEPS = 5
"""Sweeps of the last projection."""
LANE = 16
"""Rows are padded to a multiple of this: the number of float32 in the widest register."""
BLOCK = 4
"""Units that are computed together."""
LONGEST = 256
"""Largest number of slots."""
TAPE = 1 << 14


class ChainsTables(NamedTuple):
    """The tables of an anneal.

    `A` (units, units) and `bias` (units, slots) as in `Chains`; `first` (chains + 1,): the first unit of each
    chain and the number of units; `levels` (steps, 3): T, g and the standard deviation of the noise in a step
    of u; `dt`: the step in time constants. All numbers are of one type, float32 or float64.
    """

    A: NDArray[Any]
    bias: NDArray[Any]
    first: Integers
    levels: NDArray[Any]
    dt: Any


def chains_tables(system: Chains, dtype: str = "float32") -> ChainsTables:
    """Return the tables of `system`; raises `InputError` for more than 256 slots."""
    if system.slots > LONGEST:
        raise InputError(f"chains on {system.slots} slots are too many: at most {LONGEST}")
    times, dt = np.arange(system.steps) * system.step, system.step / system.tau
    T = system.temperature.value(times)
    amplitude = np.zeros(len(times)) if system.sigma is None else system.sigma.value(times) * T * np.sqrt(dt)
    levels = np.stack([T, system.self_coupling.value(times), amplitude], axis=1)
    return ChainsTables(
        system.A.astype(dtype),
        system.bias.astype(dtype),
        np.ascontiguousarray(system.clusters.starts),
        levels.astype(dtype),
        np.dtype(dtype).type(dt),
    )


class ChainKeys:
    """A key for each of the members numbered `index`, which determines all its noise."""

    def __init__(self, seed: int, index: Integers, stream: int) -> None:
        drawn = [step_keys(seed, int(number), stream, 1)[0, 0] for number in index]
        self.keys = np.array(drawn, dtype=np.uint32)

    def take(self, first: int, steps: int) -> Words:
        """Return the keys (members,), which are equal for all steps."""
        return self.keys

    def keep(self, members: Mask) -> None:
        """Keep the marked members only."""
        self.keys = self.keys[members]


@cache
def tape(dtype: str) -> NDArray[Any]:
    """Return a table of normal numbers: noise is read at random positions of it, a block of units at once."""
    numbers = np.random.default_rng(20_250_101).standard_normal(TAPE + BLOCK * LONGEST).astype(dtype)
    numbers.flags.writeable = False
    return numbers


def places(steps: int, units: int, key: np.uint32) -> Integers:
    """Return the positions of the noise in the table, (steps, blocks): a hash of a counter and `key`."""
    blocks = -(-units // BLOCK)
    word = np.arange(steps * blocks, dtype=np.uint32) * np.uint32(0x9E3779B1) + key
    word ^= word >> np.uint32(16)
    word *= np.uint32(0x7FEB352D)
    word ^= word >> np.uint32(15)
    return (word & np.uint32(TAPE - 1)).astype(np.int64).reshape(steps, blocks)


def noise(tape: NDArray[Any], places: Integers, units: int, slots: int) -> NDArray[Any]:
    """Return the noise (units, slots) of one step at the positions `places` (blocks,)."""
    width = -(-slots // LANE) * LANE
    p, i = np.arange(units)[:, None], np.arange(slots)
    return np.asarray(tape[places[p // BLOCK] + p % BLOCK * width + i])
