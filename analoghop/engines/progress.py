"""Progress of a run, told now and then and only where it is asked for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from analoghop.engines.base import Progress

_INTERVAL = 0.1  # seconds between two reports


@contextmanager
def reporting(progress: bool | Progress, start: float, end: float) -> Iterator[Callable[[float], None]]:
    """Yield a function to be told the time (s) reached between `start` and `end`.

    `progress`: False for silence, True for a bar on standard error, or a function of the fraction done.
    """
    if progress is False:
        yield lambda t: None
    elif progress is True:
        from tqdm import tqdm

        layout = "{percentage:3.0f}%|{bar}| {elapsed}<{remaining}"
        with tqdm(total=1.0, file=sys.stderr, bar_format=layout) as bar:

            def show(done: float) -> None:
                bar.update(done - bar.n)

            yield _throttled(show, start, end)
    else:
        yield _throttled(progress, start, end)


def _throttled(tell: Progress, start: float, end: float) -> Callable[[float], None]:
    due = time.perf_counter() + _INTERVAL

    def report(t: float) -> None:
        nonlocal due
        if t >= end or time.perf_counter() >= due:
            tell((t - start) / (end - start))
            due = time.perf_counter() + _INTERVAL

    return report
