"""`hunt`: inputs made at random are tried one after another, and those that break a promise are kept."""

from __future__ import annotations

import atexit
import hashlib
import os
import resource
import shutil
import signal
import time
import traceback
import warnings
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from types import FrameType
from unicodedata import category

from analoghop.errors import LONGEST_MESSAGE, InputError, NumericalError, visible

SECONDS = 2.0
"""Processor time in which an input is dealt with."""
MEGABYTES = 500
"""Memory that dealing with an input may take."""
_HANGS = 20.0
_ROOM = 4 * 2**30


class Hangs(BaseException):
    """An input that is not dealt with at all; no `except Exception` stops it."""


class Broken(Exception):
    """A promise is broken; `kind` says in a few words which."""

    def __init__(self, kind: str, story: str = "") -> None:
        self.kind = kind
        super().__init__(f"{kind}\n{story}")


@dataclass
class Catch:
    """The number of inputs `tried`, and what was found, by kind: the input and what happened.

    `seconds` it took, of which `slowest` s of processor time for one input; `peak` is the process's peak of
    memory in MB.
    """

    tried: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    peak: float = 0.0
    found: dict[str, tuple[bytes, str]] = field(default_factory=dict)


def hunt(
    make: Callable[[Random], bytes], attempt: Callable[[bytes], None], seconds: float, seed: int = 1
) -> Catch:
    """Try inputs that `make` makes of a generator for `seconds`, and return what was found.

    `attempt` ends, or raises `InputError` or `NumericalError`; every other exception is a finding, and so is
    more than 2 s of processor time or 500 MB of memory. Equal findings are kept once, the shortest input.
    """
    catch = Catch()
    with _limited_memory():
        tried(attempt, make(Random(f"{seed}:0")))  # what is loaded at first is not to be counted
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            content = make(Random(f"{seed}:{catch.tried}"))
            catch.tried += 1
            start = time.process_time()
            kind, story = tried(attempt, content)
            catch.slowest = max(catch.slowest, time.process_time() - start)
            catch.peak = max(catch.peak, _peak() / 1024)
            if kind and (kind not in catch.found or len(content) < len(catch.found[kind][0])):
                catch.found[kind] = content, story
        catch.seconds = time.monotonic() - begin
    return catch


def tried(attempt: Callable[[bytes], None], content: bytes) -> tuple[str, str]:
    """Return the kind of a finding and its story, "" for none."""
    _forget()
    before, start = _peak(), time.process_time()
    try:
        with _watched(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of overflow: the answers are judged
            attempt(content)
    except (InputError, NumericalError) as error:
        message = str(error)
        if len(message) > LONGEST_MESSAGE or steers(message):
            return f"message of a {type(error).__name__}", message[:5000]
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = next((f for f in reversed(frames) if "analoghop" in f.filename), frames[-1])
        kind = f"{type(error).__name__} in {Path(place.filename).name}:{place.name}"
        if isinstance(error, Broken):
            kind = error.kind
        return kind, "".join(traceback.format_exception(error))
    except Hangs as hang:
        return "hangs", "".join(traceback.format_exception(hang))
    took, grown = time.process_time() - start, (_peak() - before) / 1024
    if took > SECONDS:
        return "slow", f"{took:.1f} s"
    if grown > MEGABYTES:
        return "large", f"{grown:.0f} MB"
    return "", ""


MEMORY = Path("/dev/shm")
"""A folder in memory, where the system has one: to write to a busy disk takes longer than to try an input."""


@cache
def folder() -> Path:
    """Return a folder for the inputs, one for the whole process, in memory if possible."""
    path = mkdtemp(prefix="fuzz-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return Path(path)


def steers(text: str) -> bool:
    """Return whether a text has characters that steer a terminal, beside tabs and ends of lines."""
    return visible(text) != text or any(category(sign) == "Cc" for sign in text if sign not in "\n\t")


def _peak() -> int:
    """Return the largest memory of this process in KB since `_forget`."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0])
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _forget() -> None:
    """Let the peak be that of now, where the system can: an input must not hide behind a larger one."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


@contextmanager
def _watched() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _limited_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def command(name: str, makers: dict[str, tuple[Callable[[Random], bytes], Callable[[bytes], None]]]) -> int:
    """Hunt with every one of `makers` (how inputs are made and tried), as the command line says.

    Findings are written to a folder, each with its story beside it; returns 1 where there are any.
    """
    parser = ArgumentParser(prog=f"python -m fuzz.{name}")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="makers whose names begin so")
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"), help="folder of what is found")
    wanted = parser.parse_args()
    chosen = {key: pair for key, pair in makers.items() if key.startswith(wanted.only)}
    count = 0
    for key, (make, attempt) in chosen.items():
        catch = hunt(make, attempt, wanted.seconds / len(chosen), wanted.seed)
        rate = catch.tried / max(catch.seconds, 1e-9)
        print(
            f"{key}: {catch.tried} tried, {len(catch.found)} findings; {rate:.0f} a second, "
            f"the slowest {catch.slowest:.2f} s, peak {catch.peak:.0f} MB",
            flush=True,
        )
        for kind, (content, story) in catch.found.items():
            wanted.out.mkdir(parents=True, exist_ok=True)
            place = wanted.out / f"{key}-{hashlib.sha256(content).hexdigest()[:8]}"
            place.write_bytes(content)
            Path(f"{place}.txt").write_text(f"{kind}\n{story}")
            print(f"  {kind}: {place}", flush=True)
        count += len(catch.found)
    return 1 if count else 0
