"""`analoghop study asymmetry|chaos|lyapunov|transient`: circuits that do not settle."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files, numbers, seed_of
from analoghop.cli.study.source import add_source, system_at

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings


def _configure_asymmetry(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--amplifiers", type=options.whole, default=80, metavar="N", help="number of amplifiers (80)"
    )
    parser.add_argument(
        "--angles",
        type=numbers,
        metavar="A,B,...",
        help="angles of T, 0 symmetric, 90 antisymmetric (0,20,30,35,40,60)",
    )
    parser.add_argument("--gain", type=options.number, default=5.0, metavar="G", help="gain (5)")
    parser.add_argument(
        "--draws", type=options.whole, default=24, metavar="N", help="number of networks for each angle (24)"
    )
    parser.add_argument(
        "--tstop",
        type=options.number,
        default=400.0,
        metavar="T",
        help="length of a run in time constants (400)",
    )
    add_files(parser)


def _asymmetry(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.asymmetry import asymmetry

    return asymmetry(
        arguments.amplifiers,
        arguments.angles or (0.0, 20.0, 30.0, 35.0, 40.0, 60.0),
        gain=arguments.gain,
        draws=arguments.draws,
        tstop=arguments.tstop,
        seed=seed_of(arguments),
        limits=limits,
    )


def _configure_chaos(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--amplifiers", type=options.whole, default=500, metavar="N", help="number of amplifiers (500)"
    )
    parser.add_argument(
        "--strengths", type=numbers, metavar="A,B,...", help="strengths g of couplings (0.5,0.9,2,3,5)"
    )
    parser.add_argument(
        "--duration",
        type=options.number,
        default=400.0,
        metavar="T",
        help="time constants over which the exponents are averaged (400)",
    )
    add_files(parser)


def _chaos(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.chaos import chaos

    return chaos(
        arguments.amplifiers,
        arguments.strengths or (0.5, 0.9, 2.0, 3.0, 5.0),
        duration=arguments.duration,
        seed=seed_of(arguments),
        limits=limits,
    )


def _configure_lyapunov(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("--count", type=options.whole, default=1, metavar="K", help="number of exponents (1)")
    parser.add_argument("--duration", type=options.number, metavar="T", help="time that is averaged, in s")
    add_files(parser)


def _lyapunov(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.ensembles import random_starts
    from analoghop.study.chaos import lyapunov

    system, seed = system_at(arguments, console), seed_of(arguments)
    x0 = random_starts(system, 1, seed).array()[:, 0]
    return lyapunov(system, x0, arguments.count, duration=arguments.duration, seed=seed, limits=limits)


def _configure_transient(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="clauses in DIMACS form (.cnf)")
    parser.add_argument(
        "--starts", type=options.whole, default=200, metavar="N", help="number of starts (200)"
    )
    parser.add_argument(
        "--duration", type=options.number, default=200.0, metavar="T", help="length of a run in tau (200)"
    )
    add_files(parser)


def _transient(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.chaos import transient_chaos

    return transient_chaos(
        arguments.file,
        starts=arguments.starts,
        duration=arguments.duration,
        seed=seed_of(arguments),
        limits=limits,
    )


COMMANDS = (
    StudyCommand(
        "asymmetry",
        "count the networks that settle as T loses its symmetry",
        _configure_asymmetry,
        _asymmetry,
    ),
    StudyCommand("chaos", "measure Lyapunov exponents of random networks", _configure_chaos, _chaos),
    StudyCommand("lyapunov", "measure the Lyapunov exponents of a circuit", _configure_lyapunov, _lyapunov),
    StudyCommand(
        "transient",
        "measure the transient chaos of a satisfiability circuit",
        _configure_transient,
        _transient,
    ),
)
