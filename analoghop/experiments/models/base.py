"""`Subject`: a model prepared for its points."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from analoghop.errors import AnalogHopError
from analoghop.experiments.plan.points import Point
from analoghop.experiments.store.point_result import PointResult
from analoghop.formats.waveforms.waveforms import Waveforms
from analoghop.limits import Limits

Job = tuple[str, Point]
"""A point with its key."""


class Computed(NamedTuple):
    """A row, and its waveforms where they are to be kept."""

    row: PointResult
    waveforms: Waveforms | None = None


class Subject(ABC):
    """A model; `identity` is all of it that decides the numbers of its points, in types of JSON."""

    identity: Mapping[str, Any]

    @abstractmethod
    def check(self) -> None:
        """Raise `InputError` for axes, metrics or options that the model does not know."""

    @abstractmethod
    def compute(self, jobs: Sequence[Job], limits: Limits) -> list[Computed]:
        """Return the results of some points, in their order; all of them, unless the `limits` are over.

        A point that fails is a row with its status and an error: no exception but of the program itself.
        """

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about choices that the model makes for the study."""
        return ()

    def parts(self) -> dict[str, list[str]]:
        """Return the names of the parts that scatter, by the stream of their draws: value, offset ..."""
        return {}

    @property
    def chunk(self) -> int:
        """Number of points that are computed together: about a second of work, a function of the study."""
        return 1


def one_by_one(
    jobs: Sequence[Job], limits: Limits, wall: float | None, work: Callable[[Point, Limits], Any]
) -> list[Computed]:
    """Compute points one after the other by `work`, which returns (status, metrics, waveforms).

    Each has `wall` seconds. Errors of ours become rows with the status "error". A point that the `limits` cut
    short is left out.
    """
    done: list[Computed] = []
    for key, point in jobs:
        if limits.over:
            break
        cpu, clock = time.process_time(), time.monotonic()
        status, metrics, error, waves = "error", {}, None, None
        try:
            status, metrics, waves = work(point, limits if wall is None else _within(limits, wall))
        except (AnalogHopError, ArithmeticError) as failure:
            error = " ".join(str(failure).split()) or type(failure).__name__
        if status in ("time limit", "error") and _ended(limits):
            # The end of the whole command has cut this point short: it is computed anew.
            break
        row = PointResult(
            key, point, status, metrics, error, None, time.process_time() - cpu, time.monotonic() - clock
        )
        done.append(Computed(row, waves))
    return done


def _ended(limits: Limits) -> bool:
    return limits.over


def _within(limits: Limits, seconds: float) -> Limits:
    return limits.until(time.monotonic() + seconds)
