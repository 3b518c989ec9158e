"""`analoghop study delay|poles SOURCE`: amplifiers that are not immediate."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files, seed_of
from analoghop.cli.study.source import add_source, delayed_at, network_at
from analoghop.cli.verb import UsageError

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings


def _configure_delay(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("low", type=options.number, metavar="LOW", help="shortest delay in s")
    parser.add_argument("high", type=options.number, metavar="HIGH", help="longest delay in s")
    parser.add_argument("--points", type=options.whole, default=8, metavar="N", help="number of delays (8)")
    parser.add_argument(
        "--starts", type=options.whole, default=8, metavar="N", help="number of perturbed starts (8)"
    )
    parser.add_argument(
        "--tstop", type=options.number, metavar="T", help="length of a run in s (200 or 800 time constants)"
    )
    parser.add_argument("--no-threshold", action="store_true", help="do not measure the threshold")
    add_files(parser)


def _delay(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    import numpy as np

    from analoghop.study.delay import delay

    if not 0 < arguments.low < arguments.high or arguments.points < 2 or arguments.starts < 1:
        raise UsageError("expected delays 0 < LOW < HIGH, 2 points or more, and 1 start or more")
    return delay(
        delayed_at(arguments, console),
        np.linspace(arguments.low, arguments.high, arguments.points),
        starts=arguments.starts,
        tstop=arguments.tstop,
        measure=not arguments.no_threshold,
        seed=seed_of(arguments),
        limits=limits,
    )


def _configure_poles(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument(
        "count", type=options.whole, metavar="POLES", help="number of poles of each amplifier"
    )
    parser.add_argument("lag", type=options.number, metavar="LAG", help="time constant of a pole in s")
    parser.add_argument("--high", type=options.number, metavar="G", help="highest gain (1.2 thresholds)")
    add_files(parser)


def _poles(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.delay import poles

    network = network_at(arguments, console)
    return poles(network, arguments.count, arguments.lag, high=arguments.high, limits=limits)


COMMANDS = (
    StudyCommand(
        "delay", "find the delay of connections from which a network oscillates", _configure_delay, _delay
    ),
    StudyCommand(
        "poles", "find the gain from which poles make a network oscillate", _configure_poles, _poles
    ),
)
