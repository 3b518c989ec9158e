"""`analoghop study continuation SOURCE NAME LOW HIGH`: the bifurcation diagram."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files
from analoghop.cli.study.source import add_source, is_matrix, network_of, system_at

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings
    from analoghop.systems.base import System


def configure(parser: ArgumentParser) -> None:
    """Add the options."""
    add_source(parser)
    parser.add_argument(
        "parameter",
        metavar="NAME",
        help="parameter or element of a deck; of a matrix: gain, bias, bias1 ..., coupling, leak",
    )
    parser.add_argument("low", type=options.number, metavar="LOW", help="first value of the parameter")
    parser.add_argument("high", type=options.number, metavar="HIGH", help="last value of the parameter")
    parser.add_argument(
        "--one", action="store_true", help="follow only the branch of the equilibrium near 0 V"
    )
    parser.add_argument(
        "--no-switch", action="store_true", help="do not follow further branches where branches cross"
    )
    parser.add_argument(
        "--branches",
        type=options.whole,
        default=200,
        metavar="N",
        help="largest number of branches (200)",
    )
    add_files(parser)


def compute(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    """Follow the equilibria."""
    from analoghop.study.continuation import continuation

    def at(value: float) -> System:
        return system_at(arguments, console, {arguments.parameter: value})

    found = continuation(
        network_of(arguments) if is_matrix(arguments) else at,
        arguments.parameter,
        (arguments.low, arguments.high),
        everywhere=False if arguments.one else None,
        switch=not arguments.no_switch,
        most_branches=arguments.branches,
        limits=limits,
    )
    return found.findings()


COMMAND = StudyCommand(
    "continuation",
    "follow the equilibria while a parameter moves: folds, crossings, Hopf points, stability",
    configure,
    compute,
)
