"""`Limits`: when work ends before its time, how many threads share it, and who is told how far it is.

One `Limits` is made at the door (`simulate`, `solve`, a verb of the command line) and passed down; whatever
takes long asks `over` often and keeps what it has finished.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from numbers import Integral, Real
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from analoghop.errors import InputError

Part = TypeVar("Part")

LONGEST_CALL = 0.2
"""Seconds that compiled code runs at most between two looks at the limits, about."""
INTERVAL = 0.1
"""Seconds between two reports of progress."""


COMPILING = "s of compiling"
"""Unit of a tally that says how long compiling takes, once for an installation."""


class Tally(NamedTuple):
    """How far work has come: `done` of `total` (None: nobody knows), counted in `unit`.

    `unit` is "s" for the time of a circuit, `COMPILING`, or what is counted: "starts", "cues", "points".
    `settled` counts those of the done ones that have come to rest, None where that has no meaning.
    """

    done: float
    total: float | None
    unit: str = "starts"
    settled: int | None = None

    @property
    def share(self) -> float | None:
        """The part of the work that is done, 0..1; None where the total is not known."""
        if self.total is None:
            return None
        return min(1.0, self.done / self.total) if self.total > 0 else 1.0


Progress = Callable[[Tally], None]
"""The one kind of function that is told how far work has come."""


class _Halt:
    """What limits made of each other share: whether Ctrl-C was pressed, and whether a thread failed."""

    def __init__(self) -> None:
        self.interrupted = self.failed = False


class Limits:
    """Ends work after `time_limit` seconds of wall clock from now (None: never), or at Ctrl-C.

    `threads` share the work. `progress`: False for silence, True for a bar on standard error, or a function
    of a `Tally`, called every 0.1 s at most, and at the end. The limits that `within` and `until` make of
    these end earlier, and know of the same Ctrl-C. The clock is that of `time.monotonic`.
    Raises `InputError` for a time that is not positive and for a number of threads below 1.
    """

    def __init__(
        self, time_limit: float | None = None, *, threads: int = 1, progress: bool | Progress = False
    ) -> None:
        if time_limit is not None and not (_is(time_limit, Real) and time_limit > 0):
            raise InputError(f"`time_limit` is {time_limit}, expected a positive number of seconds")
        if not (_is(threads, Integral) and threads >= 1):
            raise InputError(f"`threads` is {threads}, expected a whole number from 1")
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
        """Whether to end now: work that takes long asks again and again."""
        return self._halt.interrupted or self._halt.failed or time.monotonic() >= self.deadline

    @property
    def left(self) -> float:
        """Seconds until the deadline, not below 0; inf where there is none."""
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
        """Return limits that have `share` (0..1) of the time that is left."""
        return self.until(time.monotonic() + share * self.left if self.limited else math.inf, quiet=quiet)

    def further(self, seconds: float) -> Limits:
        """Return limits that have `seconds` from now on, whatever has passed, and know of the same Ctrl-C."""
        part = self.until(math.inf)
        part.deadline = time.monotonic() + seconds
        return part

    def telling(self, progress: bool | Progress) -> Limits:
        """Return limits that end with these and tell `progress`."""
        part = copy(self)
        part._reporter = _Reporter(progress)
        return part

    def alone(self) -> Limits:
        """Return limits that end with these, for one thread and without progress."""
        part = self.until(math.inf)
        part.threads = 1
        return part

    @contextmanager
    def heed(self) -> Iterator[None]:
        """Note Ctrl-C, while this lasts, instead of raising `KeyboardInterrupt`: `over` says so.

        Pressed twice, it is raised. Outside the main thread, and where the program has a handler of its own
        for the signal, nothing is changed; a `KeyboardInterrupt` that reaches this is noted as well. The
        handler that was there before is there again afterwards.
        """
        halt = self._halt
        ours = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )

        def note(number: int, frame: FrameType | None) -> None:
            if halt.interrupted:
                raise KeyboardInterrupt
            halt.interrupted = True

        if ours:
            signal.signal(signal.SIGINT, note)
        try:
            yield
        except KeyboardInterrupt:
            halt.interrupted = True
        finally:
            if ours:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def spread(self, work: Callable[[Part], None], parts: Iterable[Part]) -> None:
        """Call `work` for every part, in `threads` threads; at Ctrl-C return when all have seen it.

        `work` asks `over` and returns soon where it holds. An exception in a thread ends the others, and is
        raised.
        """
        todo = list(parts)
        with self.heed():
            if self.threads == 1 or len(todo) <= 1:
                for part in todo:
                    work(part)
                return
            from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

            with ThreadPoolExecutor(min(self.threads, len(todo))) as pool:
                futures = [pool.submit(work, part) for part in todo]
                try:
                    wait(futures, return_when=FIRST_EXCEPTION)
                except KeyboardInterrupt:
                    self._halt.interrupted = True
                    raise
                finally:
                    if any(future.done() and future.exception() for future in futures):
                        self._halt.failed = True
            for future in futures:
                future.result()

    @property
    def told(self) -> bool:
        """Whether somebody wants to know how far the work is."""
        return self._reporter.progress is not False

    def tell(
        self, done: float, total: float | None, unit: str = "starts", settled: int | None = None
    ) -> None:
        """Tell how far the work has come, where somebody wants to know and the last report is 0.1 s ago."""
        if self._reporter.progress is not False:
            self._reporter.report(Tally(done, total, unit, settled))

    def close(self) -> None:
        """Finish the bar of progress, where there is one."""
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
    """Yield `limits`, or where a door is given none, those that its other options make, closed at the end.

    Raises `InputError` where both are given.
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
    """Passes tallies on to a function or a bar, now and then."""

    def __init__(self, progress: bool | Progress) -> None:
        if not (isinstance(progress, bool) or callable(progress)):
            raise InputError(f"`progress` is {progress!r}, expected True, False or a function of a `Tally`")
        self.progress, self._due, self._lock = progress, time.monotonic() + INTERVAL, threading.Lock()
        self._bar = _Bar()

    def report(self, tally: Tally) -> None:
        early = time.monotonic() < self._due and tally.unit != COMPILING
        if early and (tally.total is None or tally.done < tally.total):
            return
        with self._lock:
            self._due = time.monotonic() + INTERVAL
            (self.progress if callable(self.progress) else self._bar.show)(tally)

    def close(self) -> None:
        self._bar.close()


class _Bar:
    """A bar on standard error; one for each total that is told of."""

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
