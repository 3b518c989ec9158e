"""Threads that work through a pool, one tile each, and what ends them all."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from analoghop.engines.running.pool import Pool
from analoghop.engines.tally import EnsembleProgress, telling

Tell = Callable[[Pool], None]
"""To be called with the pool now and then: tells the progress, and halts the pool at the time limit."""


def in_threads(
    work: Callable[[Tell], None],
    threads: int,
    pool: Pool,
    progress: bool | EnsembleProgress,
    deadline: float,
) -> bool:
    """Call `work` in so many threads at once until each returns; return whether Ctrl-C ended it before.

    `work` returns when the pool is halted: at Ctrl-C, after the `deadline` on the clock `time.perf_counter`,
    or when another thread has raised, which is raised again here.
    """
    with telling(progress, pool.count) as show:

        def tell(pool: Pool) -> None:
            show(pool)
            if time.perf_counter() > deadline:
                pool.halted.set()

        return _interrupted(lambda: work(tell), threads, pool)


def _interrupted(work: Callable[[], None], threads: int, pool: Pool) -> bool:
    if threads == 1:
        try:
            work()
        except KeyboardInterrupt:
            return True
        return False
    interrupted = False
    with ThreadPoolExecutor(threads) as executor:
        futures = [executor.submit(work) for _ in range(threads)]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            if interrupted or any(future.done() and future.exception() for future in futures):
                pool.halted.set()
    for future in futures:
        future.result()
    return interrupted
