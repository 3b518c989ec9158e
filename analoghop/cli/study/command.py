"""`StudyCommand`: one study of the command line, and the options that all studies share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from analoghop.cli import options

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings


class StudyCommand(NamedTuple):
    """A study: `configure` adds its options, `compute` runs it within the limits."""

    name: str
    summary: str
    configure: Callable[[ArgumentParser], None]
    compute: Callable[[Namespace, Console, Limits], Findings]


def add_files(parser: ArgumentParser) -> None:
    """Add the options of the files that every study can write, and the common ones."""
    parser.add_argument("--out", metavar="FILE", help="write the arrays to a .npz or .csv file")
    parser.add_argument("--plot", metavar="FILE", help="draw the study into a .png, .svg or .pdf file")
    options.add_force(parser)
    options.add_common(parser)


def seed_of(arguments: Namespace) -> int:
    """Return the seed, 0 by default."""
    return 0 if arguments.seed is None else int(arguments.seed)


def numbers(text: str) -> tuple[float, ...]:
    """Return the numbers of `A,B,...`."""
    return tuple(options.number(word.strip()) for word in text.split(","))
