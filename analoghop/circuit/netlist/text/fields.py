"""Fields of a statement: positional words, and `name=value` pairs whose values may hold blanks."""

from __future__ import annotations

import re
from typing import NamedTuple

from analoghop.circuit.netlist.text.lines import DeckLine

_WORD = re.compile(r"[{'\"]|[^\s(){},='\"]+|=")
_PAIR = re.compile(
    r"(?P<open>[({])|(?P<close>[)}])|(?P<quote>['\"])|(?<![\w.])(?P<name>[a-z_][\w.]*)[ \t]*=(?!=)"
)


class Word(NamedTuple):
    """One positional field: `text` at character `offset` of its line; `braced` if it is an expression."""

    text: str
    offset: int
    braced: bool = False


class Pair(NamedTuple):
    """`name = text`; the value starts at `offset`, the name at `start`."""

    name: str
    text: str
    offset: int
    start: int


def words(line: DeckLine, start: int = 0, stop: int | None = None) -> list[Word]:
    """Return the fields between two characters; blanks, commas and parentheses separate, `=` is a field.

    `{...}`, `'...'` and `"..."` are single fields without their delimiters. Raises `NetlistError` if one
    of them is not closed, and for a closing brace without an opening one.
    """
    text = line.text if stop is None else line.text[:stop]
    found: list[Word] = []
    position = start
    while match := _WORD.search(text, position):
        if "}" in text[position : match.start()]:
            raise line.error("`}` without `{` before it", text.index("}", position))
        word, offset = match.group(), match.start()
        if word in "{'\"":
            position = closing(line, offset)
            found.append(Word(text[offset + 1 : position - 1], offset + 1, True))
        else:
            position = match.end()
            found.append(Word(word, offset))
    if "}" in text[position:]:
        raise line.error("`}` without `{` before it", text.index("}", position))
    return found


def closing(line: DeckLine, offset: int) -> int:
    """Return the character after the one that closes the brace, parenthesis or quote at `offset`."""
    text, mark = line.text, line.text[offset]
    if mark in "'\"":
        end = text.find(mark, offset + 1)
        if end < 0:
            raise line.error(f"the quote {mark} is not closed", offset)
        return end + 1
    depth, close = 0, {"{": "}", "(": ")"}[mark]
    for match in re.compile(f"[{re.escape(mark + close)}]").finditer(text, offset):
        depth += 1 if match.group() == mark else -1
        if depth == 0:
            return match.end()
    raise line.error(f"`{mark}` is not closed", offset, f"`{close}`")


def pairs(line: DeckLine, start: int = 0) -> tuple[int, list[Pair]]:
    """Return the offset of the first `name=` outside all brackets and quotes, and all pairs from there on.

    A value ends before the next name; commas at its end are separators.
    """
    text = line.text
    heads: list[tuple[str, int, int]] = []
    position = start
    while match := _PAIR.search(text, position):
        if match["name"]:
            heads.append((match["name"], match.start(), match.end()))
            position = match.end()
        elif match["close"]:
            position = match.end()
        else:
            position = closing(line, match.start())
    if not heads:
        return len(text), []
    ends = [name_start for _, name_start, _ in heads[1:]] + [len(text)]
    found = []
    for (name, name_start, value_start), end in zip(heads, ends, strict=True):
        value = text[value_start:end].rstrip(" \t,")
        offset = value_start + len(value) - len(value.lstrip())
        if not value.strip():
            raise line.error(f"`{name}=` has no value", name_start, f"{name}=value")
        found.append(Pair(name, value.strip(), offset, name_start))
    return heads[0][1], found
