"""Files of waveforms: the suffix of a file determines its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from analoghop.errors import InputError
from analoghop.formats.waveforms.csv import read_csv, write_csv
from analoghop.formats.waveforms.npz import read_npz, write_npz
from analoghop.formats.waveforms.raw import read_raw, write_raw
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


def waveform_suffix(path: str | Path) -> str:
    """Return ".raw", ".csv" or ".npz"; raises `InputError` for any other suffix of `path`."""
    suffix = Path(path).suffix.lower()
    if suffix not in READERS:
        raise InputError(f"waveforms are kept in .raw, .csv or .npz files, not in {str(path)!r}")
    return suffix
