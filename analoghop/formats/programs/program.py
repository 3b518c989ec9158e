"""`Program`: an objective and bounds on sums of variables of 0 and 1, as read from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from analoghop.errors import InputError

Relational = Literal["==", "<=", ">="]


class ProgramRow(NamedTuple):
    """The sum of `terms` (variable, coefficient) against `bound`."""

    name: str
    terms: tuple[tuple[int, float], ...]
    sense: Relational
    bound: float


@dataclass(frozen=True)
class Program:
    """Variables called `names`, `linear` coefficients and those of products of two in the objective, `rows`.

    The objective is minimised or maximised, as `sense` says; `fixed` are the values of variables whose bounds
    leave one. Raises `InputError` for no variables.
    """

    names: tuple[str, ...]
    linear: Mapping[int, float]
    quadratic: Mapping[tuple[int, int], float]
    constant: float
    sense: Literal["min", "max"]
    rows: tuple[ProgramRow, ...]
    fixed: Mapping[int, int] = field(default_factory=dict)
    name: str = "program"

    def __post_init__(self) -> None:
        if not self.names:
            raise InputError(f"{self.name} has no variables: there is nothing to decide")
