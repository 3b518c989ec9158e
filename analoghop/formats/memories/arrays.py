"""Arrays of patterns in `.npy`, `.npz`, `.csv` and idx files, and the numbers in them as bits."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import FileFormatError, Location
from analoghop.formats.intake import LARGEST as LARGEST_FILE
from analoghop.formats.intake import UNPACKED, read_bytes
from analoghop.formats.lines import TextFile
from analoghop.formats.numpy_files import read_archive, read_array

LARGEST = 100_000_000
"""Largest number of bits that are read from one file."""
PREFERRED = "patterns"
"""Name of the array that is read from an archive of several."""
GZIP = b"\x1f\x8b"
_BYTES = 8
"""Type of unsigned bytes in an idx file."""
GREY = 127.5
"""Threshold of bytes of an idx file."""


class Bits(NamedTuple):
    """`values` (count, rows * cols), each row a pattern of `shape` (rows, cols) line by line."""

    values: Array
    shape: tuple[int, int]


def bits_of_npy(path: str | Path, cues: bool, threshold: float | None) -> Bits:
    """Return the patterns in a `.npy` file, see `bits_of_array`."""
    array = read_array(path, "an array of NumPy's .npy format")
    return bits_of_array(array, Location(str(path), 1), cues, threshold)


def bits_of_npz(path: str | Path, cues: bool, threshold: float | None) -> Bits:
    """Return the patterns in a `.npz` file: of its only array, or of the one that is called `patterns`.

    Raises `FileFormatError`, listing the names, for an archive of several other arrays.
    """
    where, found = Location(str(path), 1), read_archive(path, "an archive of arrays")
    if PREFERRED not in found and len(found) != 1:
        names = ", ".join(sorted(found)) or "none"
        raise FileFormatError(f"holds the arrays {names}", where, f"one array, or one called `{PREFERRED}`")
    array = found[PREFERRED] if PREFERRED in found else next(iter(found.values()))
    return bits_of_array(array, where, cues, threshold)


def bits_of_csv(path: str | Path, cues: bool, threshold: float | None) -> Bits:
    """Return the patterns in a table, one on each line: numbers between commas, semicolons, tabs or blanks.

    Lines that begin with # are left out. Raises `FileFormatError`, with file and line, for a word that is no
    number, and for lines of different lengths.
    """
    text = TextFile(path)
    rows: list[list[float]] = []
    first = 1
    for number, line in enumerate(text.lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words = line.replace(";", ",").split(",") if "," in line or ";" in line else line.split()
        rows.append([text.real(number, word.strip(), "a bit") for word in words])
        first = first if len(rows) > 1 else number
        if len(rows[-1]) != len(rows[0]):
            reason = f"this line has {len(rows[-1])} numbers, line {first} has {len(rows[0])}"
            raise text.fault(number, reason)
    if not rows:
        raise text.fault(1, "holds no patterns", "a line of numbers for each pattern")
    return bits_of_array(np.array(rows), Location(str(path), 1), cues, threshold)


def bits_of_idx(path: str | Path, cues: bool, threshold: float | None, take: int | None = None) -> Bits:
    """Return the images of an idx file, as MNIST has them, also packed by gzip; the first `take` of them.

    Bytes above 127.5, or above the `threshold`, are +1; as cues without a threshold they are scaled to -1..1.
    Raises `FileFormatError` for another type of numbers, for labels, and for sizes that do not fit.
    """
    where, content = Location(str(path), 1), _unpacked(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _BYTES:
        raise FileFormatError("is no idx file of bytes", where)
    axes = content[3]
    if axes == 1:
        raise FileFormatError("is an idx file of labels", where, "one of images")
    sizes = [int.from_bytes(content[k : k + 4]) for k in range(4, 4 + 4 * axes, 4)]
    there, claimed = len(content) - 4 - 4 * axes, math.prod(sizes)
    if axes not in (2, 3) or claimed != there or not claimed:
        shown = " x ".join(map(str, sizes[:5]))
        raise FileFormatError(f"the header claims {shown} bytes, {max(there, 0)} are there", where)
    array = np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * axes).reshape(sizes)[:take]
    if cues and threshold is None:
        return bits_of_array(array / GREY - 1.0, where, True, None)
    return bits_of_array(array, where, False, GREY if threshold is None else threshold)


def is_idx(head: bytes) -> bool:
    """Return whether a file begins as an idx file of bytes does, or is packed by gzip."""
    return head.startswith((b"\0\0\x08", GZIP))


def bits_of_array(array: NDArray[Any], where: Location, cues: bool, threshold: float | None) -> Bits:
    """Return an array (neurons,), (count, neurons) or (count, rows, cols) as patterns.

    With a `threshold`, numbers above it are +1 and the others -1. Without one they must be -1 and 1, or 0 and
    1; as `cues` they may be any finite numbers, but whole numbers or truth values that are all 0 or 1, and
    both, are bits as in patterns. Raises `FileFormatError` for any other array.
    """
    if array.dtype.kind not in "biuf" or not array.size:
        raise FileFormatError("holds no array of numbers", where, "a NumPy file of one array")
    if array.ndim not in (1, 2, 3):
        expected = "(neurons,), (count, neurons) or (count, rows, cols)"
        raise FileFormatError(f"holds an array of shape {array.shape}", where, expected)
    if array.size > LARGEST:
        raise FileFormatError(f"holds {array.size} numbers, more than {LARGEST:.0e}", where)
    rows, cols = array.shape[1:] if array.ndim == 3 else (1, array.shape[-1])
    values = array.astype(np.float64).reshape(-1, rows * cols)
    if not np.isfinite(values).all():
        raise FileFormatError("holds a number that is not finite", where)
    if threshold is not None:
        return Bits(np.where(values > threshold, 1.0, -1.0), (rows, cols))
    whole = array.dtype.kind in "biu" and set(np.unique(values).tolist()) == {0.0, 1.0}
    return Bits(values if cues and not whole else _bipolar(values, where), (rows, cols))


def _bipolar(values: Array, where: Location) -> Array:
    """Return `values` of -1 and 1, or of 0 and 1, as -1 and 1."""
    if np.isin(values, (-1.0, 1.0)).all():
        return values
    if np.isin(values, (0.0, 1.0)).all():
        return 2.0 * values - 1.0
    low, high = values.min(), values.max()
    reason = f"holds other numbers than two, from {low:g} to {high:g}"
    raise FileFormatError(reason, where, "-1 and 1, or 0 and 1, or a threshold (`--threshold`) for grey")


def _unpacked(path: str | Path) -> bytes:
    content, where = read_bytes(path, LARGEST_FILE), Location(str(path), 1)
    if not content.startswith(GZIP):
        return content
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        whole = unpacking.decompress(content, UNPACKED)
    except zlib.error as error:
        raise FileFormatError(f"cannot be unpacked: {error}", where) from error
    if not unpacking.eof:
        reason = "is cut off" if not unpacking.unconsumed_tail else f"would become more than {UNPACKED} bytes"
        raise FileFormatError(reason, where)
    return whole
