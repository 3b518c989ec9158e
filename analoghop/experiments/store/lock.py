"""`locked`: one driver a store; the lock is released by the system when its process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analoghop.errors import InputError


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the lock of a store in this context; raises `InputError` where another process holds it."""
    path = store.with_name(store.name + ".lock")
    descriptor = _held(path, store)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)  # before the lock is released: nobody else can hold this file
        os.close(descriptor)


def _held(path: Path, store: Path) -> int:
    """Return the descriptor of the lock file at `path`, with its lock."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            raise InputError(f"cannot write beside {store}: {error.strerror or error}") from error
        if not _taken(descriptor):
            owner = os.pread(descriptor, 64, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise InputError(
                f"{store} is being written by another command, process {owner}: "
                "wait until it has ended, or look at it with `sweep status`"
            )
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)  # its owner has removed the file in between


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _taken(descriptor: int) -> bool:
    """Take the advisory lock; return whether it was free."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows: there only SQLite's own lock protects the store
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
