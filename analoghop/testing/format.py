"""`check_format`: the laws of a file format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np

from analoghop.errors import FileFormatError
from analoghop.testing.claims import demand

Record = TypeVar("Record")

CUTS = 200
"""Largest numbers of positions at which a file is truncated, and of changed bytes."""


def check_format(
    write: Callable[[Path, Record], object],
    read: Callable[[Path], Record],
    record: Record,
    name: str = "record",
    same: Callable[[Record, Record], bool] | None = None,
    seed: int = 0,
) -> None:
    """Raise `AssertionError`, naming the law and the position, unless a format reads what it writes.

    `write` writes `record` to the file `name`, whose suffix may matter, and `read` reads it. `same` returns
    whether two records are equal; by default they are if all their fields and numbers are, bit for bit.

    The laws: a written record is read back, also after it is written again; reading a file that is truncated
    anywhere, or in which one byte is changed, drawn by `seed`, gives a record or a `FileFormatError`.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path, record)
        whole = path.read_bytes()
        back = read(path)
        alike = same or same_record
        demand(alike(back, record), f"{name}: {record!r} was written, and {back!r} is read")
        write(path, back)
        demand(alike(read(path), record), f"{name}: a record differs after it is written again")
        rng = np.random.default_rng(seed)
        every = np.arange(len(whole))
        places = every if len(every) <= CUTS else np.sort(rng.choice(every, CUTS, replace=False))
        for place in places.tolist():
            path.write_bytes(whole[:place])
            _record_or_fault(read, path, f"{name}: cut off after {place} of {len(whole)} bytes")
        for place in places.tolist():
            byte = int(rng.integers(0, 256))
            path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
            _record_or_fault(read, path, f"{name}: byte {place} changed to {byte}")


def _record_or_fault(read: Callable[[Path], object], path: Path, what: str) -> None:
    try:
        read(path)
    except FileFormatError:
        return
    except Exception as error:
        raised = f"{type(error).__name__} is raised, expected a record or a FileFormatError: {error}"
        raise AssertionError(f"{what}: {raised}") from error


def same_record(a: Any, b: Any) -> bool:
    """Return whether two records have equal types and contents; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if hasattr(a, "tocsr"):
        return a.shape == b.shape and same_record(a.toarray(), b.toarray())
    if isinstance(a, np.ndarray):
        floating = a.dtype.kind in "fc"
        return a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=floating))
    if is_dataclass(a) and not isinstance(a, type):
        return all(same_record(getattr(a, f.name), getattr(b, f.name)) for f in fields(a) if f.init)
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(same_record(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(same_record(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b or (a != a and b != b))
