"""`Findings`: the result of a study, arrays with units, the facts that were checked, and its picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.display import as_html, picture
from analoghop.errors import InputError
from analoghop.records import Brief

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Fact(NamedTuple):
    """A number that a study found, beside the number that theory or a publication gives.

    `expected` is nan where none is given; `tolerance` is absolute, None where the expected value is only
    shown beside; `source` is the formula or the paper. `note` says why the two can only be shown beside each
    other, or why they differ.
    """

    name: str
    value: float
    expected: float
    tolerance: float | None
    source: str
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the value lies within the tolerance, None without one."""
        if self.tolerance is None:
            return None
        return bool(abs(self.value - self.expected) <= self.tolerance)

    def to_dict(self) -> dict[str, Any]:
        """Return the fact as plain values for JSON."""
        return {**self._asdict(), "holds": self.holds}


@dataclass(frozen=True, eq=False)
class Findings(Brief):
    """What a study found.

    `study` is its name. `arrays` by name are read-only, `units` their units (SI, "" for pure numbers);
    `found["gain"]` is an array. `lines` are the report, `facts` the checks, `record` the settings and seeds,
    and `interrupted` is True if a limit ended the study before its end. `drawing` draws them, None for the
    picture that `analoghop.plotting` has for the study.
    """

    study: str
    arrays: Mapping[str, NDArray[Any]]
    units: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    interrupted: bool = False
    drawing: Callable[[Findings], Figure] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        arrays: dict[str, NDArray[Any]] = {}
        for name, values in self.arrays.items():
            arrays[name] = np.array(values)
            arrays[name].flags.writeable = False
        object.__setattr__(self, "arrays", MappingProxyType(arrays))

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.arrays:
            raise InputError(f"the study has no array {name!r}: it has {', '.join(self.arrays)}")
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    @property
    def message(self) -> str:
        """The first line of the report."""
        return self.lines[0] if self.lines else self.study

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as plain values for JSON; a complex number is a pair of its parts."""
        return {
            "study": self.study,
            "message": self.message,
            "arrays": {name: plain_array(values) for name, values in self.arrays.items()},
            "units": dict(self.units),
            "facts": [fact.to_dict() for fact in self.facts],
            "record": dict(self.record),
        }

    def plot(self) -> Figure:
        """Return the picture of the study."""
        return picture("study_picture", self) if self.drawing is None else self.drawing(self)

    def _repr_html_(self) -> str:
        rows = {str(k + 1): line for k, line in enumerate(self.lines[:12])}
        return as_html(self.study, rows, self.plot)


def plain_array(values: NDArray[Any]) -> Any:
    """Return an array as lists; a complex number becomes a pair of its parts."""
    if np.iscomplexobj(values):
        return np.stack([values.real, values.imag], axis=-1).tolist()
    return values.tolist()
