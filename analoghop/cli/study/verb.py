"""`analoghop study NAME ...`: runs a study, reports it, writes its arrays and its picture."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli.study import continuation, costs, delays, disorder, equilibria, landscape, learning, noises
from analoghop.cli.study.reporting import carry_out
from analoghop.cli.verb import Exit, Verb

if TYPE_CHECKING:
    from analoghop.cli.console import Console

COMMANDS = {
    command.name: command
    for command in (
        equilibria.COMMAND,
        continuation.COMMAND,
        *landscape.COMMANDS,
        *delays.COMMANDS,
        *disorder.COMMANDS,
        *noises.COMMANDS,
        *learning.COMMANDS,
        costs.COMMAND,
    )
}


def configure(parser: ArgumentParser) -> None:
    """Add the studies and their options."""
    studies = parser.add_subparsers(dest="action", required=True, metavar="NAME")
    for command in COMMANDS.values():
        one = studies.add_parser(
            command.name,
            help=command.summary,
            description=f"{command.summary[0].upper()}{command.summary[1:]}.",
            epilog=parser.epilog,
            examples=_EXAMPLES,
            allow_abbrev=False,
        )
        command.configure(one)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Run a study; the exit code is 0 where it came to its end."""
    compute = COMMANDS[arguments.action].compute
    return carry_out(arguments, console, lambda limits: compute(arguments, console, limits))


_EXAMPLES = (
    "analoghop study equilibria circuits/flipflop.cir --json",
    "analoghop study continuation circuits/schmitt_trigger.cir vin -1 1 --plot trigger.png",
)

VERB = Verb(
    "study", "study how a circuit computes: equilibria, bifurcations and more", configure, execute, _EXAMPLES
)
