"""Files that verbs write: looked at before the work begins, and named by the point of a sweep."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from analoghop.errors import InputError


def check_place(path: str | None, form: Callable[[str], object]) -> None:
    """Raise `InputError` where `path` cannot be written; `form` refuses its suffix; None is no file."""
    if path is None:
        return
    form(path)
    place = Path(path)
    folder = place.parent
    if not folder.is_dir():
        raise InputError(f"cannot write {path}: the folder {folder} does not exist")
    if place.is_dir():
        raise InputError(f"cannot write {path}: it is a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {path}: the folder {folder} is not writable")


def named(path: str, point: Mapping[str, float]) -> str:
    """Return the name of a file for one point of a sweep: `x.raw` is `x-gain=2.raw` where gain is 2."""
    place = Path(path)
    stem = "-".join([place.stem, *(f"{name}={value_text(value)}" for name, value in point.items())])
    return str(place.with_name(stem + place.suffix))


def value_text(value: float) -> str:
    """Return the shortest decimal form that is this float and no other: 2, 0.5, 1e-07."""
    return repr(float(value)).removesuffix(".0")
