"""`with_settings`: a formulation with options given by name."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from analoghop.circuit.expressions import parse_quantity
from analoghop.errors import InputError
from analoghop.problems.base import Formulation

F = TypeVar("F", bound=Formulation[Any])

_TRUTH = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}

ALIASES: Mapping[str, tuple[str, ...]] = {
    "own": ("self_coupling",),
    "hot": ("start_temperature",),
    "cold": ("end_temperature", "start_gain"),
    "early": ("initial_power",),
    "first": ("first_gain",),
    "last": ("last_gain",),
}
"""Older names of options: each means the listed name that the formulation has."""

_KINDS = {bool: "yes or no", int: "a whole number", float: "a number"}


def with_settings(formulation: type[F], settings: Mapping[str, str | float | bool]) -> F:
    """Return `formulation` with the fields in `settings`, whose values may be written as text.

    Upper and lower case matter only for names that differ in nothing else; `ALIASES` are accepted. Raises
    `InputError`, listing the fields, for an unknown name, and for a value of another type than the field's.
    """
    hints = get_type_hints(formulation)
    fields = [f.name for f in dataclasses.fields(formulation) if f.init]  # type: ignore[arg-type]
    chosen: dict[str, Any] = {}
    for given, value in settings.items():
        name = _field(given, fields)
        if name is None:
            known = ", ".join(fields) or "none"
            raise InputError(f"{formulation.name} has no option `{given}`; its options are {known}")
        chosen[name] = _value(name, value, hints[name]) if isinstance(value, str) else value
    return formulation(**chosen)


def _field(given: str, fields: list[str]) -> str | None:
    if given in fields:
        return given
    word = given.lower().replace("-", "_")
    alike = [name for name in fields if name.lower() == word]
    alike = alike or [name for name in ALIASES.get(word, ()) if name in fields]
    return alike[0] if len(alike) == 1 else None


def _number(text: str) -> float:
    """Return the value of a finite number, plain or with a unit suffix as in a deck; raises `ValueError`."""
    value = parse_quantity(text)
    if value is None:
        raise ValueError(text)
    return value


def _value(name: str, text: str, hint: Any) -> Any:
    """Return `text` as a value of the type `hint`."""
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    if type(None) in kinds and text.lower() == "none":
        return None
    for kind in (bool, int, float):
        if kind not in kinds:
            continue
        try:
            return _TRUTH[text.lower()] if kind is bool else int(text) if kind is int else _number(text)
        except (ValueError, KeyError):
            continue
    words = [word for kind in kinds for word in get_args(kind) if isinstance(word, str)]
    words += [str(word) for word in kinds if isinstance(word, str)]
    if str in kinds or text in words:
        return text
    wanted = " or ".join(
        [*(word for kind, word in _KINDS.items() if kind in kinds), *words, *["none"] * (type(None) in kinds)]
    )
    raise InputError(f"`{name}` is {text!r}, expected {wanted or 'another type'}")
