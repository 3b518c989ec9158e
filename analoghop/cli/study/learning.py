"""`analoghop study memories|faults`: what learning makes of patterns, and of parts that are stuck."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files, numbers, seed_of

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings


def _configure_memories(parser: ArgumentParser) -> None:
    parser.add_argument("patterns", metavar="PATTERNS", help="file of patterns")
    parser.add_argument(
        "--cues", type=options.whole, default=100, metavar="N", help="number of cues of each kind (100)"
    )
    parser.add_argument(
        "--flipped", type=numbers, metavar="A,B,...", help="shares of flipped bits (0.1,0.2,0.3)"
    )
    add_files(parser)


def _memories(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.memory.patterns import Memory
    from analoghop.study.learning import compare_memories

    memory = Memory.read(arguments.patterns)
    flipped = arguments.flipped or (0.1, 0.2, 0.3)
    return compare_memories(
        memory, flipped=flipped, cues=arguments.cues, seed=seed_of(arguments), limits=limits
    )


def _configure_faults(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--neurons", type=options.whole, default=100, metavar="N", help="number of neurons (100)"
    )
    parser.add_argument(
        "--patterns", type=options.whole, default=20, metavar="P", help="number of patterns (20)"
    )
    parser.add_argument(
        "--fractions", type=numbers, metavar="A,B,...", help="shares of couplings that are stuck (0 to 0.6)"
    )
    parser.add_argument(
        "--stuck-at",
        type=options.number,
        default=0.0,
        metavar="X",
        help="value of a stuck coupling, as a share of the largest coupling; its sign is random (0)",
    )
    parser.add_argument(
        "--draws", type=options.whole, default=5, metavar="N", help="number of memories for each share (5)"
    )
    add_files(parser)


def _faults(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.learning import faults_in_the_loop

    return faults_in_the_loop(
        arguments.neurons,
        arguments.patterns,
        arguments.fractions or (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
        stuck_at=arguments.stuck_at,
        draws=arguments.draws,
        seed=seed_of(arguments),
        limits=limits,
    )


COMMANDS = (
    StudyCommand("memories", "compare six kinds of memories on equal cues", _configure_memories, _memories),
    StudyCommand("faults", "let a memory learn around couplings that are stuck", _configure_faults, _faults),
)
