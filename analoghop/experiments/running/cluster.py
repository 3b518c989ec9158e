"""Several processes, by Dask: a cluster on this machine, or one that the user has."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from analoghop.errors import InputError, MissingProgram
from analoghop.experiments.models.base import Computed, Job
from analoghop.experiments.running.work import Plan, compute_elsewhere
from analoghop.experiments.store.point_result import PointResult
from analoghop.limits import Limits

_AHEAD = 2  # chunks for each worker that wait there, so that none is idle
_DEATHS = 1  # workers that a chunk may kill before it counts as guilty; one may be another's fault
_PATIENCE = 20.0  # s until the scheduler must have answered
_POLL = 0.2  # s between looks at the limits

Found = list[tuple[int, Computed]]


def on_cluster(
    plan: Plan, chunks: Sequence[Sequence[int]], workers: int, address: str | None, limits: Limits
) -> Iterator[Found]:
    """Yield the results of the chunks, as they come, from `workers` processes or the scheduler at `address`.

    A chunk whose worker dies is tried on another. If that dies too, the chunk is taken apart, and its points
    are tried alone, one at a time: a point that kills its worker then becomes the row "crashed".
    Raises `MissingProgram` without `dask.distributed`.
    """
    if not chunks:
        return
    try:
        import dask
        import distributed
    except ImportError as error:
        raise MissingProgram(
            "several workers need dask.distributed: install analoghop[cluster], or leave out -j and --dask"
        ) from error
    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS}))
        if address is None:
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=min(workers, len(chunks)),
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                )
            )
            client = stack.enter_context(distributed.Client(cluster))
        else:
            client = stack.enter_context(_client(address, limits))
        yield from _Session(plan, client, limits).results(chunks)


def _client(address: str, limits: Limits) -> Any:
    """Return the client of the scheduler at `address`; raises `InputError` where none answers in time."""
    from distributed import Client

    wait = min(_PATIENCE, max(limits.left, 1.0))
    try:
        return Client(address, timeout=f"{wait:g}s")
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"no scheduler of Dask answers at {address} within {wait:g} s: {error}") from None


class _Session:
    """The chunks in flight on one cluster."""

    def __init__(self, plan: Plan, client: Any, limits: Limits) -> None:
        self._plan, self._client, self._limits = plan, client, limits
        self._suspects: list[int] = []

    def results(self, chunks: Sequence[Sequence[int]]) -> Iterator[Found]:
        """Yield the results of all chunks, then those of points that were in chunks that killed workers."""
        waiting = iter(chunks)
        flying: dict[Any, Sequence[int]] = {}
        window = _AHEAD * max(1, len(self._client.scheduler_info()["workers"]))
        while not self._limits.over:
            for positions in waiting:
                flying[self._submit(positions)] = positions
                if len(flying) >= window:
                    break
            if not flying:
                break
            for future in self._finished(flying):
                positions = flying.pop(future)
                yield self._collected(future, positions)
        for future in flying:
            future.cancel()
        for position in self._suspects:
            if self._limits.over:
                return
            future = self._submit([position])
            while not self._limits.over and not future.done():
                self._finished({future: [position]})
            if future.done():
                yield self._collected(future, [position], alone=True)

    def _submit(self, positions: Sequence[int]) -> Any:
        jobs: list[Job] = [self._plan.jobs[k] for k in positions]
        left = self._limits.left if self._limits.limited else None
        # The study goes with every chunk: what is kept on a worker dies with it.
        return self._client.submit(
            compute_elsewhere, self._plan.study, self._plan.fingerprint, jobs, left, pure=False
        )

    def _finished(self, flying: dict[Any, Sequence[int]]) -> list[Any]:
        from distributed import wait

        try:
            return list(wait(list(flying), timeout=_POLL, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []

    def _collected(self, future: Any, positions: Sequence[int], alone: bool = False) -> Found:
        from distributed.scheduler import KilledWorker

        try:
            return list(zip(positions, future.result(), strict=False))
        except KilledWorker:
            if not alone:
                self._suspects += positions
                return []
            key, point = self._plan.jobs[positions[0]]
            words = "the worker's process ended while it computed this point, at every try"
            return [(positions[0], Computed(PointResult(key, point, "crashed", error=words)))]
