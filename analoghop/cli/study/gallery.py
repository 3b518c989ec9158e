"""`analoghop gallery [NAME]`: lists the classic figures, or computes, checks and draws one."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analoghop.cli.console import about
from analoghop.cli.study.command import add_files, seed_of
from analoghop.cli.study.reporting import carry_out
from analoghop.cli.text import si
from analoghop.cli.verb import Exit, UsageError, Verb
from analoghop.gallery.catalogue import CLASSICS, classic

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.gallery.reproduction import Classic


def configure(parser: ArgumentParser) -> None:
    """Add the name of the figure and the options of studies."""
    parser.add_argument(
        "name",
        nargs="?",
        choices=tuple(CLASSICS),
        metavar="NAME",
        help="figure to reproduce; without it all are listed",
    )
    parser.set_defaults(more_help=_described)
    add_files(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """List the figures, or reproduce one; the exit code is 0 where its computation came to its end."""
    if arguments.name is None:
        return _list(arguments, console)
    figure = classic(arguments.name)
    console.line(f"{figure.title} ({figure.source})")
    told = {"title": figure.title, "source": figure.source, "statement": figure.statement}
    seed = seed_of(arguments)
    return carry_out(arguments, console, lambda limits: figure.reproduce(seed, limits=limits), told)


def _list(arguments: Namespace, console: Console) -> Exit:
    if arguments.plot is not None or arguments.out is not None:
        raise UsageError("`--plot` and `--out` need the NAME of a figure")
    figures = [classic(name) for name in CLASSICS]
    width = max(map(len, CLASSICS))
    for figure in figures:
        console.line(f"{figure.name:{width}}  {figure.title}")
        for line in _details(figure):
            console.line(f"{'':{width}}  {line}")
    keys = ("name", "title", "source", "checked", "seconds")
    listing = [{key: getattr(figure, key) for key in keys} for figure in figures]
    console.result({**about(arguments), "figures": listing})
    return Exit.DONE


def _details(figure: Classic) -> tuple[str, ...]:
    return figure.source, f"checked: {figure.checked}; {si(figure.seconds, 's', 2)} of computing"


def _described(arguments: Namespace) -> Iterator[str]:
    """Yield the description of the figure whose name stands before `--help`."""
    if arguments.name is not None:
        figure = classic(arguments.name)
        yield f"\n{figure.name}: {figure.title}"
        yield f"  {figure.statement}"
        yield from (f"  {line}" for line in _details(figure))


_EXAMPLES = (
    "analoghop gallery",
    "analoghop gallery hopfield-1984 --plot hopfield-1984.png",
    "analoghop gallery hopfield-1982 --seed 1 --json",
)

VERB = Verb(
    "gallery",
    "reproduce the field's classic figures, each with its number checked",
    configure,
    execute,
    _EXAMPLES,
)
