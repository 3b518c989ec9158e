"""Atomic writes: a file gets its name only when it is complete."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from analoghop.errors import InputError


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Yield a binary file that becomes `path` when the block ends without an exception.

    The bytes go to a temporary file in the same folder, so that the final rename is atomic; on any failure
    it is removed and `path` is unchanged. A link is followed. Raises `InputError` if the folder is missing,
    `path` is not a regular file, or the system reports an error.
    """
    target = _target(path)
    temporary = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        # os.open, unlike tempfile, leaves the permissions to the umask, as any other new file has them.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as handle:
            yield handle
        os.replace(temporary, target)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _target(path: str | Path) -> Path:
    try:
        target = Path(os.path.realpath(path))
        special, folder = target.exists() and not target.is_file(), target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise InputError(f"cannot write {str(path)[:200]!r}: {error}") from error
    if special:
        raise InputError(f"cannot write {path}: it is not a regular file")
    if not folder:
        raise InputError(f"cannot write {path}: the folder {target.parent} does not exist")
    return target


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, completely or not at all; raises `InputError` as `replacing` does."""
    with replacing(path) as handle:
        handle.write(text.encode())
