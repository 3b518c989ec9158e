"""`ValueRecord`: frozen dataclasses compared by their fields, arrays element by element."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np


class ValueRecord:
    """Gives a frozen dataclass (`eq=False`) equality by its fields, a hash, and copies with read-only arrays.

    Two records are equal if they have the same class and equal fields. Copies and pickles hold the fields
    alone; cached values are computed again. A class that is not a dataclass keeps equality by identity.
    """

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or not _is_data(self):
            return NotImplemented
        pairs = zip(_values(self), _values(other), strict=True)
        return all(_equal(mine, theirs) for mine, theirs in pairs)

    def __hash__(self) -> int:
        if not _is_data(self):
            return object.__hash__(self)
        return hash((type(self).__name__, *map(_key, _values(self))))

    def __getstate__(self) -> dict[str, Any]:
        if not _is_data(self):
            return self.__dict__
        return {name: getattr(self, name) for name in _names(self)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        if _is_data(self):
            for value in state.values():
                if isinstance(value, np.ndarray):
                    value.flags.writeable = False
        self.__dict__.update(state)


def _is_data(record: Any) -> bool:
    return dataclasses.is_dataclass(record)


def _names(record: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(record)]


def _values(record: Any) -> Iterator[Any]:
    return (getattr(record, name) for name in _names(record))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return bool(np.array_equal(a, b))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_equal(value, b[key]) for key, value in a.items())
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        return type(a) is type(b) and len(a) == len(b) and all(map(_equal, a, b))
    return bool(a == b)


def _key(value: Any) -> Any:
    """Return a hashable key that is equal for equal values."""
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    return np.shape(value) if isinstance(value, np.ndarray) else type(value).__name__
