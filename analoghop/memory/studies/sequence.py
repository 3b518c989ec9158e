"""`visits`: the sequence of patterns that a sequence circuit visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.engines import Engine
from analoghop.engines.choice import EngineName
from analoghop.errors import InputError, NumericalError
from analoghop.limits import Limits
from analoghop.memory.circuits.memory_circuit import MemoryCircuit
from analoghop.memory.judgement import RETRIEVED
from analoghop.simulate import simulate
from analoghop.solution import Ran, Status


class Visit(NamedTuple):
    """A stay in the pattern numbered `pattern`, from 0, between two times in seconds."""

    pattern: int
    begin: float
    end: float


@dataclass(frozen=True, eq=False)
class SequenceVisits:
    """`times` (k,) in seconds, `overlaps` (patterns, k) of the features' signs, `visits` in their order.

    `ran` is the engine, `interrupted` whether Ctrl-C ended the run.
    """

    times: Array
    overlaps: Array
    visits: tuple[Visit, ...]
    ran: Ran
    interrupted: bool = False

    @property
    def in_order(self) -> bool:
        """Whether every pattern was visited, each after the one before it, the first after the last."""
        order = np.array([visit.pattern for visit in self.visits])
        count = len(self.overlaps)
        return len(set(order)) == count and bool((np.diff(order) % count == 1 % count).all())


def visits(
    circuit: MemoryCircuit,
    *,
    first: int = 0,
    duration: float | None = None,
    points: int = 1001,
    engine: EngineName | Engine = "auto",
    limits: Limits | None = None,
) -> SequenceVisits:
    """Return the patterns that the circuit of a sequence visits from the pattern `first`, counted from 0.

    It is recorded at `points` times, evenly over `duration` seconds (None: the circuit's default, more than
    one period), or until the `limits` are over. A pattern is visited while the overlap is 0.95 or more.
    Raises `InputError` for a pattern that does not exist, fewer than 2 points or a duration that is not
    positive, `NumericalError` if the integration fails.
    """
    memory = circuit.memory
    if not 0 <= first < memory.count:
        raise InputError(f"pattern {first + 1} is the first pattern, expected one of 1 to {memory.count}")
    until = circuit.duration if duration is None else duration
    if points < 2 or not until > 0:
        raise InputError(
            f"{points} points in {until:g} s are no times, expected 2 points and a positive time"
        )
    start = circuit.begin(memory.patterns[[first]].T)[:, 0]
    run = simulate(
        circuit.system, x0=start, times=np.linspace(0.0, until, points), engine=engine, limits=limits
    )
    if run.status is Status.FAILED:
        raise NumericalError(f"the circuit cannot be integrated: {run.message}")
    overlaps = memory.overlaps(circuit.signs(run.states))
    found: list[Visit] = []
    for time, column in zip(run.times.tolist(), overlaps.T, strict=True):
        best = int(column.argmax())
        if column[best] < RETRIEVED:
            continue
        begin = found.pop().begin if found and found[-1].pattern == best else time
        found.append(Visit(best, begin, time))
    return SequenceVisits(run.times, overlaps, tuple(found), run.ran, bool(run.record.get("interrupted")))
