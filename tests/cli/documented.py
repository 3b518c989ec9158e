"""What a command prints with `--json` against its schema: every key must be described there."""

import shlex
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from analoghop.schemas import schema


def closed(part: Any) -> Any:
    """The schema without room for further keys, wherever it names some."""
    if isinstance(part, list):
        return [closed(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    found = {key: closed(inner) for key, inner in part.items()}
    if isinstance(found.get("properties"), dict) and "type" in found:
        found.setdefault("additionalProperties", False)
    return found


@cache
def validator_of(verb: str, action: str = "") -> Draft202012Validator:
    """The closed schema of a verb."""
    return Draft202012Validator(closed(schema(verb, action)))


def words_of(value: Any) -> tuple[str, str]:
    """The verb and the action that printed a value, as the value says."""
    if isinstance(value, list):
        if value and "command" not in value[0]:
            return "solve", ""  # its list of problems
        value = value[0]
    words = shlex.split(value["command"])[1:]
    nested = words[0] in ("memory", "sweep", "study")
    return words[0], words[1] if nested else ""


def check_documented(value: Any) -> None:
    """Fail where a value does not fit its schema, or has a key that no schema describes."""
    validator_of(*words_of(value)).validate(value)
