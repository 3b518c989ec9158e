"""What every engine for machines takes and returns: the members, the keys of their noise, their ends."""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Indices, Integers, Mask, members
from analoghop.engines.machines.assignment_tables import step_keys
from analoghop.errors import InputError
from analoghop.systems.machine import Machine

CHUNK = 1024
"""Steps whose keys are drawn at once."""


class MachineEnds(NamedTuple):
    """How members ended: `outputs` (n_outputs, members) and `states` (size, members) of their last step.

    `failed` are those that left the finite numbers, `solved` those that stopped because they may, `steps`
    what each has taken; `evaluations` is their sum. A member that is none of both and has not taken all
    steps was stopped by the deadline, or because enough others were solved.
    """

    outputs: Array
    states: Array
    failed: Mask
    solved: Mask
    steps: Integers
    evaluations: int


def checked(machine: Machine, x0: ArrayLike, index: ArrayLike) -> tuple[Array, Integers]:
    """Return `x0` as (size, members) and the numbers of the members, or raise `InputError`."""
    x = members(x0, machine.size, "x0")
    numbers = np.asarray(index, dtype=np.int64)
    if numbers.shape != (x.shape[1],):
        raise InputError(f"`index` has shape {numbers.shape}, expected one number for each of {x.shape[1]}")
    return x, numbers


def late(deadline: float | None) -> bool:
    """Return whether `deadline` (of `time.monotonic`) has passed."""
    return deadline is not None and time.monotonic() >= deadline


class Keys:
    """The keys of the noise of the members numbered `index`: a function of (seed, number, step) alone."""

    def __init__(self, seed: int, index: Integers, needed: bool) -> None:
        self._seed, self._index, self._needed = seed, index, needed
        self._chunk = -1
        self._drawn = np.zeros((0, 2, len(index)), np.uint32)

    def keep(self, slots: Mask) -> None:
        """Keep the members in `slots` only."""
        self._index, self._drawn = self._index[slots], self._drawn[:, :, slots]

    def take(self, first: int, steps: int) -> NDArray[np.uint32]:
        """Return the keys of `steps` steps from number `first` on: (steps, 2, members), or none."""
        if not self._needed:
            return np.zeros((0, 2, len(self._index)), np.uint32)
        parts = []
        while steps > 0:
            self._draw(first // CHUNK)
            part = self._drawn[first % CHUNK : first % CHUNK + steps]
            parts.append(part)
            first, steps = first + len(part), steps - len(part)
        return np.ascontiguousarray(np.concatenate(parts))

    def _draw(self, chunk: int) -> None:
        if chunk != self._chunk:
            drawn = [step_keys(self._seed, int(number), chunk, CHUNK) for number in self._index]
            self._drawn, self._chunk = np.stack(drawn, axis=2), chunk


class Record:
    """The ends of the members, as they come."""

    def __init__(self, machine: Machine, count: int) -> None:
        self._machine = machine
        self._outputs, self._states = np.zeros((machine.n_outputs, count)), np.zeros((machine.size, count))
        self._failed, self._solved = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        self._steps = np.zeros(count, dtype=np.int64)

    def put(self, places: Indices, x: Array, steps: int, solved: Mask | None = None) -> None:
        """Write down that the members in `places` ended in `x` (size, len(places)) after `steps`."""
        if len(places) == 0:
            return
        finite = np.isfinite(x).all(axis=0)
        safe = np.where(finite, x, 0.0)
        self._states[:, places] = x
        self._outputs[:, places] = np.where(
            finite, self._machine.outputs(steps * self._machine.step, safe), 0.0
        )
        self._failed[places], self._steps[places] = ~finite, steps
        self._solved[places] = False if solved is None else solved & finite

    def enough(self, wanted: int | None) -> bool:
        """Return whether as many members as `wanted` are solved."""
        return wanted is not None and int(self._solved.sum()) >= wanted

    def ends(self) -> MachineEnds:
        """Return how all ended."""
        total = int(self._steps.sum())
        return MachineEnds(self._outputs, self._states, self._failed, self._solved, self._steps, total)
