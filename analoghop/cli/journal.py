"""`--log FILE`: what the package reports to Python's `logging`, and what the command line says, in a file."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analoghop.errors import FileFormatError, InputError, visible
from analoghop.formats.intake import read_head

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LINE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ analoghop")
"""How every line of a log begins."""


class _OneLine(logging.Formatter):
    """Writes a message as one line, without characters that steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record)).replace("\n", "\\n")


@contextmanager
def logged(path: str | None) -> Iterator[None]:
    """Append the reports of the package to the file `path` inside the block; None: do nothing.

    Raises `InputError` for a file that cannot be written, and for one that is there and is no log.
    """
    if path is None:
        yield
        return
    handler = _handler(Path(path))
    handler.setFormatter(_OneLine(_FORMAT))
    logger = logging.getLogger("analoghop")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()


def _handler(path: Path) -> logging.FileHandler:
    try:
        if path.exists():
            head = read_head(path, 100)
            if head and not _LINE.match(head):
                raise InputError(f"`--log` names {path}, which is there and is no log: name another file")
        return logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except FileFormatError as error:
        raise InputError(
            f"cannot write the log {path}: {error.reason.removeprefix('cannot be read: ')}"
        ) from None
    except OSError as error:
        raise InputError(f"cannot write the log {path}: {error.strerror or error}") from None
