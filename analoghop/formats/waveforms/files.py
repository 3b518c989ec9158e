"""Files of waveforms: the suffix of a file determines its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.waveforms.csv import read_csv, read_csv_table, write_csv, write_csv_table
from analoghop.formats.waveforms.npz import read_npz, read_npz_table, write_npz, write_npz_table
from analoghop.formats.waveforms.raw import read_raw, read_tables, write_raw, write_raw_table
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.formats.waveforms.waveforms import Waveforms

READERS: Mapping[str, Callable[[str | Path], Waveforms]] = {
    ".raw": read_raw,
    ".csv": read_csv,
    ".npz": read_npz,
}
WRITERS: Mapping[str, Callable[[str | Path, Waveforms], None]] = {
    ".raw": write_raw,
    ".csv": write_csv,
    ".npz": write_npz,
}
_TABLE_WRITERS: Mapping[str, Callable[[str | Path, AnalysisTable], None]] = {
    ".raw": write_raw_table,
    ".csv": write_csv_table,
    ".npz": write_npz_table,
}


def read_waveforms(path: str | Path) -> Waveforms:
    """Return the waveforms of a `.raw`, `.csv` or `.npz` file.

    Raises `InputError` for another suffix, `FileFormatError` for a file that does not follow its format.
    """
    return READERS[waveform_suffix(path)](path)


def write_waveforms(path: str | Path, waveforms: Waveforms) -> None:
    """Write `waveforms` to a `.raw`, `.csv` or `.npz` file, completely or not at all.

    Raises `InputError` for another suffix or a path that cannot be written.
    """
    WRITERS[waveform_suffix(path)](path, waveforms)


def read_table_file(path: str | Path) -> AnalysisTable:
    """Return the result of an analysis from a `.raw`, `.csv` or `.npz` file; raises as `read_waveforms`."""
    suffix = waveform_suffix(path)
    if suffix != ".raw":
        return read_csv_table(path) if suffix == ".csv" else read_npz_table(path)
    tables = read_tables(path)
    if not tables:
        raise FileFormatError("holds no plot", Location(str(path), 1))
    return tables[0]


def write_table_file(path: str | Path, table: AnalysisTable) -> None:
    """Write the result of an analysis to a `.raw`, `.csv` or `.npz` file, completely or not at all.

    Raises `InputError` for another suffix or a path that cannot be written.
    """
    _TABLE_WRITERS[waveform_suffix(path)](path, table)


def waveform_suffix(path: str | Path) -> str:
    """Return ".raw", ".csv" or ".npz"; raises `InputError` for any other suffix of `path`."""
    suffix = Path(path).suffix.lower()
    if suffix not in READERS:
        raise InputError(f"waveforms are kept in .raw, .csv or .npz files, not in {str(path)!r}")
    return suffix
