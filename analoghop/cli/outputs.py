"""Output files of verbs: checks before the work begins, and names for the points of a sweep."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from analoghop.cli.options import WrittenNumber
from analoghop.cli.verb import UsageError
from analoghop.errors import InputError, shown


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


def is_film(path: str | None) -> bool:
    """Return whether a film is wanted instead of a picture."""
    return path is not None and Path(path).suffix.lower() == ".gif"


def check_place(path: str) -> None:
    """Raise `InputError` if a file cannot be written to `path`."""
    place = Path(path)
    folder = place.parent
    try:
        there, taken = folder.is_dir(), place.is_dir()
    except OSError as error:  # of a name that is too long
        raise InputError(f"cannot write {shown(path)}: {error.strerror}") from error
    if not there:
        raise InputError(f"cannot write {path}: the folder {folder} does not exist")
    if taken:
        raise InputError(f"cannot write {path}: it is a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {path}: the folder {folder} is not writable")


def check_overwriting(paths: Iterable[str | Path | None], force: bool | None) -> None:
    """Raise `UsageError` where writing to `paths` would overwrite what must stay; None means no file.

    That is, a file that the command has read by now, whatever its name; another one of `paths`; and, without
    `force`, a file that analoghop has not written (see `is_ours`).
    """
    from analoghop.formats.intake import is_ours, was_read

    seen: set[str] = set()
    for path in paths:
        if path is None:
            continue
        if was_read(path):
            raise UsageError(f"{path} is a file that this command reads: it is not overwritten")
        real = os.path.realpath(path)
        if real in seen:
            raise UsageError(f"{path} is named as the place of two files")
        seen.add(real)
        if force or not os.path.isfile(path):
            continue
        if not is_ours(path):
            raise UsageError(f"{path} exists and was not written by analoghop: `--force` overwrites it")


def named(path: str, point: Mapping[str, WrittenNumber]) -> str:
    """Return the name of a file for one point of a sweep: `x.raw` becomes `x-gain=2.raw` for gain 2."""
    place = Path(path)
    stem = "-".join([place.stem, *(f"{name}={value.text}" for name, value in point.items())])
    return str(place.with_name(stem + place.suffix))
