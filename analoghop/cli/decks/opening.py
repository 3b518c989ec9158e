"""Opening of decks by the command line, with `--set`, `--sweep` and their notices."""

from __future__ import annotations

import itertools
import math
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.cli.options import SetOption, SweepOption, WrittenNumber
from analoghop.cli.verb import UsageError
from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console


STDIN = "-"
"""The argument for a deck from standard input."""

MAX_POINTS = 100_000
"""Most combinations of the values of all sweeps."""

Point = dict[str, WrittenNumber]
"""One combination of swept values, by name."""


def overrides(arguments: Namespace) -> dict[str, str | float]:
    """Return the values of `--set` by name; raises `UsageError` for a name that is set twice."""
    given: list[SetOption] = arguments.set
    names = [name.lower() for name, _ in given]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"`--set {name}=` is given twice")
    return dict(given)


def typed(arguments: Namespace) -> str:
    """Return the deck that stands in standard input, read once; raises `InputError` where that is no text."""
    from analoghop.formats.intake import LARGEST_TEXT

    if not hasattr(arguments, "typed"):
        try:
            arguments.typed = sys.stdin.read(LARGEST_TEXT + 1)
        except UnicodeDecodeError as error:
            raise InputError(f"standard input holds no text: {error}") from error
    text: str = arguments.typed
    return text


def open_deck(
    arguments: Namespace, console: Console, point: Mapping[str, WrittenNumber] | None = None
) -> Circuit:
    """Return the circuit of the deck with the values of `--set` and of a sweep's `point`."""
    from analoghop.circuit.netlist import parse, read

    swept = {name: value.number for name, value in (point or {}).items()}
    values, folders = {**overrides(arguments), **swept}, arguments.include_dir
    for folder in folders:
        if not Path(folder).is_dir():
            raise InputError(f"`--include-dir` is {folder!r}, expected a folder")
    if arguments.deck == STDIN:
        text = typed(arguments)
        circuit = parse(text, file="<stdin>", directory=".", include_dirs=folders, overrides=values)
    else:
        circuit = read(arguments.deck, include_dirs=folders, overrides=values)
    for notice in circuit.notices:
        console.notice(notice)
    return circuit


def sweep_points(arguments: Namespace, circuit: Circuit) -> list[Point]:
    """Return every combination of the values of `--sweep` and of the deck's own sweeps; [] for no sweep.

    What the command line sweeps or sets, the deck does not. Raises `UsageError` for a name that is swept
    twice, or swept and set, and `InputError` for too many combinations.
    """
    given: list[SweepOption] = arguments.sweep
    wanted: dict[str, tuple[WrittenNumber, ...]] = dict(given)
    taken = [name.lower() for name in (*overrides(arguments), *(name for name, _ in given))]
    for name, _ in given:
        if taken.count(name.lower()) > 1:
            raise UsageError(f"`{name}` is swept twice, or swept and set")
    for sweep in circuit.sweeps:
        if sweep.name not in taken:
            wanted[sweep.name] = tuple(WrittenNumber(v, value_text(v)) for v in dict.fromkeys(sweep.values))
    if not wanted:
        return []
    count = math.prod(map(len, wanted.values()))
    if count > MAX_POINTS:
        raise InputError(f"the sweeps have {count} points together: at most {MAX_POINTS} are run")
    return [dict(zip(wanted, values, strict=True)) for values in itertools.product(*wanted.values())]


def value_text(value: float) -> str:
    """Return the shortest decimal text that is read back as this float: 2, 0.5, 1e-07."""
    return repr(float(value)).removesuffix(".0")
