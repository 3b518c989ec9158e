"""`Waveforms`: named signals over common times."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError


def _plain(value: Any) -> Any:
    """Return NumPy values and paths as values that JSON can hold."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise InputError(f"`record` of waveforms holds a {type(value).__name__}, which JSON cannot represent")


def plain_record(record: Mapping[str, object]) -> dict[str, object]:
    """Return `record` as JSON stores it: tuples and arrays as lists, NumPy scalars as numbers.

    Raises `InputError` for a key that is not a string or a value that JSON cannot hold.
    """
    if not all(isinstance(key, str) for key in record):
        raise InputError("`record` of waveforms needs strings as keys")
    try:
        copy: dict[str, object] = json.loads(json.dumps(dict(record), default=_plain))
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"`record` of waveforms does not fit into JSON: {error}") from error
    return copy


@dataclass(frozen=True, eq=False)
class Waveforms:
    """Signals over time: row i of `data` (len(names), points) is the signal `names[i]`, the first is "time".

    `kinds` are ngspice's words ("time", "voltage", "current", "notype"), SI units throughout. `record` is the
    metadata of a file (program, version, deck, settings, seeds), with values that JSON can hold; it is stored
    in the form in which it is read back, and so is the title, one line of printable characters.
    `waveforms["v(u1)"]`, or short `waveforms["u1"]`, is a signal (points,); case does not matter. Raises
    `InputError` if lengths do not fit, a name repeats or holds a blank, or the first is not "time".
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    data: Array
    title: str = ""
    record: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names, kinds, data = tuple(self.names), tuple(self.kinds), frozen(self.data)
        if not names or names[0].lower() != "time":
            raise InputError('the first of `names` of waveforms is "time"')
        if data.ndim != 2 or len(data) != len(names) or len(kinds) != len(names):
            raise InputError(
                f"waveforms need one name, kind and row each, not {len(names)}, {len(kinds)} and {data.shape}"
            )
        if len({name.lower() for name in names}) != len(names):
            raise InputError("`names` of waveforms repeat")
        for word in names + kinds:
            if not word.isprintable() or word.split() != [word] or len(word.encode()) > 400:
                raise InputError(
                    f"{word[:60]!r} cannot name a signal or its kind: blank, not printable or too long"
                )
        readonly_fields(self, data=data)
        title = "".join(sign if sign.isprintable() else " " for sign in self.title).strip()
        texts = {"names": names, "kinds": kinds, "title": title, "record": plain_record(self.record)}
        for name, value in texts.items():
            object.__setattr__(self, name, value)

    @property
    def times(self) -> Array:
        """The common times (points,) in seconds."""
        times: Array = self.data[0]
        return times

    @property
    def signals(self) -> tuple[str, ...]:
        """The names without time."""
        return self.names[1:]

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name.lower(): row for row, name in enumerate(self.names)}

    def _row(self, name: str) -> int | None:
        wanted = "".join(name.lower().split())
        return self._rows.get(wanted, self._rows.get(f"v({wanted})"))

    def __contains__(self, name: str) -> bool:
        return self._row(name) is not None

    def __getitem__(self, name: str) -> Array:
        row = self._row(name)
        if row is None:
            close = difflib.get_close_matches(name.lower(), self.names, n=3, cutoff=0.5)
            hint = f"; close to it: {', '.join(close)}" if close else ""
            raise InputError(f"there is no signal {name!r} among the {len(self.names)} here{hint}")
        values: Array = self.data[row]
        return values
