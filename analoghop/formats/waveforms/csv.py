"""Waveforms as comma-separated values, with their metadata in leading `# key: json` lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.files import replacing
from analoghop.formats.intake import LARGEST, read_bytes
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.formats.waveforms.waveforms import Waveforms

ROWS_AT_ONCE = 4096
KNOWN = re.compile(r"#\s*(title|kinds|plot|record\.[^:]*):\s*(.*)")


def write_csv(path: str | Path, waveforms: Waveforms) -> None:
    """Write `waveforms`: `# title`, `# kinds` and `# record.KEY` lines, the names, one row for each time.

    Numbers have enough digits to be read back as the same float64. Raises `InputError` if the file cannot be
    written.
    """
    _write_rows(path, {"title": waveforms.title, "kinds": waveforms.kinds}, waveforms)


def write_csv_table(path: str | Path, table: AnalysisTable) -> None:
    """Write `table` as `write_csv` writes waveforms; a complex column becomes `name.re` and `name.im`."""
    known: dict[str, object] = {"title": table.title, "kinds": table.kinds, "plot": table.plot}
    if np.iscomplexobj(table.data):
        names = (table.names[0], *(f"{name}.{part}" for name in table.names[1:] for part in ("re", "im")))
        kinds = (table.kinds[0], *(kind for kind in table.kinds[1:] for _ in range(2)))
        parts = [table.data[0].real, *(part for row in table.data[1:] for part in (row.real, row.imag))]
        table = AnalysisTable(table.plot, names, kinds, np.array(parts), table.title, table.record)
    _write_rows(path, known, table)


def _write_rows(path: str | Path, known: dict[str, object], waveforms: Waveforms | AnalysisTable) -> None:
    for key, value in waveforms.record.items():
        known["record." + json.dumps(key)[1:-1].replace(":", "\\u003a")] = value
    with replacing(path) as handle, io.TextIOWrapper(handle, "utf-8", newline="") as text:
        text.writelines(f"# {key}: {json.dumps(value)}\n" for key, value in known.items())
        csv.writer(text, lineterminator="\n").writerow(waveforms.names)
        for start in range(0, waveforms.data.shape[1], ROWS_AT_ONCE):
            rows = waveforms.data[:, start : start + ROWS_AT_ONCE].T.tolist()
            text.writelines(",".join(map(repr, row)) + "\n" for row in rows)


def read_csv(path: str | Path) -> Waveforms:
    """Return the waveforms of a file in the format of `write_csv`; its `#` lines may be missing.

    Raises `FileFormatError`, with file and line, for rows of another length and words that are not numbers.
    """
    found = _read(path)
    try:
        kinds = found.kinds or tuple(map(_kind, found.names))
        return Waveforms(found.names, kinds, found.data, found.title, found.record)
    except InputError as error:
        raise FileFormatError(f"the row of names cannot be used: {error}", found.where) from error


def read_csv_table(path: str | Path) -> AnalysisTable:
    """Return the table of a file that `write_csv_table` wrote; raises as `read_csv` does."""
    found = _read(path)
    names, data = found.names, found.data
    if len(names) > 1 and all(name.endswith((".re", ".im")) for name in names[1:]) and len(names) % 2:
        names = (names[0], *(name.removesuffix(".re") for name in names[1::2]))
        data = np.concatenate([data[:1].astype(np.complex128), data[1::2] + 1j * data[2::2]])
    try:
        kinds = found.kinds or tuple(map(_kind, names))
        return AnalysisTable(found.plot, names, kinds, data, found.title, found.record)
    except InputError as error:
        raise FileFormatError(f"the row of names cannot be used: {error}", found.where) from error


class _Content(NamedTuple):
    plot: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    data: Any
    title: str
    record: dict[str, object]
    where: Location


def _read(path: str | Path) -> _Content:
    try:
        lines = read_bytes(path, LARGEST).decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise FileFormatError("is not text in UTF-8", Location(str(path), 1)) from error
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if first is None:
        raise FileFormatError("holds no signals", Location(str(path), 1), "a row of names")
    title = plot = ""
    kinds: tuple[str, ...] = ()
    record: dict[str, object] = {}
    for i, line in enumerate(lines[:first]):
        match = KNOWN.fullmatch(line)
        if match is None:
            continue
        where = Location(str(path), i + 1, 1, line)
        key, value = _json(f'"{match[1]}"', where), _json(match[2], where)
        if key == "title":
            title = str(value)
        elif key == "plot":
            plot = str(value)
        elif key == "kinds":
            kinds = tuple(map(str, value)) if isinstance(value, list) else ()
        else:
            record[key.removeprefix("record.")] = value
    where = Location(str(path), first + 1, 1, lines[first])
    try:
        names = tuple(name.strip() for name in next(csv.reader([lines[first]], strict=True)))
    except csv.Error as error:
        raise FileFormatError(f"the row of names cannot be used: {error}", where) from error
    data = _table(lines[first + 1 :], len(names), Location(str(path), first + 2))
    return _Content(plot, names, kinds, data, title, record, where)


def _json(text: str, where: Location) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileFormatError("this line holds no JSON", where, '"# key: value in JSON"') from error


def _kind(name: str) -> str:
    return "time" if name.lower() == "time" else "current" if name.lower().startswith("i(") else "voltage"


def _table(lines: Sequence[str], count: int, begin: Location) -> Array:
    """Return the numbers (count, points) of `lines`; `begin` is the location of the first line."""
    rows = []
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            row = [float(word) for word in line.split(",")]
        except ValueError as error:
            where = Location(begin.file, begin.line + i, 1, line)
            raise FileFormatError(f"this row holds a word that is no number: {error}", where) from error
        if len(row) != count:
            where = Location(begin.file, begin.line + i, 1, line)
            raise FileFormatError(f"this row has {len(row)} numbers", where, f"{count}, one for each name")
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(len(rows), count).T
