"""`analoghop study gain|landscape|basins|surface SOURCE`: minima against gain, barriers, basins, energies."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files, seed_of
from analoghop.cli.study.source import add_source, network_at, system_at
from analoghop.cli.verb import UsageError

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings


def _configure_gain(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("low", type=options.number, metavar="LOW", help="lowest gain")
    parser.add_argument("high", type=options.number, metavar="HIGH", help="highest gain")
    parser.add_argument("--points", type=options.whole, default=12, metavar="N", help="number of gains (12)")
    parser.add_argument(
        "--starts",
        type=options.whole,
        default=200,
        metavar="N",
        help="number of random starts at each gain (200)",
    )
    add_files(parser)


def _gain(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    import numpy as np

    from analoghop.study.landscape import gain_scan

    if not 0 < arguments.low < arguments.high or arguments.points < 2:
        raise UsageError("expected gains 0 < LOW < HIGH and 2 points or more")
    gains = np.geomspace(arguments.low, arguments.high, arguments.points)
    network = network_at(arguments, console)
    return gain_scan(network, gains, starts=arguments.starts, seed=seed_of(arguments), limits=limits)


def _configure_landscape(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument(
        "--starts",
        type=options.whole,
        default=256,
        metavar="N",
        help="number of random places of searches (256)",
    )
    add_files(parser)


def _landscape(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.landscape import landscape

    system = system_at(arguments, console)
    return landscape(system, starts=arguments.starts, seed=seed_of(arguments), limits=limits)


def _three(text: str) -> tuple[int, ...]:
    numbers = tuple(options.whole(word) for word in text.split(","))
    return numbers


def _configure_basins(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument(
        "--minima",
        type=_three,
        default=(1, 2, 3),
        metavar="I,J,K",
        help="three minima, by energy, through which the plane goes (1,2,3)",
    )
    parser.add_argument(
        "--resolution",
        type=options.whole,
        default=61,
        metavar="N",
        help="number of starts along each axis (61)",
    )
    add_files(parser)


def _basins(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.errors import InputError
    from analoghop.study.all_equilibria import equilibria
    from analoghop.study.landscape import basins_in_plane

    if len(arguments.minima) != 3:
        raise UsageError(f"`--minima` names {len(arguments.minima)} minima, expected three such as 1,2,3")
    system = system_at(arguments, console)
    found = equilibria(system, seed=seed_of(arguments), limits=limits)
    minima = found.states[:, found.indices == 0]
    if not all(1 <= k <= minima.shape[1] for k in arguments.minima):
        raise InputError(
            f"the circuit has {minima.shape[1]} stable states: `--minima` names another, or three are needed"
        )
    chosen = minima[:, [k - 1 for k in arguments.minima]].T
    return basins_in_plane(system, chosen, resolution=arguments.resolution, limits=limits)


def _configure_surface(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument(
        "--resolution",
        type=options.whole,
        default=101,
        metavar="N",
        help="number of points along each axis (101)",
    )
    add_files(parser)


def _surface(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.landscape import energy_surface

    return energy_surface(network_at(arguments, console), resolution=arguments.resolution, limits=limits)


COMMANDS = (
    StudyCommand("gain", "count the stable states of a network against gain", _configure_gain, _gain),
    StudyCommand(
        "landscape", "find minima, saddles and the barriers between them", _configure_landscape, _landscape
    ),
    StudyCommand(
        "basins", "find the minimum to which each state of a plane leads", _configure_basins, _basins
    ),
    StudyCommand(
        "surface", "draw the energy of two amplifiers over their outputs", _configure_surface, _surface
    ),
)
