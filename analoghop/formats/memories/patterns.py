"""Patterns of +1 and -1 as text of `*` and `.`, as arrays of numbers, and as images, one each or a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.files import replacing, write_text
from analoghop.formats.images import IMAGES, is_image, read_image
from analoghop.formats.intake import read_bytes, read_head
from analoghop.formats.memories.arrays import (
    LARGEST,
    Bits,
    bits_of_csv,
    bits_of_idx,
    bits_of_npy,
    bits_of_npz,
    is_idx,
)

SIGNS = {"*": 1.0, ".": -1.0, "?": 0.0}
HEADER = '"rows cols count", three whole numbers from 1'


@dataclass(frozen=True, eq=False)
class Patterns:
    """`values` (count, rows * cols) of +1 and -1, each row the pixels of one pattern line by line.

    `shape` is (rows, cols). In cues, values may be any finite numbers, 0 where a bit is erased. Raises
    `InputError` if `values` and `shape` do not fit together.
    """

    values: Array
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        values, (rows, cols) = frozen(self.values), self.shape
        if values.ndim != 2 or not len(values) or values.shape[1] != rows * cols or not values.size:
            raise InputError(f"`values` has shape {values.shape}, expected (count, {rows * cols})")
        if not np.isfinite(values).all():
            raise InputError("`values` of patterns holds a number that is not finite")
        readonly_fields(self, values=values)

    def __len__(self) -> int:
        return len(self.values)


def read_patterns(
    path: str | Path, *, cues: bool = False, threshold: float | None = None, take: int | None = None
) -> Patterns:
    """Return the patterns of a text file, an array, an image, or all images of a folder.

    Text: `rows cols count`, then rows of `*` (+1) and `.` (-1); blank lines are ignored. Arrays (`.npy`,
    `.npz`, `.csv`): (neurons,), (count, neurons) or (count, rows, cols) of two values, -1 and 1 or 0 and 1;
    idx files of images, as of MNIST. Images (PNG, JPEG, BMP, PBM, PGM): dark pixels are +1, light or
    transparent ones -1. With a `threshold`, numbers above it are +1, and of images the pixels whose
    brightness (0..1) is below it. `take`: only so many patterns, the first ones.

    With `cues`, text may hold `?` for an erased bit, arrays any finite numbers; whole numbers or truth values
    that are all 0 or 1, and both, are bits as in patterns, no erased ones. Raises `InputError` for a
    threshold that is not finite or of a text, and `FileFormatError`, with file and line, for other content.
    """
    place = Path(path)
    if threshold is not None and not np.isfinite(threshold):
        raise InputError(f"`threshold` is {threshold}, expected a finite number")
    if take is not None and take < 1:
        raise InputError(f"`take` is {take}, expected at least 1")
    found = (
        _read_folder(place, threshold) if os.path.isdir(place) else _read_file(place, cues, threshold, take)
    )
    return found if take is None else Patterns(found.values[:take], found.shape)


_Reader = Callable[[str | Path, bool, float | None], Bits]
_ARRAYS: Mapping[str, _Reader] = {".npy": bits_of_npy, ".npz": bits_of_npz, ".csv": bits_of_csv}


def _read_file(path: Path, cues: bool, threshold: float | None, take: int | None) -> Patterns:
    suffix, head = path.suffix.lower(), read_head(path, 16)
    if suffix in _ARRAYS:
        return Patterns(*_ARRAYS[suffix](path, cues, threshold))
    if is_idx(head):
        return Patterns(*bits_of_idx(path, cues, threshold, take))
    if suffix in IMAGES or is_image(head):
        return _read_picture(path, threshold)
    if threshold is not None:
        raise InputError(f"`threshold` is for numbers and images, and {str(path)!r} is a text of * and .")
    return _read_text(path, cues)


def write_patterns(path: str | Path, patterns: Patterns, comment: str = "") -> None:
    """Write a `.txt` file, a `.npy` array (count, rows, cols), or one pattern as a `.png` image.

    The comment follows the patterns in lines that begin with #, and the array behind its end; it is the
    `Software` of an image.
    Text and images hold signs: 0 is `?` in text. Raises `InputError` for values that the format cannot hold,
    several patterns in one image, another suffix, or a path that cannot be written.
    """
    writers = {".txt": _write_text, ".npy": _write_npy, ".png": _write_png}
    writers[patterns_suffix(path)](path, patterns, comment)


def patterns_suffix(path: str | Path) -> str:
    """Return ".txt", ".npy" or ".png"; raises `InputError` for any other suffix of `path`."""
    suffix = Path(path).suffix.lower()
    if suffix not in (".txt", ".npy", ".png"):
        raise InputError(f"patterns are written to .txt, .npy or .png files, not to {str(path)!r}")
    return suffix


def parse_patterns(text: str, file: str = "<patterns>", *, cues: bool = False) -> Patterns:
    """Return the patterns of a text; raises `FileFormatError` as `read_patterns` does."""
    lines = [(k, line.strip()) for k, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(k, line) for k, line in lines if not line.startswith("#")]
    if not lines:
        raise FileFormatError("holds no patterns", Location(file, 1), HEADER)
    number, header = lines[0]
    words = header.split()
    sizes = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 10]
    if len(words) != 3 or len(sizes) != 3 or min(sizes) < 1:
        raise FileFormatError("this is no head of a pattern file", Location(file, number, 1, header), HEADER)
    rows, cols, count = sizes
    if rows * cols * count > LARGEST:
        reason = f"{count} patterns of {rows} x {cols} bits are more than {LARGEST:.0e} bits"
        raise FileFormatError(reason, Location(file, number, 1, header))
    body = lines[1:]
    signs = SIGNS if cues else {"*": 1.0, ".": -1.0}
    for k, line in body[: rows * count]:
        _check_row(line, cols, signs, Location(file, k, 1, line))
    if len(body) > rows * count:
        k, line = body[rows * count]
        reason = f"this row is one too many: {count} x {rows} are announced"
        raise FileFormatError(reason, Location(file, k, 1, line))
    if len(body) < rows * count:
        k, line = lines[-1]
        reason = f"ends after {len(body)} rows"
        raise FileFormatError(reason, Location(file, k, 1, line), f"{rows * count} rows of {cols} signs")
    bits = np.array([[signs[sign] for sign in line] for _, line in body])
    return Patterns(bits.reshape(count, rows * cols), (rows, cols))


def _check_row(line: str, cols: int, signs: dict[str, float], where: Location) -> None:
    for column, sign in enumerate(line, 1):
        if sign not in signs:
            place = Location(where.file, where.line, column, where.text)
            raise FileFormatError(f"{sign!r} stands for no bit", place, " or ".join(signs))
    if len(line) != cols:
        raise FileFormatError(f"this row has {len(line)} bits", where, f"{cols} of * and .")


def format_patterns(patterns: Patterns) -> str:
    """Return the text of `patterns`; raises `InputError` for values other than 1, -1 and 0."""
    rows, cols = patterns.shape
    if not np.isin(patterns.values, (-1.0, 0.0, 1.0)).all():
        raise InputError("text files hold +1, -1 and 0 (erased); write other values to a .npy file")
    signs = np.array([".", "?", "*"])[patterns.values.astype(int) + 1]
    blocks = ["\n".join("".join(row) for row in bits.reshape(rows, cols)) for bits in signs]
    return f"{rows} {cols} {len(patterns)}\n\n" + "\n\n".join(blocks) + "\n"


def _read_text(path: str | Path, cues: bool) -> Patterns:
    content = read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError("is not text in UTF-8", Location(str(path), 1), HEADER) from error
    return parse_patterns(text, str(path), cues=cues)


def _write_text(path: str | Path, patterns: Patterns, comment: str) -> None:
    comments = "".join(f"# {part}\n" for part in comment.splitlines())
    write_text(path, format_patterns(patterns) + comments)


def _write_npy(path: str | Path, patterns: Patterns, comment: str) -> None:
    signs = np.isin(patterns.values, (-1.0, 0.0, 1.0)).all()
    values = patterns.values.astype(np.int8) if signs else patterns.values
    with replacing(path) as handle:
        np.save(handle, values.reshape(len(patterns), *patterns.shape))
        handle.write(comment.encode())


def _read_picture(path: str | Path, threshold: float | None) -> Patterns:
    light = read_image(path)
    bits = np.where(light < (0.5 if threshold is None else threshold), 1.0, -1.0)
    return Patterns(bits.reshape(1, -1), (light.shape[0], light.shape[1]))


def _write_png(path: str | Path, patterns: Patterns, comment: str) -> None:
    if len(patterns) != 1:
        raise InputError(f"an image holds one pattern, not {len(patterns)}: write one file for each")
    if not np.isin(patterns.values, (-1.0, 1.0)).all():
        raise InputError("an image holds +1 and -1 only; write other values to a .npy file")
    from matplotlib.image import imsave

    pixels = patterns.values.reshape(patterns.shape)
    metadata = {"Software": comment} if comment else None
    with replacing(path) as handle:
        imsave(handle, -pixels, cmap="gray", vmin=-1.0, vmax=1.0, format="png", metadata=metadata)


def _read_folder(folder: Path, threshold: float | None) -> Patterns:
    images = sorted(entry for entry in folder.iterdir() if entry.suffix.lower() in IMAGES)
    if not images:
        reason = f"is a folder without images ({', '.join(IMAGES)})"
        raise FileFormatError(reason, Location(str(folder), 1))
    found: list[Patterns] = []
    for image in images:
        one = _read_picture(image, threshold)
        found.append(one)
        if len(found) * one.values.size > LARGEST:
            raise FileFormatError(f"holds images of more than {LARGEST:.0e} pixels", Location(str(folder), 1))
        if one.shape != found[0].shape:
            rows, cols = found[0].shape
            reason = f"has {one.shape[0]} x {one.shape[1]} pixels"
            raise FileFormatError(reason, Location(str(image), 1), f"{rows} x {cols} as in {images[0].name}")
    return Patterns(np.concatenate([one.values for one in found]), found[0].shape)


def as_patterns(values: ArrayLike, shape: tuple[int, int] | None = None) -> Patterns:
    """Return the rows of `values` (count, neurons) as patterns of `shape`, by default one line each."""
    array = np.atleast_2d(np.asarray(values, dtype=np.float64))
    return Patterns(array, (1, array.shape[1]) if shape is None else shape)
