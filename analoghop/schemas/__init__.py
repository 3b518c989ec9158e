"""JSON Schema (draft 2020-12) of the values that the command line prints with `--json`.

`schema("run")` and `schema("memory", "recall")` are complete in themselves. Later versions add keys and never
change any: a schema therefore lets unknown keys pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from analoghop.errors import InputError

_COMMON = re.compile(r'"(?:\.\./)?common\.json#')
"""A reference to what several verbs share; in a whole schema it leads inside."""


def commands() -> tuple[tuple[str, str], ...]:
    """Return the verbs and actions that have a schema, as (verb, action); the action may be ""."""
    found = []
    for entry in files(__package__).iterdir():
        if entry.name.endswith(".json") and entry.name != "common.json":
            found.append((entry.name.removesuffix(".json"), ""))
        elif entry.is_dir():
            inner = (one.name for one in entry.iterdir() if one.name.endswith(".json"))
            found += [(entry.name, name.removesuffix(".json")) for name in inner]
    return tuple(sorted(found))


def schema(verb: str, action: str = "") -> dict[str, Any]:
    """Return the schema of the value that `analoghop VERB ACTION --json` prints, complete in itself.

    Actions that print the same keys share the schema of their verb. Raises `InputError` for unknown words.
    """
    known = commands()
    if (verb, action) not in known:
        action, refused = "", action
        if (verb, "") not in known:
            words = " ".join(filter(None, (verb, refused)))
            raise InputError(
                f"there is no schema of {words!r}, expected a verb of the command line, with its action"
            )
    found, common = _read(verb, action), _read("common")["$defs"]
    used: dict[str, Any] = {}
    waiting = list(_shared(found))
    while waiting:
        name = waiting.pop()
        if name in common and name not in used:
            used[name] = common[name]
            waiting += _shared(common[name])
    return {**found, "$defs": {**found["$defs"], **{name: used[name] for name in sorted(used)}}}


def _read(verb: str, action: str = "") -> dict[str, Any]:
    folder = files(__package__)
    place = folder / verb / f"{action}.json" if action else folder / f"{verb}.json"
    value: dict[str, Any] = json.loads(_COMMON.sub('"#', place.read_text(encoding="utf-8")))
    return value


def _shared(value: Any) -> Iterator[str]:
    """Yield the names of the definitions to which a part of a schema refers."""
    if isinstance(value, dict):
        target = value.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix("#/$defs/")
        for inner in value.values():
            yield from _shared(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shared(inner)
