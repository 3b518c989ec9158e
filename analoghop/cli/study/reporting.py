"""`carry_out`: computes findings within the limits of a command, reports them, writes arrays and picture."""

from __future__ import annotations

import math
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.outputs import check_overwriting, check_picture, check_place
from analoghop.cli.text import si
from analoghop.cli.verb import Exit

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Fact, Findings

SHOWN = 40
"""Printed lines; JSON has everything."""


def carry_out(
    arguments: Namespace,
    console: Console,
    compute: Callable[[Limits], Findings],
    told: Mapping[str, str] | None = None,
) -> Exit:
    """Compute, report and write; the exit code is 0 where the computation came to its end.

    `arguments` are those of `add_files`. `told` are further keys of the JSON.
    """
    from analoghop.study.findings_file import findings_suffix, write_findings

    if arguments.out is not None:
        findings_suffix(arguments.out)
        check_place(arguments.out)
    check_picture(arguments.plot)
    check_overwriting([arguments.out, arguments.plot], arguments.force)
    wall, cpu = time.perf_counter(), time.process_time()
    with options.limits(arguments, console) as limits:
        found = compute(limits)
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
            whole: dict[str, Any] = {**found.to_dict(), **(told or {})}
            whole |= {"seed": arguments.seed or 0, "cpu_s": cpu, "wall_s": wall}
            console.result({**whole, **about(arguments, interrupted=limits.interrupted)})
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
        console.line(f"  {_checked(fact)}")
    console.line(f"  {si(cpu, 's', 3)} of computing")


def _checked(fact: Fact) -> str:
    tolerance = "" if fact.tolerance is None else f" +- {fact.tolerance:.3g}"
    expected = "" if math.isnan(fact.expected) else f", expected {fact.expected:.7g}{tolerance}"
    verdict = {True: "holds", False: "does NOT hold", None: "for comparison"}[fact.holds]
    note = f"; {fact.note}" if fact.note else ""
    return f"{fact.name}: {fact.value:.7g}{expected} ({fact.source}): {verdict}{note}"
