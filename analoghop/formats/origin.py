"""Whether a file was written by analoghop: by the mark that each of its formats carries."""

from __future__ import annotations

import os
import re
import zipfile
from typing import BinaryIO

from analoghop import __version__

MARK = f"analoghop {__version__}"
"""Name and version, which text files carry in a comment and pictures in their metadata."""
_OURS = re.compile(rb'analoghop \d+\.\d+|program"?: ?"analoghop"|raw file of analoghop')
_LOOKED_AT = 1 << 16  # bytes at the beginning and at the end of a file, where its metadata stand
_RECORD = "record.npy"
_LARGEST_RECORD = 1 << 22


def says_ours(file: BinaryIO) -> bool:
    """Return whether an open file says that analoghop has written it; True for an empty one."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    content = file.read(_LOOKED_AT)
    if content.startswith(b"PK"):
        content = _record(file)
    elif size > len(content):
        file.seek(max(len(content), size - _LOOKED_AT))
        content += b"\n" + file.read(_LOOKED_AT)
    return size == 0 or bool(_OURS.search(content))


def _record(file: BinaryIO) -> bytes:
    """Return the record in a NumPy archive, without the zeros of its wide letters; b"" where it has none."""
    try:
        with zipfile.ZipFile(file) as archive:
            small = archive.getinfo(_RECORD).file_size <= _LARGEST_RECORD
            return archive.read(_RECORD).replace(b"\0", b"") if small else b""
    except (KeyError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return b""
