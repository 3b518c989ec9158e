"""How files from outside are read: regular ones only, up to a largest size, no claim believed unchecked."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO

from analoghop.errors import FileFormatError, Location
from analoghop.formats.origin import says_ours

LARGEST = 2**30
"""Bytes of the largest file of numbers that is read."""
LARGEST_TEXT = 128 * 2**20
"""Bytes of the largest file of text that is read."""
LARGEST_SETTINGS = 2**20
"""Bytes of the largest file of settings that is read."""
UNPACKED = 64 * 2**20
"""Bytes that a compressed file may become, where it is not a sixteenth of that itself."""
PIXELS = 2**22
"""Pixels of the largest image that is read."""
UNFOUNDED = 10_000
"""Things that any file may claim to have; a larger number must be no more than the bytes of the file."""


def read_bytes(path: str | Path, largest: int = LARGEST_TEXT) -> bytes:
    """Return the contents of a regular file.

    Raises `FileFormatError` where it cannot be read, is a device, a pipe or a folder, or has more than
    `largest` bytes.
    """
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(largest + 1) if size <= largest else b""
    size = max(size, len(content))
    if size > largest:
        reason = f"cannot be read: it has {size} bytes: at most {largest} are accepted"
        raise FileFormatError(reason, Location(str(path), 0))
    return content


def read_head(path: str | Path, length: int) -> bytes:
    """Return at most `length` bytes from the beginning of a regular file; raises as `read_bytes` does."""
    with _opened(path) as file:
        return file.read(length)


Files = set[tuple[int, int]]
"""Files by device and number, whatever their names."""
_read: ContextVar[Files | None] = ContextVar("files that were read", default=None)
_beside: ContextVar[Files | None] = ContextVar("files that were read beside an instance", default=None)
_looking: ContextVar[bool] = ContextVar("whether files beside an instance are read", default=False)


@contextmanager
def noting_files() -> Iterator[None]:
    """Note the files that are read in this block: `was_read` knows them, and none of them is overwritten."""
    tokens = _read.set(set()), _beside.set(set())
    try:
        yield
    finally:
        _read.reset(tokens[0])
        _beside.reset(tokens[1])


@contextmanager
def beside_instance() -> Iterator[None]:
    """What is read in this block was not named by the user: the best known solution beside an instance."""
    token = _looking.set(True)
    try:
        yield
    finally:
        _looking.reset(token)


def was_read(path: str | Path) -> bool:
    """Return whether `path`, by whatever name or link, is a file that was read while files are noted.

    A file that was found beside an instance does not count if analoghop has written it: a command may write
    its solution there once more.
    """
    known, beside = _read.get(), _beside.get()
    if not (known or beside):
        return False
    try:
        there = os.stat(path)
        file = there.st_dev, there.st_ino
        return file in (known or ()) or (file in (beside or ()) and not is_ours(path))
    except (OSError, ValueError):
        return False


def is_ours(path: str | Path) -> bool:
    """Return whether a file says that analoghop has written it (see `origin`); True for an empty one.

    Raises `FileFormatError` where it cannot be read.
    """
    with _opened(path, noted=False) as file:
        return says_ours(file)


def _note(handle: int) -> None:
    known = _beside.get() if _looking.get() else _read.get()
    if known is not None:
        there = os.fstat(handle)
        known.add((there.st_dev, there.st_ino))


@contextmanager
def _opened(path: str | Path, *, noted: bool = True) -> Iterator[BinaryIO]:
    where = Location(str(path), 0)
    try:
        # Opened without waiting for the other end of a pipe, and looked at afterwards: it is the same file.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        mode = os.fstat(handle).st_mode
        regular = stat.S_ISREG(mode)
        if regular:
            if noted:
                _note(handle)
            with os.fdopen(handle, "rb") as file:
                yield file
        else:
            os.close(handle)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileFormatError(f"cannot be read: {reason}", where) from error
    if not regular:
        fault = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise FileFormatError(f"cannot be read: it is {fault}", where)


def check_claim(claimed: int, what: str, size: int, where: Location | None) -> None:
    """Raise `FileFormatError` where a number in a file of `size` bytes is out of proportion to it."""
    if claimed > max(UNFOUNDED, size):
        raise FileFormatError(f"{what} is {claimed}, in a file of {size} bytes", where)


def read_toml(path: str | Path) -> tuple[dict[str, Any], str]:
    """Return the content of a TOML file and its text; raises `FileFormatError` for anything else."""
    import tomllib

    try:
        text = read_bytes(path, LARGEST_SETTINGS).decode("utf-8-sig")
        return tomllib.loads(text), text
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileFormatError(f"is no TOML file: {error}", _line_of(path, str(error))) from error
    except RecursionError as error:
        raise FileFormatError("is nested too deep", Location(str(path), 1)) from error


def _line_of(path: str | Path, message: str) -> Location:
    """Return the line that a message of `tomllib` names."""
    words = message.replace(",", " ").replace(")", " ").split()
    line = words[words.index("line") + 1] if "line" in words else "1"
    return Location(str(path), int(line) if line.isdigit() else 1)


def read_json(path: str | Path) -> Any:
    """Return the value in a JSON file; raises `FileFormatError` for anything else."""
    try:
        return json.loads(read_bytes(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, FileFormatError):
            raise
        reason = "is nested too deep" if isinstance(error, RecursionError) else f"is no JSON file: {error}"
        raise FileFormatError(reason, Location(str(path), 1)) from error
