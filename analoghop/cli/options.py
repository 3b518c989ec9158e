"""Options that several verbs share, and the readers of their values."""

from __future__ import annotations

import json
import re
from argparse import SUPPRESS, Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from analoghop import __version__
from analoghop.cli.verb import UsageError
from analoghop.errors import InputError
from analoghop.limits import Limits

if TYPE_CHECKING:
    from analoghop.cli.console import Console

METHODS = ("auto", "RK23", "RK45", "DOP853", "LSODA", "BDF", "Radau")
MANY_METHODS = ("DOPRI5", "BS23")
"""Methods for many starts at once."""
NOISE_METHODS = ("exponential", "euler")
"""Methods of fixed steps, for decks with noise."""
MAX_VALUES = 100_000
"""Most values of a range."""
ENGINES = ("auto", "scipy", "ensemble", "fused")


class SetOption(NamedTuple):
    """`--set NAME=VALUE`: a parameter of the deck and the text of its value."""

    name: str
    value: str


class WrittenNumber(NamedTuple):
    """A number and its text on the command line."""

    number: float
    text: str


class SweepOption(NamedTuple):
    """NAME=VALUE,VALUE,..."""

    name: str
    values: tuple[WrittenNumber, ...]


class PrintSchema(Action):
    """`--schema`: prints the schema of the verb's JSON value, and ends the command."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest=SUPPRESS, default=SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        """Print it; the words of the verb and its action are those of the parser."""
        from analoghop.schemas import schema

        print(json.dumps(schema(*parser.prog.split()[1:]), indent=2), flush=True)
        parser.exit()


def whole(text: str) -> int:
    """Return the value of a whole number."""
    if not re.fullmatch("[+-]?[0-9]{1,1000}", text):
        raise ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def number(text: str) -> float:
    """Return the value of a number as decks write it: `20m`, `4.7k`, `1meg`."""
    from analoghop.circuit.expressions import parse_quantity

    value = parse_quantity(text)
    if value is None:
        raise ArgumentTypeError(f"{text!r} is no number, expected one such as 0.02, 20m or 1meg")
    return value


def assignment(text: str) -> SetOption:
    """Return the two sides of NAME=VALUE."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise ArgumentTypeError(f"{text!r} is no assignment, expected NAME=VALUE")
    return SetOption(name, value)


def sweep(text: str) -> SweepOption:
    """Return the name and the values of NAME=VALUE,VALUE,..."""
    name, right = assignment(text)
    values = tuple(WrittenNumber(number(value), value) for value in map(str.strip, right.split(",")))
    if len({value.number for value in values}) < len(values):
        raise ArgumentTypeError(f"{text!r} names a value twice")
    return SweepOption(name, values)


def span(text: str) -> SweepOption:
    """Return the name and the values of NAME=START:STOP:STEP, or of NAME=VALUE,VALUE,..."""
    name, right = assignment(text)
    if ":" not in right:
        return sweep(text)
    words = right.split(":")
    if len(words) != 3:
        raise ArgumentTypeError(f"{text!r} is no range, expected NAME=START:STOP:STEP")
    start, stop, step = map(number, map(str.strip, words))
    if step == 0 or not 0 <= (stop - start) / step < MAX_VALUES:
        raise ArgumentTypeError(
            f"a step of {step:g} does not lead from {start:g} to {stop:g} in {MAX_VALUES} steps"
        )
    count = int((stop - start) / step * (1 + 1e-12) + 1e-9) + 1
    values = (start + k * step for k in range(count))
    return SweepOption(name, tuple(WrittenNumber(value, f"{value:g}") for value in values))


def check_common(arguments: Namespace) -> None:
    """Raise `InputError` for a common option out of range."""
    seed, threads, seconds = arguments.seed, arguments.threads, arguments.time_limit
    if seed is not None and seed < 0:
        raise InputError(f"`--seed` is {seed}, expected a whole number from 0")
    if threads is not None and threads < 1:
        raise InputError(f"`--threads` is {threads}, expected at least 1")
    if seconds is not None and not seconds > 0:
        raise InputError(f"`--time-limit` is {seconds:g}, expected a positive number of seconds")


def check_engine(name: str) -> None:
    """Raise `UsageError` for `--engine fused` without numba."""
    if name == "fused":
        from analoghop.engines.choice import numba_installed

        if not numba_installed():
            raise UsageError("`--engine fused` needs numba: install analoghop[fast]")


def limits(arguments: Namespace, console: Console) -> Limits:
    """Return the limits of a command: its time limit from now on, its threads, and its progress bar."""
    return Limits(arguments.time_limit, threads=arguments.threads or 1, progress=console.progress)


