"""`analoghop study NAME ...`: runs a study, reports it, writes its arrays and its picture."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.outputs import check_overwriting, check_picture, check_place
from analoghop.cli.study import continuation, costs, delays, disorder, equilibria, landscape, learning, noises
from analoghop.cli.text import si
from analoghop.cli.verb import Exit, Verb

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.study.findings import Findings

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
SHOWN = 40
"""Printed lines; JSON has everything."""


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
    from analoghop.study.findings_file import findings_suffix, write_findings

    if arguments.out is not None:
        findings_suffix(arguments.out)
        check_place(arguments.out)
    check_picture(arguments.plot)
    check_overwriting([arguments.out, arguments.plot], arguments.force)
    wall, cpu = time.perf_counter(), time.process_time()
    with options.limits(arguments, console) as limits:
        found = COMMANDS[arguments.action].compute(arguments, console, limits)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        with limits.heed():
            check_overwriting([arguments.out, arguments.plot], arguments.force)
            known = {**found.record, "study": found.study, "command": arguments.command}
            _report(found, console, cpu)
            if arguments.out is not None:
                write_findings(arguments.out, found, known)
                console.line(f"  wrote {arguments.out}")
            if arguments.plot is not None:
                from analoghop.plotting import save_figure

                save_figure(found.plot(), arguments.plot, known)
                console.line(f"  wrote {arguments.plot}")
            told: dict[str, Any] = about(arguments, interrupted=limits.interrupted)
            console.result(
                {**found.to_dict(), "seed": arguments.seed or 0, "cpu_s": cpu, "wall_s": wall, **told}
            )
    if found.interrupted:
        console.error(f"{'interrupted' if limits.interrupted else 'time limit'}: the study is not complete")
        return Exit.INCOMPLETE
    return Exit.DONE


def _report(found: Findings, console: Console, cpu: float) -> None:
    for k, line in enumerate(found.lines[:SHOWN]):
        console.line(f"  {line}" if k else line)
    if len(found.lines) > SHOWN:
        console.line(f"  ... and {len(found.lines) - SHOWN} more lines: --json has everything")
    for fact in found.facts:
        verdict = {True: "holds", False: "does NOT hold", None: "for comparison"}[fact.holds]
        tolerance = "" if fact.tolerance is None else f" +- {fact.tolerance:.3g}"
        console.line(
            f"  {fact.name}: {fact.value:.7g}, expected {fact.expected:.7g}{tolerance} "
            f"({fact.source}): {verdict}"
        )
    console.line(f"  {si(cpu, 's', 3)} of computing")


_EXAMPLES = (
    "analoghop study equilibria circuits/flipflop.cir --json",
    "analoghop study continuation circuits/schmitt_trigger.cir vin -1 1 --plot trigger.png",
)

VERB = Verb(
    "study", "study how a circuit computes: equilibria, bifurcations and more", configure, execute, _EXAMPLES
)
