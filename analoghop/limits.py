"""`Limits`: the time limit of a computation, its number of threads, and its progress reports.

The entry points (`simulate`, `solve`, the commands) make one `Limits` and pass it down; every long
computation checks `over` often, and when it is over returns the results that are complete.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from numbers import Integral, Real
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from analoghop.errors import InputError

Part = TypeVar("Part")

LONGEST_CALL = 0.2
"""Approximate longest time in seconds that compiled code runs between two checks of the limits."""
INTERVAL = 0.1
"""Seconds between two reports of progress."""
_PAUSES, _PAUSE = 0.02, 1e-4  # seconds from one pause of several threads to the next, and of a pause
COMPILING = "s of compiling"
"""Unit of a tally that reports the seconds of compiling, which happens once per installation."""


class Tally(NamedTuple):
    """The progress of a computation: `done` of `total` (None: unknown), counted in `unit`.

    `unit` is "s" for the time of a circuit, `COMPILING`, or the items that are counted: "starts", "cues",
    "points". `settled` counts the done items that have come to rest, None where that has no meaning.
    """

    done: float
    total: float | None
    unit: str = "starts"
    settled: int | None = None

    @property
    def share(self) -> float | None:
        """The share of the work that is done, 0..1; None if the total is unknown."""
        if self.total is None:
            return None
        return min(1.0, self.done / self.total) if self.total > 0 else 1.0


Progress = Callable[[Tally], None]
"""Type of the functions that receive progress reports."""


class _Halt:
    """The state that derived limits share: whether Ctrl-C was pressed, and whether a thread failed.

    `pause` is when a thread is to pause next, so that the main thread gets Python's lock and heeds a signal:
    threads that release the lock for short products take it again before a waiting one wakes.
    """

    def __init__(self) -> None:
        self.interrupted = self.twice = self.failed = False
        self.pause = math.inf


_heeding: list[_Halt] = []
"""The states of the limits that heed Ctrl-C now: several where a progress function computes itself."""


def _note(number: int, frame: FrameType | None) -> None:
    """Record Ctrl-C for all limits that heed it; raise it where all know of it already."""
    if all(halt.interrupted for halt in _heeding):
        for halt in _heeding:
            halt.twice = True
        raise KeyboardInterrupt
    for halt in _heeding:
        halt.interrupted = True


class Limits:
    """Ends work after `time_limit` seconds of wall clock from now (None: never), or at Ctrl-C.

    `threads` share the work. `progress`: False for silence, True for a bar on standard error, or a function
    of a `Tally`, called every 0.1 s at most, and at the end. The limits that `within` and `until` derive from
    these end earlier and share their Ctrl-C. The clock is that of `time.monotonic`. Raises `InputError` for a
    time that is not positive and for a number of threads below 1.
    """

    def __init__(
        self, time_limit: float | None = None, *, threads: int = 1, progress: bool | Progress = False
    ) -> None:
        if time_limit is not None and not (_is(time_limit, Real) and time_limit > 0):
            raise InputError(f"`time_limit` is {time_limit!r}, expected a positive number of seconds")
        if not (_is(threads, Integral) and threads >= 1):
            raise InputError(f"`threads` is {threads!r}, expected a whole number from 1")
        self.deadline = math.inf if time_limit is None else time.monotonic() + time_limit
        self.threads = int(threads)
        self._halt, self._reporter = _Halt(), _Reporter(progress)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._halt.interrupted

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.deadline

    @property
    def over(self) -> bool:
        """Whether to end now; a long computation checks this repeatedly."""
        now = time.monotonic()
        if now >= self._halt.pause:
            self._halt.pause = now + _PAUSES
            time.sleep(_PAUSE)
        return self._halt.interrupted or self._halt.failed or now >= self.deadline

    @property
    def left(self) -> float:
        """Seconds until the deadline, not below 0; inf without one."""
        return max(0.0, self.deadline - time.monotonic())

    @property
    def limited(self) -> bool:
        """Whether there is a deadline."""
        return self.deadline < math.inf

    def until(self, deadline: float, *, quiet: bool = True) -> Limits:
        """Return limits that end at `deadline` or with these; without progress, unless not `quiet`."""
        part = copy(self)
        part.deadline = min(deadline, self.deadline)
        if quiet:
            part._reporter = _Reporter(False)
        return part

    def within(self, share: float, *, quiet: bool = True) -> Limits:
        """Return limits whose time is `share` (0..1) of the remaining time."""
        return self.until(time.monotonic() + share * self.left if self.limited else math.inf, quiet=quiet)

    def further(self, seconds: float) -> Limits:
        """Return limits that end `seconds` from now, even if these are over, and share their Ctrl-C."""
        part = self.until(math.inf)
        part.deadline = time.monotonic() + seconds
        return part

    def telling(self, progress: bool | Progress) -> Limits:
        """Return limits that end with these and report to `progress`."""
        part = copy(self)
        part._reporter = _Reporter(progress)
        return part

    def alone(self) -> Limits:
        """Return limits that end with these, for one thread and without progress."""
        part = self.until(math.inf)
        part.threads = 1
        return part

    @property
    def insistent(self) -> bool:
        """Whether Ctrl-C was pressed again after it had been recorded: whatever runs is to be given up."""
        return self._halt.twice

    def interrupt(self) -> None:
        """Record an interrupt, as Ctrl-C would."""
        self._halt.interrupted = True

    @contextmanager
    def heed(self) -> Iterator[None]:
        """Record Ctrl-C inside this context instead of raising `KeyboardInterrupt`; `over` is then True.

        A second Ctrl-C raises it. Limits that are heeded inside others, because a progress function computes
        itself, end together with them. Outside the main thread, and if the program has its own handler for
        the signal, no handler is installed; a `KeyboardInterrupt` that such a handler raises ends this
        context and is recorded. The previous handler is restored at the end.
        """
        halt = self._halt
        main = threading.current_thread() is threading.main_thread()
        before = signal.getsignal(signal.SIGINT) if main else None
        outermost, ours = before is signal.default_int_handler, before in (signal.default_int_handler, _note)
        if outermost:
            _heeding.clear()
        if ours:
            halt.interrupted |= any(other.interrupted for other in _heeding)
            _heeding.append(halt)
        if outermost:
            signal.signal(signal.SIGINT, _note)
        try:
            yield
        except KeyboardInterrupt:
            halt.interrupted = True
            if halt.twice:
                raise
        finally:
            if ours and _heeding:
                _heeding.pop()
            if outermost:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def run_in_threads(self, work: Callable[[Part], None], parts: Iterable[Part]) -> None:
        """Call `work` for every part, in `threads` threads; after Ctrl-C return when all threads have ended.

        `work` must check `over` and return soon once it is True. An exception in one thread ends the others
        and is raised here.
        """
        todo = list(parts)
        with self.heed():
            if self.threads == 1 or len(todo) <= 1:
                for part in todo:
                    work(part)
            else:
                self._in_threads(work, todo)

    def _in_threads(self, work: Callable[[Part], None], todo: Sequence[Part]) -> None:
        from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

        self._halt.pause = time.monotonic()
        with ThreadPoolExecutor(min(self.threads, len(todo))) as pool:
            futures = [pool.submit(work, part) for part in todo]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
            except BaseException:
                # Whatever a signal handler raises: the threads must end, or the pool waits for them.
                self._halt.failed = True
                raise
            finally:
                if any(future.done() and future.exception() for future in futures):
                    self._halt.failed = True
        self._halt.pause = math.inf
        for future in futures:
            future.result()

    @property
    def told(self) -> bool:
        """Whether progress is reported to a function or a bar."""
        return self._reporter.progress is not False

    def tell(
        self, done: float, total: float | None, unit: str = "starts", settled: int | None = None
    ) -> None:
        """Report the progress, if reports are on and the last one is at least 0.1 s old."""
        if self._reporter.progress is not False:
            self._reporter.report(Tally(done, total, unit, settled))

    def close(self) -> None:
        """Close the progress bar, if there is one."""
        self._reporter.close()

    def __enter__(self) -> Limits:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def limited(
    limits: Limits | None = None,
    *,
    time_limit: float | None = None,
    threads: int | None = None,
    progress: bool | Progress = False,
) -> Iterator[Limits]:
    """Yield `limits`, or if None, limits made of the other options and closed at the end.

    Raises `InputError` if both are given.
    """
    if limits is None:
        with Limits(time_limit, threads=1 if threads is None else threads, progress=progress) as made:
            yield made
        return
    if time_limit is not None or threads is not None or progress is not False:
        raise InputError("give `limits`, or `time_limit`, `threads` and `progress`, not both")
    if not isinstance(limits, Limits):
        raise InputError(f"`limits` is {limits!r}, expected a `Limits`")
    yield limits


class _Reporter:
    """Passes tallies to a function or a bar, at most every 0.1 s."""

    def __init__(self, progress: bool | Progress) -> None:
        if not (isinstance(progress, bool) or callable(progress)):
            raise InputError(f"`progress` is {progress!r}, expected True, False or a function of a `Tally`")
        self.progress, self._due, self._lock = progress, time.monotonic() + INTERVAL, threading.Lock()
        self._bar = _Bar()
        self._teller: int | None = None

    def report(self, tally: Tally) -> None:
        early = time.monotonic() < self._due and tally.unit != COMPILING
        if early and (tally.total is None or tally.done < tally.total):
            return
        if self._teller == threading.get_ident():
            return  # the function computes with the limits that it reports for
        with self._lock:
            self._teller, self._due = threading.get_ident(), time.monotonic() + INTERVAL
            try:
                (self.progress if callable(self.progress) else self._bar.show)(tally)
            finally:
                self._teller = None

    def close(self) -> None:
        self._bar.close()


class _Bar:
    """A progress bar on standard error; a new one for each new total."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._of: tuple[float | None, str] | None = None

    def show(self, tally: Tally) -> None:
        from tqdm import tqdm

        if tally.unit == COMPILING:
            sys.stderr.write(f"compiling once, about {tally.total:.0f} s\n")
            return
        if self._of != (tally.total, tally.unit):
            self.close()
            self._of = (tally.total, tally.unit)
            if tally.unit == "s":
                layout = "{percentage:3.0f}%|{bar}| {elapsed}<{remaining}"
                self._bar = tqdm(total=tally.total, file=sys.stderr, bar_format=layout)
            else:
                self._bar = tqdm(total=tally.total, file=sys.stderr, unit=f" {tally.unit}")
        if tally.settled is not None:
            self._bar.set_postfix(settled=tally.settled, refresh=False)
        self._bar.update(tally.done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = self._of = None


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
