"""`analoghop completion`: the script that lets a shell complete verbs, options and file names."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.verb import Exit, Verb
from analoghop.errors import MissingProgram

if TYPE_CHECKING:
    from argparse import Action

    from analoghop.cli.console import Console

SHELLS = ("bash", "zsh", "tcsh")
_FILES = ("ANSWER", "DECK", "FILE", "FILE|N", "PATTERNS", "PATH")
_FOLDERS = ("DIR", "FOLDER")
"""Placeholders of the help that stand for a file or a folder."""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `completion`."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that the script is for")
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Print the script."""
    script = completion(arguments.parser, arguments.shell)
    for line in script.splitlines():
        console.line(line)
    console.result({**about(arguments), "shell": arguments.shell, "script": script})
    return Exit.DONE


def completion(parser: ArgumentParser, shell: str) -> str:
    """Return the completion script of `parser` for a `shell` of `SHELLS`.

    Raises `MissingProgram` where shtab, which writes such scripts, is not installed.
    """
    try:
        import shtab
    except ImportError:
        raise MissingProgram(
            "`completion` needs the package shtab: pip install 'analoghop[completion]'"
        ) from None
    for action in _actions(parser):
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    return str(shtab.complete(parser, shell))


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """Yield the arguments of a parser and of the parsers of its verbs."""
    for action in parser._actions:
        if isinstance(action.choices, dict):
            inner: dict[str, Any] = action.choices
            for one in inner.values():
                yield from _actions(one)
        else:
            yield action


_EXAMPLES = (
    "analoghop completion bash > ~/.local/share/bash-completion/completions/analoghop",
    "analoghop completion zsh > ~/.zfunc/_analoghop",
)

VERB = Verb("completion", "print the script for completion in a shell", configure, execute, _EXAMPLES)
