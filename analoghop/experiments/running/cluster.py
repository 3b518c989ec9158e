"""Chunks of a study in several processes, and the points that kill their worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analoghop.experiments.models.base import Computed, Job
from analoghop.experiments.running.work import Plan, compute_elsewhere
from analoghop.experiments.store.point_result import PointResult
from analoghop.limits import Limits
from analoghop.workers import Killed, Workers, result_of

_AHEAD = 2  # chunks for each worker that wait there, so that none is idle

Found = list[tuple[int, Computed]]


def on_cluster(
    plan: Plan, chunks: Sequence[Sequence[int]], workers: Workers, limits: Limits
) -> Iterator[Found]:
    """Yield the results of the chunks, as they come, from `workers`.

    A chunk whose worker dies is tried on another. If that dies too, the chunk is taken apart, and its points
    are tried alone, one at a time: a point that kills its worker then becomes the row "crashed".
    """
    suspects: list[int] = []

    def given(positions: Sequence[int]) -> Sequence[object]:
        jobs: list[Job] = [plan.jobs[k] for k in positions]
        # The study goes with every chunk: what is kept on a worker dies with it.
        return plan.study, plan.fingerprint, jobs, limits.left if limits.limited else None

    for positions, future in workers.shared(compute_elsewhere, chunks, given, limits, ahead=_AHEAD):
        try:
            yield list(zip(positions, result_of(future, "points"), strict=False))
        except Killed:
            suspects += positions
    for position in suspects:
        for _, future in workers.shared(compute_elsewhere, [[position]], given, limits, ahead=1):
            try:
                found = result_of(future, "a point")
            except Killed:
                found = [_crashed(plan, position)]
            yield list(zip([position], found, strict=False))


def _crashed(plan: Plan, position: int) -> Computed:
    key, point = plan.jobs[position]
    words = "the worker's process ended while it computed this point, at every try"
    return Computed(PointResult(key, point, "crashed", error=words))
