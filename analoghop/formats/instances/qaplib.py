"""QAPLIB files: two matrices of an assignment problem, and solutions (Burkard, Karisch & Rendl 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.files import write_text
from analoghop.formats.intake import read_bytes

FEWEST = 2
LARGEST = 5_000


@dataclass(frozen=True, eq=False)
class Matrices:
    """The matrices A and B (n, n) of `min_p sum_ij A[i, j] B[p(i), p(j)]`, and the instance's name.

    `best` is the best known cost, None where the file does not give it.
    """

    name: str
    A: Array
    B: Array
    best: float | None = None

    def __post_init__(self) -> None:
        readonly_fields(self, A=frozen(self.A), B=frozen(self.B))


@dataclass(frozen=True)
class QAPSolution:
    """The content of a solution file: the stated value, and the `permutation`, numbered from 0."""

    value: float
    permutation: tuple[int, ...]


class _Words:
    """The words of a file, each with its line number; what follows a `#` is a comment of ours."""

    def __init__(self, path: str | Path) -> None:
        self.file = str(path)
        content = read_bytes(path)
        if b"\0" in content:
            raise FileFormatError("is not a text file", Location(self.file, 0))
        lines = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        self.lines = lines.split("\n")
        # Some solution files separate their numbers by commas.
        self.words = [line.partition("#")[0].replace(",", " ").split() for line in self.lines]
        self.flat = [word for words in self.words for word in words]

    def where(self, k: int) -> Location:
        """Return the location of word `k`, or of the last word if there are fewer."""
        seen, last = 0, 0
        for line, words in enumerate(self.words):
            last = line if words else last
            seen += len(words)
            if k < seen:
                break
        return Location(self.file, last + 1, 1, self.lines[last])

    def numbers(self) -> Array:
        """Return all words as numbers; raises `FileFormatError` for one that is not a finite number."""
        try:
            values: Array = np.array(self.flat, dtype=np.float64)
            bad = np.flatnonzero(~np.isfinite(values))
        except ValueError:
            bad = np.array([k for k, word in enumerate(self.flat) if not _is_number(word)])
        if bad.size:
            k = int(bad[0])
            raise FileFormatError(f"{self.flat[k]!r} is no finite number", self.where(k))
        return values

    def size(self, values: Array) -> int:
        """Return the first number, the size; raises `FileFormatError` if it is not a valid size."""
        if not values.size:
            raise FileFormatError("holds no numbers", Location(self.file, 1), "the size, then two matrices")
        if values[0] != int(values[0]) or not FEWEST <= values[0] <= LARGEST:
            reason = f"the size is {values[0]:g}"
            raise FileFormatError(reason, self.where(0), f"a whole number from {FEWEST} to {LARGEST}")
        return int(values[0])


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def read_qaplib(path: str | Path) -> Matrices:
    """Return the two matrices of a `.dat` file, and the best known cost where that follows the size.

    Raises `FileFormatError`, with file and line, for a file that is truncated, continues after the second
    matrix, or holds a word that is not a number.
    """
    words = _Words(path)
    values = words.numbers()
    n = words.size(values)
    wanted = 1 + 2 * n * n
    best: float | None = None
    if len(values) == wanted + 1 and len(next(filter(None, words.words))) == 2:
        best, values = float(values[1]), np.delete(values, 1)
    if len(values) != wanted:
        where = words.where(min(len(values) - 1, wanted))
        reason = f"{len(values) - 1} numbers follow the size {n}, two matrices have {wanted - 1}"
        raise FileFormatError(reason, where)
    A, B = values[1:].reshape(2, n, n)
    return Matrices(Path(path).stem, A, B, best)


def write_qaplib(path: str | Path, matrices: Matrices) -> None:
    """Write a `.dat` file that `read_qaplib` reads back; raises `InputError` if it cannot be written."""
    lines = [str(len(matrices.A)), ""]
    for matrix in (matrices.A, matrices.B):
        lines += [" ".join(repr(value).removesuffix(".0") for value in row) for row in matrix.tolist()]
        lines.append("")
    write_text(path, "\n".join(lines))


def read_solution(path: str | Path, size: int | None = None) -> QAPSolution:
    """Return the permutation of a `.sln` file; with `size`, it must have that size.

    Raises `FileFormatError`, with file and line, if it is not a permutation or has another size.
    """
    words = _Words(path)
    value, places = _solution(words, size)
    n = len(places)
    if not np.array_equal(np.sort(places), np.arange(1, n + 1)):
        raise FileFormatError(f"this is no permutation of 1 to {n}", words.where(2))
    return QAPSolution(value, tuple(int(place) - 1 for place in places))


def read_places(path: str | Path, size: int) -> tuple[int, ...]:
    """Return the `size` locations in a `.sln` file, from 0; they need not be a permutation.

    Raises `FileFormatError`, with file and line, for another number of locations and for one that is not a
    whole number.
    """
    words = _Words(path)
    _, places = _solution(words, size)
    for k, place in enumerate(places.tolist()):
        if not place.is_integer():
            raise FileFormatError(f"{place:g} is no number of a location", words.where(k + 2))
    return tuple(int(place) - 1 for place in places)


def _solution(words: _Words, size: int | None) -> tuple[float, Array]:
    """Return the value and the locations; their number must be that in the file and `size`."""
    values = words.numbers()
    n = words.size(values)
    if size is not None and n != size:
        reason = f"this solution has size {n}: it cannot belong to an instance of size {size}"
        raise FileFormatError(reason, words.where(0))
    if len(values) != n + 2:
        reason = f"{max(len(values) - 2, 0)} numbers follow the size and the value, expected {n}"
        raise FileFormatError(reason, words.where(min(len(values) - 1, n + 2)))
    return float(values[1]), values[2:]


def write_solution(path: str | Path, value: float, permutation: Sequence[int], comment: str = "") -> None:
    """Write a `.sln` file, numbered from 1, then the comment on lines that begin with #.

    Raises `InputError` if it cannot be written.
    """
    if sorted(permutation) != list(range(len(permutation))):
        raise InputError("`permutation` does not hold every number from 0 on exactly once")
    shown = repr(float(value)).removesuffix(".0")
    numbers = " ".join(str(place + 1) for place in permutation)
    comments = "".join(f"# {part}\n" for part in comment.splitlines())
    write_text(path, f"{len(permutation)} {shown}\n{numbers}\n{comments}")
