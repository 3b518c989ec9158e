"""Reading of the tables of a study file: kinds are checked, unknown keys are refused with the nearest one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from analoghop.errors import InputError, nearest


def check_keys(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise `InputError`, naming the nearest known key, for a key of a table that is not `known`."""
    names = list(known)
    for key in table:
        if key not in names:
            raise InputError(f"{where} has no key `{key}`, expected {', '.join(names)}{nearest(key, names)}")


def a_table(value: object, where: str) -> Mapping[str, Any]:
    """Return `value` if it is a table; raises `InputError` otherwise."""
    if not isinstance(value, Mapping):
        raise InputError(f"{where} is {value!r}, expected a table of keys and values")
    return value


def a_number(value: object, where: str, *, above: float = -math.inf) -> float:
    """Return a number; a text is read as decks write numbers: "30 s", "1meg", "5 %".

    Raises `InputError` for anything else, for values that are not finite, and for values not above `above`.
    """
    found: float | None = None
    if isinstance(value, str):
        found = _written(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    if found is None or not math.isfinite(found) or not found > above:
        more = "" if above == -math.inf else f" above {above:g}"
        raise InputError(f"{where} is {value!r}, expected a number{more} such as 0.02, '20m' or '1meg'")
    return found


def _written(text: str) -> float | None:
    from analoghop.circuit.expressions import parse_quantity

    text = text.strip()
    if text.endswith("%"):
        share = parse_quantity(text[:-1].strip())
        return None if share is None else share / 100.0
    # A unit may stand apart, as in "30 s"; a prefix belongs to the number.
    return parse_quantity("".join(text.split()))


def a_count(value: object, where: str, least: int = 1) -> int:
    """Return a whole number from `least`; raises `InputError` otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{where} is {value!r}, expected a whole number from {least}")
    return value


def a_choice(value: object, where: str, known: Iterable[str]) -> str:
    """Return a word that is one of `known`; raises `InputError`, naming the nearest, otherwise."""
    words = list(known)
    if value not in words:
        raise InputError(f"{where} is {value!r}, expected {' or '.join(words)}{nearest(value, words)}")
    return str(value)


def a_list(value: object, where: str) -> list[Any]:
    """Return a list with at least one entry; raises `InputError` otherwise."""
    if not isinstance(value, list | tuple) or not value:
        raise InputError(f"{where} is {value!r}, expected a list with at least one value")
    return list(value)
