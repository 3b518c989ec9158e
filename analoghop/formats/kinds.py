"""`refuse_others`: a file of another kind is refused by the name of what it looks like."""

from __future__ import annotations

import re
from typing import NamedTuple

from analoghop.formats.lines import TextFile, TextLine


class FileKind(NamedTuple):
    """Files whose first line matches `start` are `noun`, which `solve` reads as the problem `verb`."""

    start: re.Pattern[str]
    noun: str
    verb: str


KINDS = tuple(
    FileKind(re.compile(start), noun, verb)
    for start, noun, verb in (
        (r"(NAME|TYPE|DIMENSION)", "a TSPLIB file", "tsp"),
        (r"p\s+cnf\b", "a formula in DIMACS format", "sat"),
        (r"p\s+wcnf\b", "a weighted formula in DIMACS format", "maxsat"),
        (r"h(\s+-?[0-9]+)+\s*$", "a weighted formula in WCNF", "maxsat"),
        (r"p\s+qubo\b", "a QUBO of qbsolv", "qubo"),
        (r"p\s+(edge|edges|col|clq|mis|max-clique)\b", "a graph in DIMACS format", "maxcut"),
        (r"%%MatrixMarket", "a graph in Matrix Market format", "maxcut"),
        (r"<", "a graph in XML", "maxcut"),
        (r"graph\s*\[", "a graph in GML", "maxcut"),
        (r"(?i:minimi[sz]e|maximi[sz]e|minimum|maximum|min|max)\s*$", "a program in LP format", "model"),
        (r"[{]", "a model in JSON", "qubo` or `solve ising"),
    )
)
"""By the beginning of a file, without its comments."""


def first_line(text: TextFile) -> TextLine | None:
    """Return the first line that is neither blank nor a comment behind #, % or c; None without one."""
    return next((line for line in text if not _is_comment(line.words[0])), None)


def _is_comment(word: str) -> bool:
    return word == "c" or word[0] in "#\\" or (word[0] == "%" and not word.startswith("%%MatrixMarket"))


def kind_of(line: str) -> FileKind | None:
    """Return the kind of a file that begins with `line`; None where the line could be of several."""
    return next((kind for kind in KINDS if kind.start.match(line.strip())), None)


def refuse_others(text: TextFile, expected: str, *own: str) -> None:
    """Raise `FileFormatError` where a file looks like a kind whose verb is not among `own`."""
    first = first_line(text)
    kind = None if first is None else kind_of(text.lines[first.number - 1])
    if first is not None and kind is not None and kind.verb not in own:
        raise text.fault(first.number, f"this is {kind.noun}: `solve {kind.verb}` reads it", expected)
