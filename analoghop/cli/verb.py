"""`Verb`: a subcommand of the command line, and the exit codes of all subcommands."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from analoghop.cli.console import Console


class Exit(IntEnum):
    """Exit codes, the same for every verb."""

    DONE = 0
    FAULT = 1
    """A failure of the program, or a program that it needs is missing."""
    USAGE = 2
    BAD_INPUT = 3
    """A deck, a file or a value that cannot be accepted."""
    INCOMPLETE = 4
    """The command ran, but failed, did not settle although that was requested, or was interrupted."""


class UsageError(Exception):
    """The words on the command line do not fit together; the message says which."""


class Verb(NamedTuple):
    """A verb: `configure` adds its options to a parser, `execute` runs it and returns the exit code.

    Its help ends with the `examples`, whole commands.
    """

    name: str
    summary: str
    configure: Callable[[ArgumentParser], None]
    execute: Callable[[Namespace, Console], Exit]
    examples: tuple[str, ...] = ()
