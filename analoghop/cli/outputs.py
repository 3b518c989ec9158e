"""Output files of verbs: checks before the work begins, and names for the points of a sweep."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from analoghop.cli.options import WrittenNumber
from analoghop.errors import InputError


def check_waveforms(path: str | None) -> None:
    """Raise `InputError` if waveforms cannot be written to `path`; None means no file."""
    if path is not None:
        from analoghop.formats.waveforms.files import waveform_suffix

        waveform_suffix(path)
        check_place(path)


def check_picture(path: str | None) -> None:
    """Raise `InputError` if a picture cannot be written to `path`; None means no file."""
    if path is not None:
        from analoghop.plotting import picture_format

        picture_format(path)
        check_place(path)


def check_place(path: str) -> None:
    """Raise `InputError` if a file cannot be written to `path`."""
    place = Path(path)
    folder = place.parent
    if not folder.is_dir():
        raise InputError(f"cannot write {path}: the folder {folder} does not exist")
    if place.is_dir():
        raise InputError(f"cannot write {path}: it is a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {path}: the folder {folder} is not writable")


def named(path: str, point: Mapping[str, WrittenNumber]) -> str:
    """Return the name of a file for one point of a sweep: `x.raw` becomes `x-gain=2.raw` for gain 2."""
    place = Path(path)
    stem = "-".join([place.stem, *(f"{name}={value.text}" for name, value in point.items())])
    return str(place.with_name(stem + place.suffix))
