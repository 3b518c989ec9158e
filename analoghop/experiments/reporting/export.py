"""`export`: the rows of a store as a table in a `.csv`, `.npz`, `.parquet` or `.nc` file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.errors import InputError, MissingProgram
from analoghop.experiments.store.point_result import PointResult
from analoghop.experiments.store.reader import Stored
from analoghop.formats.files import replacing, write_text

Columns = dict[str, list[Any]]


def columns_of(rows: Sequence[PointResult]) -> Columns:
    """Return the rows as columns of one length: key, axes, draws, status, metrics, error, waveform, costs.

    A metric with the name of an axis or of another column is called `metric.NAME`.
    """
    axes = list(dict.fromkeys(name for row in rows for name in row.point.values))
    metrics = list(dict.fromkeys(name for row in rows for name in row.metrics))
    found: Columns = {"key": [row.key for row in rows]}
    for name in axes:
        found[name if name not in found else f"axis.{name}"] = [row.point.values.get(name) for row in rows]
    for name in ("part", "start", "noise"):
        column = [getattr(row.point, name) for row in rows]
        if any(value is not None for value in column):
            found[name if name not in found else f"draw.{name}"] = column
    for name in ("status", "error", "waveform", "cpu_s", "wall_s"):
        found[name if name not in found else f"row.{name}"] = [getattr(row, name) for row in rows]
    for name in metrics:
        if name != "status":
            found[name if name not in found else f"metric.{name}"] = [row.metrics.get(name) for row in rows]
    return found


def export(store: Stored, path: str | Path) -> int:
    """Write the current rows of a store to a file, completely or not at all; return their number.

    `.csv` begins with a comment line that holds the study; `.npz` has an array for each column and the
    `record`; `.parquet` and `.nc` need pandas with pyarrow, and xarray with a NetCDF library. Raises
    `InputError` for another suffix, `MissingProgram` for a package that is not installed.
    """
    suffix = export_suffix(path)
    rows = store.rows()
    columns = columns_of(rows)
    record = {"study": store.study, "runs": store.runs()}
    _WRITERS[suffix](Path(path), columns, record)
    return len(rows)


def export_suffix(path: str | Path) -> str:
    """Return the suffix of a file for rows; raises `InputError` for another one."""
    suffix = Path(path).suffix.lower()
    if suffix not in _WRITERS:
        raise InputError(f"rows are exported to {', '.join(_WRITERS)} files, not to {str(path)!r}")
    return suffix


def _csv(path: Path, columns: Columns, record: Mapping[str, Any]) -> None:
    text = io.StringIO()
    text.write(f"# analoghop study: {json.dumps(record, sort_keys=True)}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_text(path, text.getvalue())


def _npz(path: Path, columns: Columns, record: Mapping[str, Any]) -> None:
    arrays: dict[str, Any] = {name: _array(values) for name, values in columns.items()}
    with replacing(path) as handle:
        np.savez_compressed(handle, record=np.array(json.dumps(record, sort_keys=True)), **arrays)


def _array(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Return a column as an array: numbers with nan for unknown ones, else texts."""
    if all(value is None or isinstance(value, bool | int | float) for value in values):
        if values and all(isinstance(value, bool) for value in values):
            return np.array(values)
        return np.array([np.nan if value is None else float(value) for value in values])
    return np.array(["" if value is None else str(value) for value in values])


def _frame(columns: Columns, suffix: str) -> Any:
    try:
        import pandas
    except ImportError as error:
        raise MissingProgram(
            f"{suffix} files need pandas: install analoghop[parquet], or export to .csv or .npz"
        ) from error
    return pandas.DataFrame({name: _array(values) for name, values in columns.items()})


def _parquet(path: Path, columns: Columns, record: Mapping[str, Any]) -> None:
    frame = _frame(columns, ".parquet")
    frame.attrs = {"analoghop": json.dumps(record, sort_keys=True)}
    try:
        with replacing(path) as handle:
            frame.to_parquet(handle)
    except ImportError as error:
        raise MissingProgram(
            ".parquet files need pyarrow: install analoghop[parquet], or export to .csv"
        ) from error


def _netcdf(path: Path, columns: Columns, record: Mapping[str, Any]) -> None:
    try:
        import xarray
    except ImportError as error:
        raise MissingProgram(".nc files need xarray: install analoghop[xarray], or export to .npz") from error
    arrays = {name: ("row", _array(values)) for name, values in columns.items()}
    data = xarray.Dataset(arrays, attrs={"analoghop": json.dumps(record, sort_keys=True)})
    content = data.to_netcdf(engine="scipy", format="NETCDF3_64BIT")
    with replacing(path) as handle:
        handle.write(bytes(content))


_WRITERS: Mapping[str, Callable[[Path, Columns, Mapping[str, Any]], None]] = {
    ".csv": _csv,
    ".npz": _npz,
    ".parquet": _parquet,
    ".nc": _netcdf,
}
