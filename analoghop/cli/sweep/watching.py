"""`sweep watch`: the course of a study, drawn anew in the terminal until it has ended."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.sweep import views
from analoghop.cli.text import counted, si, table
from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.experiments import Stored

LINES = 12
"""Combinations of values that are shown."""
_WIDTH = 30  # characters of the bar
_QUIET = 30.0  # s after which a store that nobody writes is taken to be left alone


def configure(parser: ArgumentParser) -> None:
    """Add the options of `sweep watch`."""
    parser.add_argument(
        "--every",
        type=options.number,
        metavar="SECONDS",
        default=1.0,
        help="time between two looks (default 1)",
    )


def watch(stored: Stored, arguments: Namespace, console: Console) -> None:
    """Show the state of a study until it has ended, Ctrl-C or the time limit; then its status.

    In a terminal each picture replaces the one before. Elsewhere a picture is printed where points have been
    added. A command that was killed leaves a store as one that runs: it is watched for 30 s without a point.
    """
    if not arguments.every > 0:
        raise InputError(f"`--every` is {arguments.every:g}, expected a positive number of seconds")
    limits = options.limits(arguments, console)
    drawn, seen, since = 0, -1, time.monotonic()
    with limits.heed():
        while True:
            done = sum(stored.statuses().values())
            if done != seen:
                seen, since = done, time.monotonic()
                drawn = _show(picture(stored), drawn, console)
            if _ended(stored, done) or time.monotonic() - since > _QUIET or limits.over:
                break
            time.sleep(min(arguments.every, limits.left))
    views.status(stored, arguments, console)


def _ended(stored: Stored, done: int) -> bool:
    runs = stored.runs()
    return done >= stored.points or not runs or runs[-1]["ended"] is not None


def _show(lines: list[str], before: int, console: Console) -> int:
    """Print the lines, over the `before` lines of the last picture where that is a terminal."""
    if before and sys.stdout.isatty() and not console.json_wanted:
        print(f"\x1b[{before}F\x1b[J", end="")
    for line in lines:
        console.line(line)
    console.flush()
    return len(lines)


def picture(stored: Stored) -> list[str]:
    """Return the lines of a picture: a bar, the statuses, and the figures of the first combinations."""
    from analoghop.experiments.reporting.report import report
    from analoghop.experiments.reporting.report import table as cells

    counts, points, runs = stored.statuses(), stored.points, stored.runs()
    done = sum(counts.values())
    share = done / points if points else 1.0
    full = int(share * _WIDTH)
    rate = views.rate(stored, runs)
    speed = "" if rate is None else f", {rate:.3g} points/s"
    ahead = f", about {si((points - done) / rate, 's', 2)} to go" if rate and done < points else ""
    bar = f"[{'#' * full}{'.' * (_WIDTH - full)}]"
    found = [f"{bar} {100 * share:.0f} %: {done} of {counted(points, 'point')}{speed}{ahead}"]
    found.append("  " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    lines = report(stored, views.criterion_of(stored), views.levels_of(stored))
    found += table(list(cells(lines[-LINES:])), left=0) if lines else []
    if len(lines) > LINES:
        found.append(f"  and {counted(len(lines) - LINES, 'combination')} before")
    return found
