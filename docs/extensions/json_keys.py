"""The keys of the JSON that every verb prints, as tables from the schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from generated import Written
from sphinx.application import Sphinx

from analoghop.schemas import commands, schema

_WORDS = {
    "number": "number",
    "integer": "whole number",
    "string": "text",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "null",
}


_PLURALS = {"number": "numbers", "integer": "whole numbers", "string": "texts", "boolean": "truth values"}
_EVERYWHERE = ("version", "command", "engine", "interrupted")
_HEAD = ("", "| key | type | meaning |", "|---|---|---|")


class JsonKeys(Written):
    """The keys of every value, then a section for each verb and action, with a table for each kind."""

    def markdown(self) -> Iterator[str]:
        """Yield the sections."""
        run = schema("run")
        single = run["$defs"]["single"]
        shared = {name: single["properties"][name] for name in _EVERYWHERE}
        yield from ("", "## Every value", *_HEAD)
        yield from _Keys(run).rows({"properties": shared, "required": _EVERYWHERE})
        for words in commands():
            keys = _Keys(schema(*words))
            yield from ("", f"## `{' '.join(filter(None, ('analoghop', *words)))}`")
            yield from keys.tables()


class _Keys:
    """The keys of a whole schema."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self._definitions = whole["$defs"]
        self._kinds = whole["anyOf"]

    def tables(self) -> Iterator[str]:
        """Yield the tables of the kinds of values, without the keys that every value has."""
        for value in map(self.resolved, self._kinds):
            title = re.sub(r"(--\w+)", r"`\1`", value["title"])
            if title.startswith("interrupted"):
                continue  # the same for all, and said once
            if title != "result":
                yield from ("", f"{title[0].upper()}{title[1:]}: {value.get('description', '')}".rstrip(": "))
            element = value.get("items", value)
            if "anyOf" in element:
                continue  # values that have tables of their own
            own = {name: key for name, key in element["properties"].items() if name not in _EVERYWHERE}
            yield from (*_HEAD, *self.rows({**element, "properties": own}))

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return a part with its reference, if it has one, put in."""
        if "$ref" not in part:
            return part
        target = self._definitions[part["$ref"].removeprefix("#/$defs/")]
        return {**self.resolved(target), **{key: value for key, value in part.items() if key != "$ref"}}

    def rows(self, value: dict[str, Any], path: str = "") -> Iterator[str]:
        """Yield a row for each key of `value`, and for the keys inside."""
        for name, part in value.get("properties", {}).items():
            key = self.resolved(part)
            optional = "" if name in value["required"] else ", not always there"
            yield f"| `{path}{name}` | {self.kind(key)}{optional} | {key['description']} |"
            yield from self._inside(key, f"{path}{name}")

    def _inside(self, key: dict[str, Any], path: str) -> Iterator[str]:
        for one in map(self.resolved, key.get("anyOf", [key])):
            yield from self.rows(one, f"{path}.")
            for inner, mark in ((one.get("items"), "[]"), (one.get("additionalProperties"), ".NAME")):
                if inner is not None:
                    yield from self._inside(self.resolved(inner), f"{path}{mark}")

    def kind(self, key: dict[str, Any]) -> str:
        """Return the type of a key in words."""
        if "const" in key or "enum" in key:
            return ", ".join(f"`{json.dumps(word)}`" for word in key.get("enum", [key.get("const")]))
        if "anyOf" in key:
            return " or ".join(self.kind(self.resolved(one)) for one in key["anyOf"])
        kinds = key["type"] if isinstance(key["type"], list) else [key["type"]]
        return " or ".join(self._plain(kind, key) for kind in kinds)

    def _plain(self, kind: str, key: dict[str, Any]) -> str:
        inner = key.get({"array": "items", "object": "additionalProperties"}.get(kind, ""))
        if inner is None:
            return _WORDS[kind]
        element = self.resolved(inner)
        several = _PLURALS.get(str(element.get("type")))
        return f"{_WORDS[kind]} of {several or f'({self.kind(element)})'}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("json-keys", JsonKeys)
    return {"parallel_read_safe": False}