def add_common(parser: ArgumentParser) -> None:
    """Add the options of every verb."""
    group = parser.add_argument_group("common options")
    group.add_argument("--json", action="store_true", help="print one JSON value instead of a report")
    group.add_argument("--quiet", action="store_true", help="no progress and no notices")
    group.add_argument("--seed", type=whole, metavar="S", help="seed of random numbers; it is recorded")
    group.add_argument(
        "--threads", type=whole, metavar="N", help="threads for starts, else for linear algebra (default 1)"
    )
    group.add_argument(
        "--time-limit",
        type=number,
        metavar="SECONDS",
        help="longest elapsed time; what has finished by then is reported",
    )
    group.add_argument("--log", metavar="FILE", help="append what happens, with times, to this file")
    group.add_argument("--schema", action=PrintSchema, help="print the JSON Schema of what --json prints")
    group.add_argument("--version", action="version", version=f"analoghop {__version__}")


def add_workers(parser: ArgumentParser) -> None:
    """Add the options that spread the work over processes."""
    parser.add_argument("-j", "--jobs", type=whole, metavar="N", help="worker processes (default 1)")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="address of the scheduler of a running Dask cluster"
    )


def workers(arguments: Namespace) -> int | str:
    """Return who shares the work: the number of `-j`, or the address of `--dask`.

    Raises `InputError` for a number below 1, and `UsageError` for both, or together with `--threads`.
    """
    jobs = arguments.jobs
    if jobs is not None and jobs < 1:
        raise InputError(f"`-j` is {jobs}, expected at least 1")
    if jobs is not None and arguments.dask is not None:
        raise UsageError("`-j` and `--dask` exclude each other")
    chosen = arguments.dask or jobs or 1
    if chosen != 1 and arguments.threads not in (None, 1):
        raise UsageError("`--threads` shares the work in one process: leave out `-j` and `--dask`, or it")
    return chosen


def add_force(parser: ArgumentParser) -> None:
    """Add the option of verbs that write files."""
    parser.add_argument(
        "--force", action="store_true", help="overwrite a file that analoghop has not written"
    )


def add_deck(parser: ArgumentParser) -> None:
    """Add the deck and the options that change it."""
    parser.add_argument("deck", metavar="DECK", help="netlist file; - for standard input")
    add_changes_of_deck(parser)


def add_changes_of_deck(parser: ArgumentParser) -> None:
    """Add the options that change a deck."""
    parser.add_argument(
        "--set",
        type=assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="value of a parameter or element of the deck; may be repeated",
    )
    parser.add_argument(
        "--include-dir",
        action="append",
        default=[],
        metavar="DIR",
        help="further folder from which `.include` may read; may be repeated",
    )


def add_solver(parser: ArgumentParser) -> None:
    """Add the options of the engine."""
    group = parser.add_argument_group("solver")
    group.add_argument(
        "--engine", choices=ENGINES, default="auto", help="auto: scipy; with --starts, ensemble or fused"
    )
    group.add_argument(
        "--method",
        choices=(*METHODS, *MANY_METHODS, *NOISE_METHODS),
        default="auto",
        metavar="M",
        help=f"one of {', '.join(METHODS)}; with --starts {' or '.join(MANY_METHODS)}; "
        f"for decks with noise {' or '.join(NOISE_METHODS)} (default: auto)",
    )
    group.add_argument(
        "--rtol",
        type=number,
        metavar="R",
        help="relative tolerance (default 1e-6; with --starts 1e-4)",
    )
    group.add_argument(
        "--atol", type=number, metavar="A", help="absolute tolerance in V (default: rtol/100 times 1/gain)"
    )


def check_single(arguments: Namespace, noisy: bool) -> None:
    """Raise `UsageError` if the options of the engine do not fit a single run, `noisy` or not."""
    if noisy:
        options = {"--rtol": arguments.rtol, "--atol": arguments.atol, "--settle": arguments.settle or None}
        for name in (name for name, value in options.items() if value is not None):
            raise UsageError(
                f"`{name}` does not fit a deck with noise: its steps are fixed, it cannot settle"
            )
        if arguments.method not in ("auto", *NOISE_METHODS) and arguments.engine != "scipy":
            allowed = ", ".join(("auto", *NOISE_METHODS))
            raise UsageError(f"`--method {arguments.method}` does not fit a deck with noise: use {allowed}")
        return
    if arguments.method in NOISE_METHODS:
        raise UsageError(f"`--method {arguments.method}` is for decks with noise, or for many starts")
    many = arguments.engine in ("ensemble", "fused")
    if many or arguments.method in MANY_METHODS:
        given = f"--engine {arguments.engine}" if many else f"--method {arguments.method}"
        raise UsageError(f"`{given}` is for many starts: give `--starts M`")
