"""Atomic writes: a file gets its name only when it is complete and on the disk."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from analoghop.errors import InputError
from analoghop.formats.intake import was_read

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]

_PART = re.compile(r"\.analoghop-([0-9a-f]{12})-([0-9a-f]{8})-([0-9]+)-[0-9a-f]{16}\.part")
"""Names of temporary files: target and machine (both hashed), process, a random number."""


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Yield a binary file that becomes `path` when the block ends without an exception.

    The bytes go to a temporary file in the same folder, which is on the disk before it is renamed, so that
    `path` is at any time the old file or the whole new one. On any failure the temporary file is removed and
    `path` is unchanged. One that a killed process has left is removed by the next write to the same `path` on
    the same machine. A link is followed; a file that is replaced hands on its permissions. Raises
    `InputError` if the folder is missing, `path` is not a regular file, or the system reports an error.
    """
    target = _target(path)
    _remove_leftovers(target)
    temporary = target.parent / _part_name(target)
    raw: _Raw | None = None
    try:
        raw = _Raw(temporary, target)
        handle = io.BufferedWriter(raw, 1 << 16)
        yield cast(BinaryIO, handle)
        if not handle.closed:
            handle.flush()
        raw.finish()
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        if raw is not None:
            raw.abandon()
        # Where even this fails the next write removes it.
        with suppress(OSError):
            os.unlink(temporary)


class _Raw(io.RawIOBase):
    """The unbuffered temporary file; `close` leaves the descriptor open until `finish` or `abandon`.

    It has no `fileno`, so that all bytes pass through `write`, where an error is seen.
    """

    def __init__(self, temporary: Path, target: Path) -> None:
        super().__init__()
        self._descriptor = -1
        # os.open, unlike tempfile, leaves the permissions to the umask, as any other new file has them.
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._descriptor = os.open(temporary, flags, 0o666)
        try:
            with suppress(OSError):  # some file systems have no locks
                _lock(self._descriptor)
            with suppress(FileNotFoundError):
                mode = stat.S_IMODE(os.stat(target).st_mode)
                if hasattr(os, "fchmod") and mode != stat.S_IMODE(os.fstat(self._descriptor).st_mode):
                    os.fchmod(self._descriptor, mode)
        except BaseException:
            self.abandon()
            raise

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Buffer, /) -> int:
        """Write some of `data`; return how many bytes."""
        # After an abandoned write nothing is kept: what a buffer still holds must not fail a second time.
        return os.write(self._descriptor, data) if self._descriptor >= 0 else memoryview(data).nbytes

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to a place in the file and return it."""
        return os.lseek(self._descriptor, offset, whence) if self._descriptor >= 0 else 0

    def tell(self) -> int:
        """Return the place in the file."""
        return self.seek(0, os.SEEK_CUR)

    def finish(self) -> None:
        """Put the file on the disk and close it."""
        os.fsync(self._descriptor)
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)

    def abandon(self) -> None:
        """Close the file, whatever became of it."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)


def _part_name(target: Path) -> str:
    return f"{_part_start(target)}{os.getpid()}-{secrets.token_hex(8)}.part"


def _part_start(target: Path) -> str:
    return f".analoghop-{_tag(target.name, 12)}-{_tag(platform.node(), 8)}-"


def _tag(text: str, length: int) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:length]


def _remove_leftovers(target: Path) -> None:
    """Remove temporary files for `target` whose process, on this machine, has ended.

    A file counts as left over only if its name is one that this module makes, no process has its number, and
    nobody holds the lock that its writer takes: so live files of other writers stay, also those in containers
    that have the machine's name.
    """
    start = _part_start(target)
    try:
        found = [name for name in os.listdir(target.parent) if name.startswith(start)]
    except OSError:
        return
    for name in found:
        made = _PART.fullmatch(name)
        if made is None or _lives(int(made[3])):
            continue
        with suppress(OSError):
            place = target.parent / name
            descriptor = os.open(
                place, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            )
            try:
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    _lock(descriptor)
                    os.unlink(place)
            finally:
                os.close(descriptor)


def _lives(process: int) -> bool:
    """Return whether there is, or may be, a process of this number on this machine."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _lock(descriptor: int) -> None:
    """Take the lock of a file until it is closed; raises `OSError` where somebody else has it."""
    try:
        import fcntl
    except ImportError:  # on Windows, where nothing is removed either
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: Path) -> None:
    """Put the folder's entry of a renamed file on the disk, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _target(path: str | Path) -> Path:
    try:
        target = Path(os.path.realpath(path))
        special, folder = target.exists() and not target.is_file(), target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise InputError(f"cannot write {str(path)[:200]!r}: {error}") from error
    if special:
        raise InputError(f"cannot write {path}: it is not a regular file")
    if was_read(target):
        raise InputError(
            f"cannot write {path}: it has been read, and nothing overwrites what it is made from"
        )
    if not folder:
        raise InputError(f"cannot write {path}: the folder {target.parent} does not exist")
    return target


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, completely or not at all; raises `InputError` as `replacing` does."""
    with replacing(path) as handle:
        handle.write(text.encode())
