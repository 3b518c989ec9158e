"""`Columns`: the results of a study, a row for each setting, and their `.npz` and `.csv` files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.arrays import Array, frozen
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.damage import DAMAGED
from analoghop.formats.files import replacing, write_text
from analoghop.formats.intake import read_bytes
from analoghop.formats.numpy_files import read_archive
from analoghop.formats.waveforms.waveforms import plain_record

_RECORD = "# record: "


@dataclass(frozen=True, eq=False)
class Columns:
    """`values`: arrays (rows,) of one length by name; `record` fits into JSON (version, settings, seeds).

    `columns["load"]` is an array. Raises `InputError` for lengths that differ or names with a comma.
    """

    values: Mapping[str, Array]
    record: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = {name: frozen(array) for name, array in self.values.items()}
        if not values or len({array.shape for array in values.values()}) > 1:
            raise InputError("`values` of columns need at least one array, all of one length")
        if any(array.ndim != 1 for array in values.values()):
            raise InputError("`values` of columns are arrays of one axis")
        for name in values:
            if not name.isidentifier():
                raise InputError(f"{name!r} cannot name a column")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "record", plain_record(self.record))

    @property
    def names(self) -> tuple[str, ...]:
        """The names."""
        return tuple(self.values)

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __getitem__(self, name: str) -> Array:
        if name not in self.values:
            raise InputError(f"there is no column {name!r} among {', '.join(self.names)}")
        return self.values[name]


def columns_suffix(path: str | Path) -> str:
    """Return ".npz" or ".csv"; raises `InputError` for any other suffix of `path`."""
    suffix = Path(path).suffix.lower()
    if suffix not in (".npz", ".csv"):
        raise InputError(f"studies are kept in .npz or .csv files, not in {str(path)!r}")
    return suffix


def write_columns(path: str | Path, columns: Columns) -> None:
    """Write `columns` to a `.npz` or `.csv` file, completely or not at all; a missing value is nan.

    Numbers have enough digits to be read back as the same float64. Raises `InputError` for another suffix or
    a path that cannot be written.
    """
    if columns_suffix(path) == ".npz":
        with replacing(path) as handle:
            arrays: dict[str, Any] = dict(columns.values)
            np.savez(handle, record=np.array(json.dumps(columns.record)), **arrays)
        return
    rows = zip(*(array.tolist() for array in columns.values.values()), strict=True)
    lines = [_RECORD + json.dumps(columns.record), ",".join(columns.names)]
    lines += [",".join(map(repr, row)) for row in rows]
    write_text(path, "\n".join([*lines, ""]))


def read_columns(path: str | Path) -> Columns:
    """Return the columns of a file that `write_columns` wrote.

    Raises `InputError` for another suffix, `FileFormatError`, with the line, for a file in another format.
    """
    return _read_npz(path) if columns_suffix(path) == ".npz" else _read_csv(path)


def _read_npz(path: str | Path) -> Columns:
    values = read_archive(path, "columns")
    try:
        return Columns(values, json.loads(str(values.pop("record", "{}"))))
    except DAMAGED as error:
        raise FileFormatError(f"cannot be read as columns: {error}", Location(str(path), 1)) from error


def _read_csv(path: str | Path) -> Columns:
    try:
        lines = read_bytes(path).decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise FileFormatError("is not text in UTF-8", Location(str(path), 1)) from error
    record: dict[str, object] = {}
    names: list[str] | None = None
    rows: list[list[float]] = []
    for number, line in enumerate(lines, 1):
        where = Location(str(path), number, 1, line)
        try:
            if line.startswith(_RECORD):
                record = dict(json.loads(line.removeprefix(_RECORD)))
            elif not line.strip() or line.startswith("#"):
                continue
            elif names is None:
                names = [name.strip() for name in line.split(",")]
            else:
                rows.append([float(word) for word in line.split(",")])
        except (ValueError, TypeError, RecursionError) as error:
            raise FileFormatError(f"this line cannot be read: {error}", where) from error
        if rows and names is not None and len(rows[-1]) != len(names):
            raise FileFormatError(f"this row has {len(rows[-1])} numbers", where, f"{len(names)} of them")
    if names is None:
        raise FileFormatError("holds no columns", Location(str(path), 1), "a row of names")
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(names))
    try:
        return Columns(dict(zip(names, table.T, strict=True)), record)
    except InputError as error:
        raise FileFormatError(f"the row of names cannot be used: {error}", Location(str(path), 1)) from error
