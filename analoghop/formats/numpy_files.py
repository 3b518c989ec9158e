"""Arrays in `.npy` and `.npz` files: what a header claims is checked before memory is taken; no pickles."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.errors import FileFormatError, Location
from analoghop.formats.damage import DAMAGED
from analoghop.formats.intake import LARGEST, UNPACKED, read_bytes

RATIO = 16
"""How many times its own size a large archive may become."""
_HEADER = 10_000
_ENCRYPTED = 1


def read_array(path: str | Path, what: str) -> NDArray[Any]:
    """Return the array in a `.npy` file; raises `FileFormatError`, saying `what` it is not, for any other."""
    content = read_bytes(path, LARGEST)
    try:
        return _array(content)
    except DAMAGED as error:
        raise FileFormatError(f"cannot be read as {what}: {error}", Location(str(path), 1)) from error


def read_archive(path: str | Path, what: str, names: Iterable[str] | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays of a `.npz` file that have one of `names`, or all; `what` should be in it.

    Raises `FileFormatError` for any other file, for encrypted ones, for objects, and for one that would
    become far larger than it is.
    """
    content, where = read_bytes(path, LARGEST), Location(str(path), 1)
    if not content.startswith(b"PK"):
        raise FileFormatError("is no NumPy archive", where)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            wanted = members if names is None else [name for name in names if name in members]
            size = sum(members[name].file_size for name in wanted)
            if size > max(UNPACKED, RATIO * len(content)):
                raise ValueError(f"it would become {size} bytes, from {len(content)}")
            if any(members[name].flag_bits & _ENCRYPTED for name in wanted):
                raise ValueError("it is encrypted")
            return {name: _array(archive.read(members[name])) for name in wanted}
    except DAMAGED as error:
        raise FileFormatError(f"cannot be read as {what}: {error}", where) from error


def _array(content: bytes) -> NDArray[Any]:
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"version {version} of the format is not known here")
    shape, _, dtype = read_header(stream, max_header_size=_HEADER)
    if dtype.hasobject:
        raise ValueError("it holds objects, which are never read")
    if not all(length >= 0 for length in shape):
        raise ValueError(f"its shape is {shape}")
    claimed, there = math.prod(shape) * dtype.itemsize, len(content) - stream.tell()
    if claimed > there:
        raise ValueError(f"the header claims {claimed} bytes of numbers, {there} are there")
    stream.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False, max_header_size=_HEADER)
    return array
