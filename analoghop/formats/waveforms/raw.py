"""The raw file of ngspice: a text header, then the numbers, point after point."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.files import replacing
from analoghop.formats.intake import LARGEST, read_bytes
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.formats.waveforms.waveforms import Waveforms

HEADER_LIMIT = 1 << 22  # bytes; a header is a few lines and one per signal
LINE_LIMIT = 400  # ngspice reads at most 511 bytes of a header line and treats the rest as another line
MARK = "Command: * ngspice raw file of analoghop, record"


class _Header(NamedTuple):
    fields: dict[str, str]
    record: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    points: int
    binary: bool
    complex: bool
    start: int  # where the numbers begin, in bytes
    where: Location  # the line before them


def read_plots(path: str | Path) -> list[Waveforms]:
    """Return every transient plot of a raw file, binary or with `Values:`; other real plots are skipped.

    Raises `FileFormatError`, with file and line, for a file that is not a raw file, complex numbers,
    truncated data, and files without a transient plot.
    """
    content = read_bytes(path, LARGEST)
    plots, others, position, line = [], [], 0, 1
    while content[position:].lstrip(b"\r\n"):
        header = _read_header(content, position, line, str(path))
        if header.complex:
            plot = header.fields.get("plotname", "a plot")
            _fail(header.where, f"{plot} has complex numbers, only real ones over time are read")
        values, position = _read_values(content, header)
        line = header.where.line + 1 + content.count(b"\n", header.start, position)
        if header.names[0].lower() == "time":
            plots.append(_waveforms(header, values))
        else:
            others.append(header.fields.get("plotname") or "a plot without a name")
    if not plots:
        found = f"only {', '.join(others)}" if others else "nothing"
        raise FileFormatError(f"holds {found}, no transient", Location(str(path), 1))
    return plots


def read_tables(path: str | Path) -> list[AnalysisTable]:
    """Return every plot of a raw file, of whatever analysis, real or complex.

    Raises `FileFormatError`, with file and line, for a file that is not a raw file or is truncated.
    """
    content = read_bytes(path, LARGEST)
    tables, position, line = [], 0, 1
    while content[position:].lstrip(b"\r\n"):
        header = _read_header(content, position, line, str(path))
        values, position = _read_values(content, header)
        line = header.where.line + 1 + content.count(b"\n", header.start, position)
        title, record = _title_and_record(header)
        try:
            plot = header.fields.get("plotname", "")
            tables.append(AnalysisTable(plot, header.names, header.kinds, values, title, record))
        except InputError as error:
            _fail(header.where, f"the variables cannot be used: {error}")
    return tables


def read_raw(path: str | Path) -> Waveforms:
    """Return the first transient plot of a raw file; raises `FileFormatError` as `read_plots` does."""
    return read_plots(path)[0]


def write_raw(path: str | Path, waveforms: Waveforms) -> None:
    """Write `waveforms` as a binary raw file that ngspice's `load` and spicelib read as well.

    The record is written to `Command:` lines of the header, after a `*`: ngspice executes such lines when it
    loads a file, and these are comments to it. Raises `InputError` if the file cannot be written.
    """
    _write(path, "Transient Analysis", waveforms)


def write_raw_table(path: str | Path, table: AnalysisTable) -> None:
    """Write `table` as `write_raw` writes waveforms."""
    _write(path, table.plot, table)


def _write(path: str | Path, plot: str, shown: Waveforms | AnalysisTable) -> None:
    names, points, complex_ = shown.names, shown.data.shape[1], np.iscomplexobj(shown.data)
    title = shown.title.encode()[:LINE_LIMIT].decode(errors="ignore")
    lines = [
        f"Title: {title}",
        f"Date: {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"Plotname: {plot}",
        f"Flags: {'complex' if complex_ else 'real'}",
        f"No. Variables: {len(names)}",
        f"No. Points: {points}",
        *_record_lines({"title": shown.title, "record": shown.record}),
        "Variables:",
        *(f"\t{i}\t{name}\t{kind}" for i, (name, kind) in enumerate(zip(names, shown.kinds, strict=True))),
        "Binary:\n",
    ]
    with replacing(path) as handle:
        handle.write("\n".join(lines).encode())
        handle.write(np.ascontiguousarray(shown.data.T, dtype="<c16" if complex_ else "<f8").tobytes())


def _record_lines(record: Mapping[str, object]) -> list[str]:
    text = json.dumps(record, separators=(",", ":"))
    # Characters with a meaning for ngspice's command reader, even in a comment, are written as JSON escapes.
    text = "".join(f"\\u{ord(sign):04x}" if sign in "!$`;&|<>^~%*" else sign for sign in text)
    size = LINE_LIMIT - len(MARK) - 24
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    return [f"{MARK} {i}/{len(chunks)}: {chunk}" for i, chunk in enumerate(chunks, 1)]


def _fail(where: Location, reason: str, expected: str = "") -> NoReturn:
    raise FileFormatError(reason, where, expected)


def _read_header(content: bytes, position: int, line: int, file: str) -> _Header:
    fields: dict[str, str] = {}
    record: list[str] = []
    variables: list[list[str]] | None = None
    limit = position + HEADER_LIMIT
    while True:
        end = content.find(b"\n", position, limit)
        if end < 0:
            _fail(Location(file, line), "the header of a raw file ends early", '"Binary:" or "Values:"')
        text = content[position:end].decode("utf-8", "replace").rstrip("\r")
        where = Location(file, line, 1, text)
        position, line = end + 1, line + 1
        key, colon, value = text.partition(":")
        key = key.strip().lower()
        if variables is not None and key not in ("binary", "values"):
            variables.append(text.split())
        elif not text.strip():
            continue
        elif not colon or (not fields and key != "title"):
            _fail(
                where,
                "this is no header line of an ngspice raw file",
                '"Title: ..." first, then "Key: value"',
            )
        elif key in ("binary", "values"):
            break
        elif key == "variables":
            # LTspice and old versions of ngspice put the first variable on this line.
            variables = [value.split()] if value.strip() else []
        elif text.startswith(MARK):
            record.append(text[len(MARK) :].partition(": ")[2])
        else:
            fields[key] = value.strip()
    if variables is None:
        _fail(where, "the header names no variables", '"Variables:" before the numbers')
    flags = fields.get("flags", "real").lower().split()
    count, points = (_integer(fields, key, where) for key in ("no. variables", "no. points"))
    if count < 1 or count != len(variables) or any(len(words) < 3 for words in variables):
        expected = f'{count} lines "index name kind"'
        _fail(where, f"the header announces {count} variables and describes {len(variables)}", expected)
    names, kinds = (tuple(words[i] for words in variables) for i in (1, 2))
    return _Header(
        fields, "".join(record), names, kinds, points, key == "binary", "complex" in flags, position, where
    )


def _integer(fields: Mapping[str, str], key: str, where: Location) -> int:
    text = fields.get(key, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        _fail(where, f"the header says {text!r} under {key!r}", f'"{key.capitalize()}: number"')
    return int(text)


def _read_values(content: bytes, header: _Header) -> tuple[NDArray[np.inexact[Any]], int]:
    """Return the values (variables, points) and the position after them."""
    points, count = header.points, len(header.names)
    if header.binary:
        size = 16 if header.complex else 8
        end = header.start + size * points * count
        if end > len(content):
            there = len(content) - header.start
            _fail(header.where, f"the data is truncated: {there} bytes, {size * points * count} announced")
        kind = "<c16" if header.complex else "<f8"
        numbers = np.frombuffer(content, kind, points * count, header.start)
        return numbers.reshape(points, count).T.astype(np.complex128 if header.complex else np.float64), end
    if header.complex:
        _fail(header.where, "complex numbers are read in binary form only", '"Binary:"')
    end = content.find(b"\nTitle:", header.start)
    end = len(content) if end < 0 else end + 1
    words = content[header.start : end].split()
    if len(words) != points * (count + 1):
        _fail(header.where, f"there are {len(words)} words of data, {points * (count + 1)} announced")
    try:
        table = np.array(words, dtype=object).reshape(points, count + 1)
        values = table[:, 1:].astype(np.float64).T
    except ValueError as error:
        _fail(header.where, f"the data does not consist of numbers: {error}")
    if [bytes(word) for word in table[:, 0]] != [b"%d" % i for i in range(points)]:
        _fail(header.where, "the points are not numbered from 0 on")
    return values, end


def _title_and_record(header: _Header) -> tuple[str, dict[str, object]]:
    title: str = header.fields.get("title", "")
    record: dict[str, object] = {}
    if header.record:
        # ngspice keeps only one of these lines when it writes a loaded file again: the record is then lost.
        try:
            kept = json.loads(header.record)
            title, record = str(kept["title"]), dict(kept["record"])
        except (ValueError, KeyError, TypeError, RecursionError):
            record = {}
    return title, record


def _waveforms(header: _Header, values: NDArray[np.inexact[Any]]) -> Waveforms:
    title, record = _title_and_record(header)
    try:
        return Waveforms(header.names, header.kinds, values.real, title, record)
    except InputError as error:
        _fail(header.where, f"the variables cannot be used: {error}")
