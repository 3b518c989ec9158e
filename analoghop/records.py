"""`ValueRecord`: frozen dataclasses compared by their fields, arrays element by element."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

import numpy as np

_LINE, _WORDS, _FEW = 200, 40, 4  # letters of a representation, of a text in it; items that are shown


class Brief:
    """Gives a dataclass a representation of one line: arrays by their shapes, long values by lengths."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # A dataclass makes its own representation only where the class has none.
        if "__repr__" not in vars(cls):
            cls.__repr__ = brief  # type: ignore[method-assign]


def brief(record: Any) -> str:
    """Return the class of a record and its fields, each in a few letters."""
    name = type(record).__name__
    if not _is_data(record):
        return f"{name}()"
    fields = [field.name for field in dataclasses.fields(record) if field.repr]
    parts = [f"{field}={_short(getattr(record, field))}" for field in fields]
    kept = list(takewhile(lambda k: len(", ".join(parts[:k])) <= _LINE, range(1, len(parts) + 1)))
    more = [] if len(kept) == len(parts) else ["..."]
    return f"{name}({', '.join([*parts[: len(kept)], *more])})"


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array({'x'.join(map(str, value.shape))})" if value.size > _FEW else str(value.tolist())
    if isinstance(value, bool | None) or not isinstance(value, float | str | Sequence | Mapping):
        return type(value).__name__ if _is_data(value) else repr(value)[:_WORDS]
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return repr(value) if len(value) <= _WORDS else f"{value[:_WORDS]!r}..."
    if hasattr(value, "_fields"):
        return type(value).__name__
    if isinstance(value, Sequence) and len(value) <= _FEW:
        text = ", ".join(map(_short, value))
        return f"[{text}]" if isinstance(value, list) else f"({text})"
    return f"<{len(value)}>"


class ValueRecord(Brief):
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
