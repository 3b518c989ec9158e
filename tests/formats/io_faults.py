"""A file system that fails at its n-th call, in the place of `os` in `analoghop.formats.files`."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from typing import Any

CALLS = ("open", "write", "fchmod", "fsync", "close", "replace", "stat", "fstat", "listdir")
"""The calls that are counted."""


def full(name: str) -> None:
    """Fail as a full disk does, and as a broken one where no room is needed."""
    number = errno.ENOSPC if name in ("open", "write", "fsync") else errno.EIO
    raise OSError(number, os.strerror(number))


def broken(name: str) -> None:
    """Fail as a broken disk does."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def pressed(name: str) -> None:
    """Press Ctrl-C."""
    raise KeyboardInterrupt


def killed(name: str) -> None:
    """End the process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


class Faulty:
    """Passes calls on to `os`; the call number `fails_at`, from 1, fails by `fault`.

    A write that fails has written half of its bytes before. With `short` every write writes a few bytes only.
    `calls` are the names of those that were made. Nothing waits for the disk.
    """

    def __init__(self, fails_at: int = 0, fault: Callable[[str], None] = full, short: bool = False) -> None:
        self.fails_at, self.fault, self.short = fails_at, fault, short
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            self.calls.append(name)
            fails = len(self.calls) == self.fails_at
            if name == "write" and (fails or self.short):
                descriptor, data = arguments
                size = memoryview(data).nbytes
                arguments = descriptor, memoryview(data)[: max(1, size // 2 if fails else 7)]
            if fails and name in ("write", "close"):
                real(*arguments, **options)  # a descriptor is gone also where its close fails
            if fails:
                self.fault(name)
            return None if name == "fsync" else real(*arguments, **options)

        return call
