"""`Axis`: the values of one swept quantity, or of several that are swept together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analoghop.errors import InputError
from analoghop.experiments.plan.tables import a_count, a_list, a_number, a_table, check_keys

Value = float | str | bool
MOST = 1_000_000
"""Most values of one axis."""


@dataclass(frozen=True)
class Axis:
    """`names` that take the `values` together: one tuple for each point of the axis.

    Raises `InputError` for an axis without values, values of different lengths, and a value that is given
    twice.
    """

    names: tuple[str, ...]
    values: tuple[tuple[Value, ...], ...]

    def __post_init__(self) -> None:
        label = ", ".join(self.names)
        if not self.names or not self.values:
            raise InputError(f"the axis `{label}` has no values")
        if any(len(value) != len(self.names) for value in self.values):
            raise InputError(f"the axis `{label}` needs {len(self.names)} values at each of its points")
        if len(set(self.values)) < len(self.values):
            raise InputError(f"the axis `{label}` names a value twice")

    def to_spec(self) -> Any:
        """Return the axis as a value of the table `[vary]`."""
        if len(self.names) == 1:
            return [value[0] for value in self.values]
        columns = zip(*self.values, strict=True)
        return {"zip": {name: list(column) for name, column in zip(self.names, columns, strict=True)}}


def axis(name: str, spec: object) -> Axis:
    """Return the axis that a value of the table `[vary]` describes.

    `spec`: a list of values; {lin = [first, last, count]}, evenly spaced; {log = [first, last, count]},
    evenly spaced in their logarithms; {list = [...]}; {zip = {a = ..., b = ...}}, axes that are tied together
    and have as many values. Numbers may be texts with suffixes of decks. Raises `InputError` otherwise.
    """
    where = f"`vary.{name}`"
    if not isinstance(spec, Mapping):
        return Axis((name,), tuple((_value(one, where),) for one in _listed(spec, where)))
    table = a_table(spec, where)
    check_keys(table, ("list", "lin", "log", "zip"), where)
    if len(table) != 1:
        raise InputError(f"{where} needs one of the keys list, lin, log, zip")
    kind, given = next(iter(table.items()))
    if kind == "zip":
        return _tied(name, a_table(given, f"{where}.zip"))
    if kind == "list":
        return axis(name, _listed(given, where))
    return Axis((name,), tuple((value,) for value in _spaced(kind, given, f"{where}.{kind}")))


def _listed(spec: object, where: str) -> list[Any]:
    values = a_list(spec, where)
    if len(values) > MOST:
        raise InputError(f"{where} has {len(values)} values, at most {MOST} are accepted")
    return values


def _value(value: object, where: str) -> Value:
    """Return a number as a float; a word stays one, as the name of a formulation."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return a_number(value, where)
        except InputError:
            return value
    return a_number(value, where)


def _spaced(kind: str, given: object, where: str) -> list[float]:
    limits = a_list(given, where)
    if len(limits) != 3:
        raise InputError(f"{where} is {given!r}, expected [first, last, count]")
    count = a_count(limits[2], f"the count of {where}")
    if count > MOST:
        raise InputError(f"{where} has {count} values, at most {MOST} are accepted")
    low = 0.0 if kind == "log" else -math.inf
    first, last = (a_number(limit, where, above=low) for limit in limits[:2])
    if count == 1:
        return [first]
    shares = [k / (count - 1) for k in range(count)]
    if kind == "log":
        inner = [first * (last / first) ** share for share in shares]
    else:
        inner = [first + (last - first) * share for share in shares]
    # Rounding must not move the ends, which users compare with.
    return [first, *inner[1:-1], last]


def _tied(name: str, table: Mapping[str, Any]) -> Axis:
    axes = [axis(inner, spec) for inner, spec in table.items()]
    if not axes:
        raise InputError(f"`vary.{name}.zip` names no axis")
    if len({len(one.values) for one in axes}) > 1:
        lengths = ", ".join(f"{one.names[0]} {len(one.values)}" for one in axes)
        raise InputError(f"`vary.{name}.zip` ties axes of different lengths: {lengths}")
    rows = zip(*(one.values for one in axes), strict=True)
    names = tuple(inner for one in axes for inner in one.names)
    return Axis(names, tuple(tuple(value for part in row for value in part) for row in rows))
