"""Parts of pages that come from the program itself: help texts, exit codes, public names."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx

import analoghop


class Written(Directive):
    """A directive whose content is Markdown that the program writes."""

    def markdown(self) -> Iterator[str]:
        """Yield the lines."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the lines."""
        part = nodes.section()
        part.document = self.state.document
        self.state.nested_parse(StringList(list(self.markdown())), self.content_offset, part, match_titles=1)
        return part.children


class Help(Written):
    """The help of every verb and action, as the terminal shows it."""

    def markdown(self) -> Iterator[str]:
        """Yield a section for each."""
        from analoghop.cli import parser_of_all

        os.environ["COLUMNS"] = "88"
        yield from self._sections(parser_of_all(), 0)

    def _sections(self, parser: ArgumentParser, depth: int) -> Iterator[str]:
        verbs = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
        if depth:
            yield from ("", f"{'#' * (depth + 1)} `{parser.prog}`", "")
        yield from ("```text", *parser.format_help().splitlines(), "```", "")
        for choices in verbs:
            for inner in choices.values():
                yield from self._sections(inner, depth + 1)


class ExitCodes(Written):
    """The table of exit codes."""

    def markdown(self) -> Iterator[str]:
        """Yield the rows."""
        from analoghop.cli.verb import Exit

        meanings = {
            Exit.DONE: "done",
            Exit.FAULT: "internal failure, or a missing program",
            Exit.USAGE: "wrong usage",
            Exit.BAD_INPUT: "bad input: a deck, a file or a value",
            Exit.INCOMPLETE: "it ran without full success, or was interrupted",
        }
        yield from ("| code | name | meaning |", "|---|---|---|")
        for code in Exit:
            yield f"| {int(code)} | {code.name} | {meanings[code]} |"


class Names(Directive):
    """The documentation of public names: of the modules of the package that it names, one in each line.

    Of a public module, as `memory`, these are the names in its `__all__`; of another one, as `circuit`, those
    of the package itself that come from there.
    """

    has_content = True
    documented: ClassVar[set[str]] = set()

    def run(self) -> list[nodes.Node]:
        """Return the nodes of all names."""
        lines: list[str] = []
        for module in filter(None, map(str.strip, self.content)):
            for home, word in self._names(module):
                found = getattr(import_module(home), word)
                kind = "class" if isinstance(found, type) else "function" if callable(found) else "data"
                lines += ["```{eval-rst}", f".. auto{kind}:: {home}.{word}"]
                lines += ["   :no-value:"] if kind == "data" else []
                lines += ["```", ""]
        part = nodes.section()
        part.document = self.state.document
        self.state.nested_parse(StringList(lines), self.content_offset, part)
        return part.children

    def _names(self, module: str) -> Iterator[tuple[str, str]]:
        if module in analoghop._MODULES:
            home = analoghop._MODULES[module]
            for word in sorted(import_module(home).__all__):
                self.documented.add(word)
                yield home, word
            self.documented.add(module)
        whole = f"analoghop.{module}"
        for word, home in analoghop._HOME.items():
            inside = home == whole or home.startswith(f"{whole}.")
            if inside and word not in self.documented:
                self.documented.add(word)
                yield "analoghop", word


def check_names(app: Sphinx, _: object) -> None:
    """Stop the build where a public name is on no page."""
    missing = set(analoghop.__all__) - Names.documented - {"__version__"}
    if missing:
        raise ValueError(f"no page of docs/reference documents {', '.join(sorted(missing))}")


def as_restructured(
    app: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]
) -> None:
    """Turn a docstring, which is written in Markdown, into what docutils reads: escapes and tables."""
    if what == "data" and found.__doc__ == type(found).__doc__:
        lines[:] = []  # that of a built-in type says nothing of this name
    out: list[str] = []
    for inside, block in groupby(lines, lambda line: line.lstrip().startswith("|")):
        rows = list(block)
        table = inside and len(rows) > 2 and set(rows[1].strip()) <= set("|-: ")
        out += _table(rows) if table else map(_escaped, rows)
    lines[:] = out


def _table(rows: list[str]) -> Iterator[str]:
    yield from ("", ".. list-table::", "   :header-rows: 1", "")
    for row in (rows[0], *rows[2:]):
        cells = [_escaped(cell.strip()) for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]
        for k, cell in enumerate(cells):
            yield f"   {'* -' if k == 0 else '  -'} {cell}"
    yield ""


def _escaped(line: str) -> str:
    """Return a line with the signs escaped that mean something to docutils only."""
    parts = re.split(r"(`[^`]*`)", line)
    return "".join(part if part.startswith("`") else re.sub(r"([|*]|_\b)", r"\\\1", part) for part in parts)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    for name, directive in (("help-pages", Help), ("exit-codes", ExitCodes), ("names", Names)):
        app.add_directive(name, directive)
    app.connect("autodoc-process-docstring", as_restructured)
    app.connect("env-updated", check_names)
    return {"parallel_read_safe": False}
