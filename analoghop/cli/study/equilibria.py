"""`analoghop study equilibria SOURCE`: all equilibria of a small circuit."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files, seed_of
from analoghop.cli.study.source import add_source, system_at

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings


def configure(parser: ArgumentParser) -> None:
    """Add the options."""
    add_source(parser)
    parser.add_argument(
        "--starts",
        type=options.whole,
        default=256,
        metavar="N",
        help="number of random places of searches (256)",
    )
    parser.add_argument(
        "--basins", type=options.whole, metavar="N", help="also run from N random starts, for basin shares"
    )
    add_files(parser)


def compute(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    """Search from many places."""
    from analoghop.study.all_equilibria import equilibria
    from analoghop.study.basin_shares import with_shares

    system = system_at(arguments, console)
    seed = seed_of(arguments)
    found = equilibria(system, starts=arguments.starts, seed=seed, limits=limits)
    if arguments.basins is not None:
        found = with_shares(found, system, arguments.basins, seed=seed, limits=limits)
    return found.findings()


COMMAND = StudyCommand(
    "equilibria",
    "find all equilibria of a small circuit, with eigenvalues, indices, energies",
    configure,
    compute,
)
