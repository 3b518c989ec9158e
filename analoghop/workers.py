"""`Workers`: processes that share work, on this machine or in a cluster of Dask."""

from __future__ import annotations

import logging
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, wait
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from analoghop.errors import InputError, MissingProgram, NumericalError
from analoghop.limits import Limits

_DEATHS = 1  # workers that a piece of work may kill before it counts as guilty; one may be another's fault
_RETURN = "2 minutes"  # for a process that has died to be replaced, before Dask takes its place away
ANSWER = 20.0
"""Seconds in which a scheduler must answer."""
_POLL = 0.2  # s between looks at the limits
_GRACE = 2.0  # s that workers have to report after the time is up: they keep the same limit

_PULSE = 2.0  # s that a part takes about
_PATIENCE = 0.9  # of the time of a lot must be left for another to begin

Part = TypeVar("Part")


class Workers:
    """Processes that compute for this one, behind an `executor` of the standard library's contract.

    `Workers.local(4)` starts processes on this machine, `Workers.at(address)` uses those of a scheduler of
    Dask; both are contexts and need the extra `cluster`. Another executor comes with the number of processes
    that it has, `count`. `solve`, `simulate_many` and `run_study` share their work among them.
    """

    def __init__(self, executor: Executor, count: int) -> None:
        self._executor, self._count = executor, count

    @staticmethod
    @contextmanager
    def local(count: int) -> Iterator[Workers]:
        """Yield `count` processes of one thread each, which end with the context.

        Raises `MissingProgram` without `dask.distributed`.
        """
        with _dask() as (distributed, stack):
            cluster = distributed.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
            stack.enter_context(cluster)
            yield _DaskWorkers(stack.enter_context(distributed.Client(cluster)))

    @staticmethod
    @contextmanager
    def at(address: str, within: float = ANSWER) -> Iterator[Workers]:
        """Yield the processes of the scheduler at `address`, such as "tcp://10.0.0.1:8786".

        They stay when the context ends, and must have this version of the package. Raises `InputError` where
        no scheduler answers `within` seconds or it has no workers, and `MissingProgram` without
        `dask.distributed`.
        """
        with _dask() as (distributed, stack):
            try:
                client = stack.enter_context(distributed.Client(address, timeout=f"{within:g}s"))
            except (OSError, ValueError, TypeError) as error:
                raise InputError(
                    f"no scheduler of Dask answers at {address} within {within:g} s: {error}"
                ) from None
            workers = _DaskWorkers(client)
            if not workers.count:
                raise InputError(f"the scheduler at {address} has no workers: start them by `dask worker`")
            yield workers

    @property
    def count(self) -> int:
        """The number of processes now."""
        return self._count

    def _submit(self, work: Callable[..., Any], *given: object) -> Any:
        """Return the future of `work(*given)`."""
        return self._executor.submit(work, *given)

    def _done(self, flying: Iterable[Any]) -> Iterable[Any]:
        """Return the futures that are done, after 0.2 s at the latest."""
        return wait(flying, timeout=_POLL, return_when=FIRST_COMPLETED).done

    def _release(self, future: Any) -> None:
        """Forget a result that has been taken."""

    def shared(
        self,
        work: Callable[..., Any],
        parts: Iterable[Part],
        given: Callable[[Part], Sequence[object]],
        limits: Limits,
        *,
        ahead: int,
    ) -> Iterator[tuple[Part, Any]]:
        """Yield each part with the future of `work(*given(part))`, as they end.

        `parts` and `given` are asked when a worker needs work: `ahead` parts for each worker wait there. No
        part is begun when the limits are over. Those that run then have 2 s to report if the time is up, and
        are given up after Ctrl-C.
        """
        waiting, flying = iter(parts), dict[Any, Part]()
        patience = limits.further(limits.left + _GRACE) if limits.limited else limits
        while not patience.over:
            # Dask may forget work that is sent while all workers are being replaced: it waits here.
            window = ahead * self.count
            while len(flying) < window and not limits.over:
                part = next(waiting, _NO_PART)
                if part is _NO_PART:
                    break
                flying[self._submit(work, *given(part))] = part
            if not flying:
                if window:
                    return
                time.sleep(_POLL)
            for future in list(self._done(flying)):
                yield flying.pop(future), future
                self._release(future)
        for future in flying:
            future.cancel()


_NO_PART: Any = object()


