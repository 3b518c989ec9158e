"""Cities as comma-separated values: two columns of coordinates, or a square matrix of distances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.files import write_text
from analoghop.formats.intake import read_bytes
from analoghop.formats.tsplib.distances import distance_matrix
from analoghop.formats.tsplib.instance import EUCLIDEAN, EXPLICIT, FEWEST, GREAT_CIRCLE, LARGEST, Cities

_NORTH, _EAST = ("latitude", "lat"), ("longitude", "lon", "lng", "long")
EXPECTED = "rows of `x,y`, or a square matrix of distances"


class _Row(NamedTuple):
    line: int
    text: str
    cells: list[str]


def read_table(path: str | Path) -> Cities:
    """Return the cities of a table; columns are separated by commas, semicolons, tabs or blanks.

    A first row of words names the columns. If `x` and `y` are among them, these are the coordinates and other
    columns are ignored; if `latitude` and `longitude` (`lat`, `lon`, `lng`, `long`) are, these are degrees,
    and distances are those of great circles in kilometres, "GREAT_CIRCLE"; if there are as many names as
    rows, they are the cities of a matrix, whose rows may begin with the names too. Distances from coordinates
    are real, "EUCLIDEAN"; a matrix may be asymmetric, and its diagonal is not read. `#` begins a comment.
    Raises `FileFormatError`, with file and line, for rows that do not fit and for distances that are missing,
    negative or not finite.
    """
    rows = _rows(path)
    if not rows:
        raise FileFormatError("holds no cities", Location(str(path), 1), EXPECTED)
    head = [cell.lower() for cell in rows[0].cells] if any(map(_is_word, rows[0].cells)) else []
    body = rows[1:] if head else rows
    places, kind = _columns(head)
    if places:
        body = [_Row(r.line, r.text, _chosen(path, r, len(head), places)) for r in body]
    elif head:
        # Names of cities: those in front of the rows have none above them, or an empty cell.
        body = [_Row(r.line, r.text, r.cells[1:] if _is_word(r.cells[0]) else r.cells) for r in body]
    _check_size(path, rows[0], len(body))
    if all(len(row.cells) == 2 for row in body):
        return _from_coordinates(path, body, kind)
    return _from_matrix(path, body)


def write_table(path: str | Path, values: ArrayLike, names: Sequence[str] = ()) -> None:
    """Write coordinates (n, 2) or distances (n, n), with `names` of the columns if given.

    Numbers have enough digits to be read back as the same float64. Raises `InputError` for another shape or a
    path that cannot be written.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] not in (2, len(table)):
        raise InputError(f"`values` has shape {table.shape}, expected (n, 2) or (n, n)")
    lines = [",".join(names)] if names else []
    lines += [",".join(map(repr, row)) for row in table.tolist()]
    write_text(path, "\n".join([*lines, ""]))


def _rows(path: str | Path) -> list[_Row]:
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError("is not text in UTF-8", Location(str(path), 1)) from error
    if "\0" in text:
        raise FileFormatError("is not a text file", Location(str(path), 0))
    return list(_cells(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


def _cells(lines: Sequence[str]) -> Iterator[_Row]:
    for number, line in enumerate(lines, 1):
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        mark = next((mark for mark in ",;\t" if mark in bare), None)
        parts = bare.split() if mark is None else bare.split(mark)
        yield _Row(number, line, [part.strip().strip('"') for part in parts])


def _is_word(cell: str) -> bool:
    """Return whether `cell` is a name: not empty, and not a number, even one such as nan."""
    return bool(re.match(r"[A-Za-z_]", cell)) and cell.lower() not in ("nan", "inf", "infinity")


def _columns(head: list[str]) -> tuple[list[int], str]:
    """Return the two columns of coordinates, [] if the names show none, and the kind of distances."""
    north = [k for k, name in enumerate(head) if name in _NORTH]
    east = [k for k, name in enumerate(head) if name in _EAST]
    if north and east:
        return [north[0], east[0]], GREAT_CIRCLE
    return ([head.index("x"), head.index("y")] if {"x", "y"} <= set(head) else []), EUCLIDEAN


def _chosen(path: str | Path, row: _Row, width: int, places: list[int]) -> list[str]:
    if len(row.cells) != width:
        reason = f"this row has {len(row.cells)} cells"
        raise FileFormatError(reason, _where(path, row), f"{width}, one for each name")
    return [row.cells[k] for k in places]


def _where(path: str | Path, row: _Row) -> Location:
    return Location(str(path), row.line, 1, row.text)


def _check_size(path: str | Path, first: _Row, n: int) -> None:
    if not FEWEST <= n <= LARGEST:
        reason = f"the table has {n} cities: a tour has at least {FEWEST}, and at most {LARGEST} are read"
        raise FileFormatError(reason, _where(path, first))


def _numbers(path: str | Path, row: _Row, skip: int | None = None) -> list[float]:
    """Return the numbers of a row; cell `skip` is not read, its value is 0."""
    values = [0.0] * len(row.cells)
    for k, cell in enumerate(row.cells):
        if k == skip:
            continue
        try:
            values[k] = float(cell)
        except ValueError:
            values[k] = np.nan
        if not np.isfinite(values[k]):
            reason = (
                f"column {k + 1} holds {cell!r}, no finite number" if cell else f"column {k + 1} is empty"
            )
            raise FileFormatError(reason, _where(path, row), EXPECTED)
    return values


def _from_coordinates(path: str | Path, rows: list[_Row], kind: str) -> Cities:
    coordinates: Array = np.array([_numbers(path, row) for row in rows])
    if kind == GREAT_CIRCLE:
        outside = np.flatnonzero((np.abs(coordinates) > [90.0, 360.0]).any(axis=1))
        if len(outside):
            reason = "this is no place on the Earth"
            raise FileFormatError(reason, _where(path, rows[outside[0]]), "degrees: latitude, then longitude")
    return Cities(Path(path).stem, distance_matrix(coordinates, kind), coordinates, kind)


def _from_matrix(path: str | Path, rows: list[_Row]) -> Cities:
    n = len(rows)
    distances: list[list[float]] = []
    for k, row in enumerate(rows):
        if len(row.cells) != n:
            reason = f"this row has {len(row.cells)} columns and the table {n} rows"
            raise FileFormatError(reason, _where(path, row), EXPECTED)
        values = _numbers(path, row, skip=k)
        if min(values) < 0:
            city = int(np.argmin(values)) + 1
            reason = f"the distance from city {k + 1} to city {city} is negative"
            raise FileFormatError(reason, _where(path, row))
        distances.append(values)
    return Cities(Path(path).stem, np.array(distances), None, EXPLICIT)
