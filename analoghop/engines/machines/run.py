"""`run`: the loop that steps machines, in blocks of members over threads, until they end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, Mask
from analoghop.engines.machines.members import Ends, Record, checked
from analoghop.engines.machines.stepper import Stepper
from analoghop.limits import LONGEST_CALL, Limits


def run(
    stepper: Stepper,
    x0: ArrayLike,
    seed: int,
    index: ArrayLike,
    limits: Limits | None = None,
    *,
    stream: int = 0,
    first: int = 0,
    steps: int | None = None,
    stop_after_solved: int | None = None,
    at: Sequence[int] = (),
) -> Ends:
    """Return the `Ends` of the members of the stepper's machine, which begin at `x0` (size, members).

    `index` (members,) numbers the members: each is a function of (`seed`, its number, `stream`) alone,
    independent of the batch and the threads. The steps are those numbered from `first` to below `steps`, None
    for all. A member ends when it passes the machine's test, made every `check_every` steps; all end once
    `stop_after_solved` are solved, or when `limits` are over, checked about every 0.2 s. At least one call of
    the first block is made, so that there is a result. States and outputs after the numbers of steps in `at`
    are recorded. Raises `InputError` for wrong shapes.
    """
    machine = stepper.machine
    x, numbers = checked(machine, x0, index)
    last = machine.steps if steps is None else min(steps, machine.steps)
    record = Record(machine, len(numbers), first, last, at)
    loop = _Loop(stepper, limits or Limits(), record, seed, stream, first, last, stop_after_solved)
    blocks = _blocks(len(numbers), stepper, loop.limits.threads)
    with np.errstate(all="ignore"):
        loop.limits.run_in_threads(lambda places: loop.block(x, numbers, places), blocks)
    loop.unstarted(x, blocks)
    if limits is None and loop.limits.interrupted:
        raise KeyboardInterrupt  # the caller has no limits that could report it
    return record.ends(loop.limits.interrupted, stepper.ran)


def _blocks(count: int, stepper: Stepper, threads: int) -> list[Integers]:
    """Return the indices of the members of each block; blocks of free width have about equal widths."""
    if stepper.padded:
        return [np.arange(k, min(k + stepper.width, count)) for k in range(0, count, stepper.width)]
    pieces = max(-(-count // stepper.width), min(threads, count))
    return [part.astype(np.int64) for part in np.array_split(np.arange(count), pieces)] if count else []


@dataclass
class _Loop:
    """The blocks of one run; `pace`: seconds for a step of a block, as last measured, inf before."""

    stepper: Stepper
    limits: Limits
    record: Record
    seed: int
    stream: int
    first: int
    last: int
    stop_after_solved: int | None
    pace: float = float("inf")
    begun: set[int] = field(default_factory=set)
    ended: int = 0

    @property
    def over(self) -> bool:
        """Whether to end now."""
        wanted = self.stop_after_solved
        return self.limits.over or (wanted is not None and self.record.solved >= wanted)

    def block(self, x: Array, numbers: Integers, places: Integers) -> None:
        """Take the steps of the members in `places`."""
        stepper, machine, record, k = self.stepper, self.stepper.machine, self.record, self.first
        if places[0] != 0 and self.over:
            return
        self.begun.add(int(places[0]))
        count = len(places)
        filled = places
        if stepper.padded:
            filled = np.minimum(np.arange(places[0], places[0] + stepper.width), places[-1])
        noise = stepper.noise(self.seed, numbers[filled], self.stream)
        block = stepper.load(x[:, filled], k)
        running = np.ones(count, dtype=bool)
        if record.wants(k):
            record.trace(k, places, stepper.states(block)[:, :count], stepper.outputs(block, k)[:, :count])
        while k < self.last and running.any() and (k == self.first or not self.over):
            look = k + machine.check_every - (k - self.first) % machine.check_every
            end = min(look, self.last, record.stop_after(k), k + self._most())
            began = time.perf_counter()
            try:
                stepper.advance(block, k, end - k, noise.take(k, end - k))
            except KeyboardInterrupt:
                # A signal handler of the program raised it: members stand where their last call left them.
                self.limits.interrupt()
                if self.limits.insistent:
                    raise
                break
            self.pace = (time.perf_counter() - began) / (end - k)
            k = end
            if record.wants(k):
                states, outputs = stepper.states(block), stepper.outputs(block, k)
                record.trace(
                    k, places[running], states[:, :count][:, running], outputs[:, :count][:, running]
                )
            if not machine.has_test or k not in (look, self.last):
                continue
            new = stepper.solved(block)[:count] & running
            if new.any():
                self._put(block, places, new, k, solved=True)
                running &= ~new
                narrow = stepper.narrowed(block, running) if running.any() else None
                if narrow is not None:
                    block, places, running = narrow, places[running], running[running]
                    noise.keep(~new)
                    count = len(places)
        if running.any():
            self._put(block, places, running, k, solved=False)

    def _most(self) -> int:
        """Return the largest number of steps of a call, so that the limits are checked often enough."""
        return max(1, int(min(LONGEST_CALL / max(self.pace, 1e-9), 1 << 30))) if self.pace < np.inf else 1

    def _put(self, block: object, places: Integers, which: Mask, k: int, *, solved: bool) -> None:
        """Store the results of the members `which` of a block."""
        stepper, count = self.stepper, len(places)
        self.record.put(
            places[which],
            stepper.states(block)[:, :count][:, which],
            stepper.outputs(block, k)[:, :count][:, which],
            k,
            solved,
            {name: values[..., :count][..., which] for name, values in stepper.extras(block).items()},
        )
        self.ended += int(np.count_nonzero(which))
        self.limits.tell(self.ended, self.record.count, "starts", self.record.solved)

    def unstarted(self, x: Array, blocks: Sequence[Integers]) -> None:
        """Store the starts of the blocks that never began, or that Ctrl-C interrupted."""
        for places in blocks:
            if int(places[0]) not in self.begun:
                block = x[:, places]
                outputs = np.zeros((self.stepper.machine.n_outputs, len(places)))
                self.record.put(places, block, outputs, self.first, False, {})
