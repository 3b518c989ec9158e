"""Waveforms as comma-separated values, with their metadata in leading `# key: json` lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.files import replacing
from analoghop.formats.intake import LARGEST, read_bytes
from analoghop.formats.waveforms.waveforms import Waveforms

ROWS_AT_ONCE = 4096
KNOWN = re.compile(r"#\s*(title|kinds|record\.[^:]*):\s*(.*)")


def write_csv(path: str | Path, waveforms: Waveforms) -> None:
    """Write `waveforms`: `# title`, `# kinds` and `# record.KEY` lines, the names, one row for each time.

    Numbers have enough digits to be read back as the same float64. Raises `InputError` if the file cannot be
    written.
    """
    known: dict[str, object] = {"title": waveforms.title, "kinds": waveforms.kinds}
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
    try:
        lines = read_bytes(path, LARGEST).decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise FileFormatError("is no text in UTF-8", Location(str(path), 1)) from error
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if first is None:
        raise FileFormatError("holds no signals", Location(str(path), 1), "a row of names")
    title: str = ""
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
        elif key == "kinds":
            kinds = tuple(map(str, value)) if isinstance(value, list) else ()
        else:
            record[key.removeprefix("record.")] = value
    try:
        names = tuple(name.strip() for name in next(csv.reader([lines[first]], strict=True)))
        data = _table(lines[first + 1 :], len(names), Location(str(path), first + 2))
        return Waveforms(names, kinds or tuple(map(_kind, names)), data, title, record)
    except FileFormatError:
        raise
    except (InputError, csv.Error) as error:
        where = Location(str(path), first + 1, 1, lines[first])
        raise FileFormatError(f"the row of names cannot be used: {error}", where) from error


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
