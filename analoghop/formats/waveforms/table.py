"""`AnalysisTable`: named columns over a swept quantity or over frequencies, the result of an analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.errors import InputError
from analoghop.formats.waveforms.waveforms import plain_record


@dataclass(frozen=True, eq=False)
class AnalysisTable:
    """Row i of `data` (len(names), points), real or complex, is `names[i]`, the first is the abscissa.

    `plot` is ngspice's name of the analysis ("AC Analysis"), `kinds` are its words ("frequency", "voltage",
    "current"), SI units throughout. `record` is the metadata of a file, with values that JSON can hold.
    Raises `InputError` if lengths do not fit, or a name repeats or holds a blank.
    """

    plot: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    data: NDArray[np.inexact[Any]]
    title: str = ""
    record: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind = np.complex128 if np.iscomplexobj(self.data) else np.float64
        data = np.array(self.data, dtype=kind)
        data.flags.writeable = False
        if data.ndim != 2 or not len(data) == len(self.names) == len(self.kinds):
            counts = f"{len(self.names)}, {len(self.kinds)} and {data.shape}"
            raise InputError(f"a table needs one name, kind and row each, not {counts}")
        if len({name.lower() for name in self.names}) != len(self.names):
            raise InputError("`names` of a table repeat")
        for word in (*self.names, *self.kinds):
            if not word.isprintable() or word.split() != [word] or len(word.encode()) > 400:
                raise InputError(f"{word[:60]!r} cannot name a column: blank, not printable or too long")
        title = "".join(sign if sign.isprintable() else " " for sign in self.title).strip()
        for name, value in {"data": data, "title": title, "record": plain_record(self.record)}.items():
            object.__setattr__(self, name, value)

    def __getitem__(self, name: str) -> NDArray[np.inexact[Any]]:
        if name.lower() not in self.names:
            raise InputError(f"there is no column {name!r} here: {', '.join(self.names)}")
        row: NDArray[np.inexact[Any]] = self.data[self.names.index(name.lower())]
        return row
