"""One process: chunks are computed one after the other by the driver itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analoghop.experiments.models.base import Computed
from analoghop.experiments.running.work import Plan, compute
from analoghop.limits import Limits


def in_this_process(
    plan: Plan, chunks: Sequence[Sequence[int]], limits: Limits
) -> Iterator[list[tuple[int, Computed]]]:
    """Yield the results of each chunk with their positions."""
    quiet = limits.alone()
    for positions in chunks:
        if limits.over:
            return
        found = compute(plan.subject, [plan.jobs[k] for k in positions], quiet)
        yield list(zip(positions, found, strict=False))
