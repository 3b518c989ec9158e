"""Progress of an ensemble, told now and then and only where it is asked for."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from analoghop.engines.running.pool import Pool

_INTERVAL = 0.1  # seconds between two reports


class Tally(NamedTuple):
    """How many trajectories have finished, how many of them settled, and how many there are."""

    finished: int
    settled: int
    total: int


EnsembleProgress = Callable[[Tally], None]


@contextmanager
def telling(progress: bool | EnsembleProgress, total: int) -> Iterator[Callable[[Pool], None]]:
    """Yield a function to be called with the pool as often as one likes.

    `progress`: False for silence, True for a bar with an estimated time on standard error, or a function.
    """
    if progress is False:
        yield lambda pool: None
    elif progress is True:
        from tqdm import tqdm

        with tqdm(total=total, file=sys.stderr, unit=" starts") as bar:

            def show(tally: Tally) -> None:
                bar.set_postfix(settled=tally.settled, refresh=False)
                bar.update(tally.finished - bar.n)

            yield _throttled(show, total)
    else:
        yield _throttled(progress, total)


def _throttled(tell: EnsembleProgress, total: int) -> Callable[[Pool], None]:
    due, lock = time.perf_counter() + _INTERVAL, threading.Lock()

    def report(pool: Pool) -> None:
        nonlocal due
        if pool.finished < total and time.perf_counter() < due:
            return
        with lock:
            due = time.perf_counter() + _INTERVAL
            tell(Tally(pool.finished, pool.settled, total))

    return report
