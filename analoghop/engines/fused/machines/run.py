"""`run_kernel`: members in blocks of replicas, blocks over threads, each until it is solved or at its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike

from analoghop.engines.fused.machines.kernel import Kernel
from analoghop.engines.machines.members import Keys, MachineEnds, Record, checked, late


def run_kernel(
    kernel: Kernel,
    x0: ArrayLike,
    seed: int,
    index: ArrayLike,
    threads: int = 1,
    deadline: float | None = None,
    steps: int | None = None,
    enough: int | None = None,
    first: int = 0,
) -> MachineEnds:
    """Return how the members that begin at `x0` (size, members) end; see `engines.machines`."""
    machine, width = kernel.machine, kernel.width
    x, numbers = checked(machine, x0, index)
    record = Record(machine, len(numbers))
    last = machine.steps if steps is None else min(steps, machine.steps)

    def run(begin: int) -> None:
        places = np.arange(begin, min(begin + width, len(numbers)))
        # The last block is filled up with copies of its last member, which nobody reads.
        filled = np.minimum(np.arange(begin, begin + width), len(numbers) - 1)
        keys = Keys(seed, numbers[filled], machine.normals > 0)
        block = kernel.load(x[:, filled], first)
        running, k = np.ones(len(places), dtype=bool), first
        while k < last and running.any() and not (late(deadline) or record.enough(enough)):
            count = min(machine.look, last - k)
            kernel.advance(block, k, count, keys.take(k, count))
            k += count
            if not machine.has_test:
                continue
            new = kernel.solved(block)[: len(places)] & running
            if new.any():
                record.put(places[new], kernel.states(block)[:, : len(places)][:, new], k, new[new])
                running &= ~new
        record.put(places[running], kernel.states(block)[:, : len(places)][:, running], k)

    blocks = range(0, len(numbers), width)
    if threads > 1 and len(blocks) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, blocks))
    else:
        for begin in blocks:
            run(begin)
    return record.ends()