class _DaskWorkers(Workers):
    """The workers of a client of Dask.

    Its own executor for the standard library's contract is not used: a future whose worker dies may never end
    there.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def count(self) -> int:
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def _submit(self, work: Callable[..., Any], *given: object) -> Any:
        return self._client.submit(work, *given, pure=False)

    def _done(self, flying: Iterable[Any]) -> Iterable[Any]:
        from distributed import wait as wait_for

        try:
            return list(wait_for(list(flying), timeout=_POLL, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []

    def _release(self, future: Any) -> None:
        # Else the result is computed once more if its worker dies later.
        future.release()


class Parts:
    """Cuts `total` numbers (None: as many as there is time for) into parts of about two seconds each.

    The first parts have `first` numbers; then those that workers have computed, see `count`, tell how many
    take that long. A part has at most `most` numbers, and at least a `lot`, which costs as much as one.
    """

    def __init__(
        self, total: int | None, limits: Limits, workers: Workers, *, first: int, most: int, lot: int = 1
    ) -> None:
        self.begun = self.ended = 0
        self._total, self._limits, self._workers = total, limits, workers
        self._first, self._most, self._lot = first, most, lot
        self._cpu_s = 0.0

    def count(self, numbers: int, cpu_s: float) -> None:
        """Take note of so many numbers that a worker has computed in `cpu_s` seconds."""
        self.ended += numbers
        self._cpu_s += cpu_s

    def __iter__(self) -> Iterator[range]:
        """Yield the numbers of the next part, until there are enough or too little time is left for one."""
        while size := self._size():
            self.begun += size
            yield range(self.begun - size, self.begun)

    def _size(self) -> int:
        limits, wished = self._limits, self._first
        if self.ended:
            per_lot = max(self._cpu_s / self.ended * self._lot, 1e-9)
            if limits.left < _PATIENCE * per_lot:
                return 0
            wished = int(min(_PULSE, limits.left) / per_lot) * self._lot
        left = self._most if self._total is None else self._total - self.begun
        # Nobody is idle while another has several lots.
        share = left if self._total is None else -(-left // max(1, self._workers.count))
        return max(0, min(left, self._most, max(self._lot, min(wished, share))))


Sharing = int | str | Workers
"""Who shares the work: a number of processes on this machine, a scheduler's address, or `Workers`."""


@contextmanager
def sharing(workers: Sharing, left: float = math.inf) -> Iterator[Workers | None]:
    """Yield the `Workers` that are asked for, None for 1: this process alone.

    A scheduler must answer in the `left` seconds, or in one second where less is left.

    Raises what `check_sharing`, `Workers.local` and `Workers.at` raise.
    """
    check_sharing(workers)
    if isinstance(workers, Workers):
        yield workers
    elif isinstance(workers, str):
        with Workers.at(workers, min(ANSWER, max(left, 1.0))) as found:
            yield found
    elif workers == 1:
        yield None
    else:
        with Workers.local(workers) as made:
            yield made


def check_sharing(workers: object) -> None:
    """Raise `InputError` unless `workers` is a number from 1, an address or `Workers`."""
    if isinstance(workers, str | Workers):
        return
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise InputError(
            f"`workers` is {workers!r}, expected a number from 1, the address of a scheduler, or `Workers`"
        )


class Killed(NumericalError):
    """Work has ended each process that tried it."""


def result_of(future: Any, words: str) -> Any:
    """Return the result of work that has ended; raises `Killed`, naming the `words`, if it killed workers."""
    dask = sys.modules.get("distributed.scheduler")
    deaths = (BrokenExecutor,) if dask is None else (BrokenExecutor, dask.KilledWorker)
    try:
        return future.result()
    except deaths as death:
        raise Killed(
            f"the process of a worker ended while it computed {words}, at every try: give workers more memory"
        ) from death


@contextmanager
def _dask() -> Iterator[tuple[Any, ExitStack]]:
    """Yield the module `distributed`, set for us, and a stack of contexts that end with it."""
    try:
        import dask
        import distributed
    except ImportError as error:
        raise MissingProgram(
            "several workers need dask.distributed: install analoghop[cluster], or leave out -j and --dask"
        ) from error
    with ExitStack() as stack:
        settings = {
            "distributed.scheduler.allowed-failures": _DEATHS,
            "distributed.deploy.lost-worker-timeout": _RETURN,
        }
        stack.enter_context(dask.config.set(settings))
        yield distributed, stack
