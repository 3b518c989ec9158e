"""Machines by their own definition, in NumPy and double precision, many members at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Indices
from analoghop.engines.machines.assignment import unit_numbers
from analoghop.engines.machines.members import Keys, MachineEnds, Record, checked, late
from analoghop.systems.machine import Machine

BATCH = 1 << 16  # numbers of one array: what stays near the processor


def run_machine(
    machine: Machine,
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
    x, numbers = checked(machine, x0, index)
    record = Record(machine, len(numbers))
    batch = max(1, BATCH // machine.size)
    last = machine.steps if steps is None else min(steps, machine.steps)

    def run(begin: int) -> None:
        places = np.arange(begin, min(begin + batch, len(numbers)))
        _run(
            machine,
            x[:, places],
            Keys(seed, numbers[places], machine.normals > 0),
            places,
            range(first, last),
            record,
            deadline,
            enough,
        )

    with ThreadPoolExecutor(max(1, threads)) as pool, np.errstate(all="ignore"):
        list(pool.map(run, range(0, len(numbers), batch)))
    return record.ends()


def _run(
    machine: Machine,
    x: Array,
    keys: Keys,
    places: Indices,
    steps: range,
    record: Record,
    deadline: float | None,
    enough: int | None,
) -> None:
    """Take the steps of one batch; members that are solved leave it."""
    k, last = steps.start, steps.stop
    with np.errstate(all="ignore"):
        while k < last and len(places) and not (late(deadline) or record.enough(enough)):
            count = min(machine.look, last - k)
            words = keys.take(k, count)
            for step in range(count):
                normal = normals(machine.normals, words[step]) if machine.normals else None
                x = machine.advance(k + step, x, normal)
            k += count
            if machine.has_test and (solved := machine.solved(x)).any():
                record.put(places[solved], x[:, solved], k, solved[solved])
                x, places = x[:, ~solved], places[~solved]
                keys.keep(~solved)
    record.put(places, x, k)


def normals(rows: int, keys: NDArray[np.uint32]) -> Array:
    """Return the numbers of unit variance of a step with `keys` (2, members): (rows, members)."""
    return unit_numbers(np.arange(rows, dtype=np.uint32)[:, None], keys[0], keys[1])
