"""Whether a file was written by analoghop: by the mark that each of its formats carries."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

from analoghop import __version__

MARK = f"analoghop {__version__}"
"""Name and version, which text files carry in a comment and pictures in their metadata."""
_OURS = re.compile(rb'analoghop \d+\.\d+|program"?: ?"analoghop"|raw file of analoghop')
_LOOKED_AT = 1 << 16  # bytes at the beginning and at the end of a file, where its metadata stand
_RECORD = "record.npy"


def is_ours(path: str | Path) -> bool:
    """Return whether the file `path` says that analoghop has written it; True for an empty file.

    Raises `OSError` where it cannot be read.
    """
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            return True
        file.seek(0)
        content = file.read(_LOOKED_AT)
        if content.startswith(b"PK"):
            content = _record(path)
        elif size > len(content):
            file.seek(max(len(content), size - _LOOKED_AT))
            content += b"\n" + file.read(_LOOKED_AT)
    return bool(_OURS.search(content))


def _record(path: str | Path) -> bytes:
    """Return the record in a NumPy archive, without the zeros of its wide letters; b"" where it has none."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_RECORD) as member:
            return member.read(4 * _LOOKED_AT).replace(b"\0", b"")
    except (KeyError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return b""
