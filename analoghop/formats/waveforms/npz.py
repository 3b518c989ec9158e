"""Waveforms as a NumPy archive: `data`, `names`, `kinds`, `title`, and the record as a JSON string."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.damage import DAMAGED
from analoghop.formats.files import replacing
from analoghop.formats.numpy_files import read_archive
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.formats.waveforms.waveforms import Waveforms


def write_npz(path: str | Path, waveforms: Waveforms) -> None:
    """Write `waveforms` to a NumPy archive; raises `InputError` if the file cannot be written.

    `data` is (signals, points), its rows named by `names`.
    """
    with replacing(path) as handle:
        np.savez(
            handle,
            data=waveforms.data,
            names=np.array(waveforms.names),
            kinds=np.array(waveforms.kinds),
            title=np.array(waveforms.title),
            record=np.array(json.dumps(waveforms.record)),
        )


def write_npz_table(path: str | Path, table: AnalysisTable) -> None:
    """Write `table` as `write_npz` writes waveforms, complex numbers as such, with its `plot`."""
    with replacing(path) as handle:
        np.savez(
            handle,
            data=table.data,
            names=np.array(table.names),
            kinds=np.array(table.kinds),
            title=np.array(table.title),
            record=np.array(json.dumps(table.record)),
            plot=np.array(table.plot),
        )


def read_npz_table(path: str | Path) -> AnalysisTable:
    """Return the table of an archive that `write_npz_table` wrote; raises as `read_npz` does."""
    where = Location(str(path), 1)
    parts = read_archive(path, "a table", ("data", "names", "kinds", "title", "record", "plot"))
    try:
        names, kinds = (tuple(map(str, parts[key].tolist())) for key in ("names", "kinds"))
        record = json.loads(str(parts["record"]))
        if parts["data"].dtype not in (np.float64, np.complex128) or not isinstance(record, dict):
            raise InputError("`data` is neither float64 nor complex128, or `record` no JSON object")
        return AnalysisTable(str(parts["plot"]), names, kinds, parts["data"], str(parts["title"]), record)
    except DAMAGED as error:
        raise FileFormatError(f"cannot be read as a table: {error}", where) from error


def read_npz(path: str | Path) -> Waveforms:
    """Return the waveforms of an archive that `write_npz` wrote.

    No code in the file is executed. Raises `FileFormatError` if it is not an archive, damaged, or has another
    content.
    """
    where = Location(str(path), 1)
    parts = read_archive(path, "waveforms", ("data", "names", "kinds", "title", "record"))
    try:
        names, kinds = (tuple(map(str, parts[key].tolist())) for key in ("names", "kinds"))
        record = json.loads(str(parts["record"]))
        if parts["data"].dtype != np.float64 or not isinstance(record, dict):
            raise InputError("`data` is not float64, or `record` no JSON object")
        return Waveforms(names, kinds, parts["data"], str(parts["title"]), record)
    except DAMAGED as error:
        raise FileFormatError(f"cannot be read as waveforms: {error}", where) from error
