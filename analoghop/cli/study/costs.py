"""`analoghop study joules FILE`: what an answer costs in time and energy."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files, numbers, seed_of
from analoghop.cli.verb import UsageError

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings

_PARTS = (
    ("--resistance", "R", "OHM", "resistor of the largest weight (100k)"),
    ("--capacitance", "C", "F", "capacitor of a node (1p)"),
    ("--rail", "V", "V", "rails of the amplifiers (1)"),
    ("--quiescent", "quiescent_w", "W", "power that an amplifier always draws (1u)"),
    ("--duration", "duration", "T", "length of an anneal in time constants (100)"),
    ("--noise", "noise", "V", "rms noise of a node alone (Johnson noise)"),
    ("--tolerance", "tolerance", "X", "independent tolerance of resistors (0)"),
)


def configure(parser: ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("file", metavar="FILE", help="graph to be cut")
    parser.add_argument(
        "--starts", type=options.whole, default=200, metavar="N", help="number of starts (200)"
    )
    parser.add_argument("--best", type=options.number, metavar="CUT", help="cut that counts as solved")
    for flag, name, meta, text in _PARTS:
        parser.add_argument(flag, dest=name, type=options.number, metavar=meta, help=text)
    parser.add_argument(
        "--bits", type=options.whole, metavar="N", help="number of bits of a conductance (exact)"
    )
    parser.add_argument(
        "--vary",
        choices=("duration", "noise", "bits", "tolerance", "quiescent_w"),
        help="repeat the measurement for each of --values of this",
    )
    parser.add_argument("--values", type=numbers, metavar="A,B,...", help="values of the part that is varied")
    add_files(parser)


def compute(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    """Run the circuit."""
    from analoghop.problems.spins.maxcut import MaxCut
    from analoghop.study.joules import SolderedCut, joules, joules_scan

    if (arguments.vary is None) != (arguments.values is None):
        raise UsageError("`--vary` and `--values` belong together")
    names = [name for _, name, _, _ in _PARTS] + ["bits"]
    given: dict[str, Any] = {n: getattr(arguments, n) for n in names if getattr(arguments, n) is not None}
    parts = SolderedCut(**given)
    problem = MaxCut.read(arguments.file)
    common: dict[str, Any] = {
        "starts": arguments.starts,
        "best": arguments.best,
        "seed": seed_of(arguments),
        "limits": limits,
    }
    if arguments.vary is None:
        return joules(problem, parts, **common)
    return joules_scan(problem, arguments.vary, arguments.values, parts, **common)


COMMAND = StudyCommand(
    "joules", "measure time and energy to a solution of a max-cut circuit", configure, compute
)
