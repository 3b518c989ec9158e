"""`Looks`: a study whose draws go on until an interval is narrow enough, as rounds of points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from analoghop.errors import InputError
from analoghop.experiments.plan.points import Point, canonical
from analoghop.experiments.plan.until import YIELD, Level, Until
from analoghop.experiments.reporting.report import Figure, figures
from analoghop.experiments.running.work import Plan
from analoghop.experiments.store.point_result import PointResult
from analoghop.experiments.store.reader import Stored


class Looks:
    """The rounds of a study with `until`: after each of them, the combinations that are settled end.

    Which draws are made is a function of the results of earlier ones alone, not of interruptions, workers or
    what else is stored. `needed` are the positions of the points that the study has, as far as is known.
    """

    def __init__(self, plan: Plan, until: Until, store: Path) -> None:
        self._plan, self._until, self._store = plan, until, store
        criterion = plan.study.judged
        self._over = criterion.over if criterion is not None and until.metric == YIELD else ()
        self._counts = until.counts(plan.study.drawn.count)
        self._level = Level(len(self._counts))
        self._of = [self._combination(point) for _, point in plan.jobs]
        self._stops: dict[str, int] = {}

    def rounds(self) -> Iterator[Sequence[int]]:
        """Yield the positions that each round needs; the results must be stored before the next is asked."""
        before = 0
        for count in self._counts:
            yield [
                k
                for k, (_, point) in enumerate(self._plan.jobs)
                if self._of[k] not in self._stops and before <= draw_of(point) < count
            ]
            if count < self._counts[-1]:
                self._settle(count)
            before = count

    @property
    def needed(self) -> list[int]:
        """The positions of the points that the study has."""
        most = self._counts[-1]
        return [
            k
            for k, (_, point) in enumerate(self._plan.jobs)
            if draw_of(point) < self._stops.get(self._of[k], most)
        ]

    def _settle(self, count: int) -> None:
        """End the combinations whose intervals are narrow enough after `count` draws."""
        gathered: dict[str, list[PointResult]] = {}
        for row in Stored(self._store).rows():
            name = self._combination(row.point)
            if name not in self._stops and draw_of(row.point) < count:
                gathered.setdefault(name, []).append(row)
        for name, rows in gathered.items():
            interval = self._figure(rows).interval
            if interval is not None and interval[1] - interval[0] <= self._until.width:
                self._stops[name] = count

    def _figure(self, rows: Sequence[PointResult]) -> Figure:
        found = figures(rows, self._plan.study.judged, {self._until.metric: self._level})
        if self._until.metric not in found:
            raise InputError(
                f"`draws.until.metric` is {self._until.metric!r}, which is no number and no truth value here"
            )
        return found[self._until.metric]

    def _combination(self, point: Point) -> str:
        return canonical({name: v for name, v in point.values.items() if name not in self._over})


def draw_of(point: Point) -> int:
    """Return the number of the draw of a point that has one kind of draws."""
    return next((n for n in (point.part, point.start, point.noise) if n is not None), 0)
