"""Decks as the command line opens them: with `--set`, `--sweep` and their notices."""

from __future__ import annotations

import itertools
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analoghop.cli.options import Assignment, SweepOption
from analoghop.cli.verb import UsageError

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console


def overrides(arguments: Namespace) -> dict[str, str | float]:
    """Return what `--set` asks for; raises `UsageError` where a name is set twice."""
    wanted: dict[str, str | float] = {}
    given: list[Assignment] = arguments.set
    for name, value in given:
        if name in wanted:
            raise UsageError(f"`--set {name}=` is given twice")
        wanted[name] = value
    return wanted


def open_deck(arguments: Namespace, console: Console, point: Mapping[str, float] | None = None) -> Circuit:
    """Return the circuit of the deck with `--set` and the values of a sweep's `point` put in."""
    from analoghop.circuit.netlist import read

    circuit = read(
        arguments.deck,
        include_dirs=arguments.include_dir,
        overrides={**overrides(arguments), **(point or {})},
    )
    for notice in circuit.notices:
        console.notice(notice)
    return circuit


def sweep_points(arguments: Namespace, circuit: Circuit) -> list[dict[str, float]]:
    """Return every combination of the values of `--sweep` and of the deck's own sweeps; [] for no sweep.

    What the command line sweeps or sets, the deck does not. Raises `UsageError` for a name that is swept
    twice, or swept and set.
    """
    wanted: dict[str, tuple[float, ...]] = {}
    given: list[SweepOption] = arguments.sweep
    fixed = overrides(arguments)
    for name, values in given:
        if name in wanted or name in fixed:
            raise UsageError(f"`{name}` is swept twice, or swept and set")
        wanted[name] = values
    for sweep in circuit.sweeps:
        if sweep.name not in fixed:
            wanted.setdefault(sweep.name, tuple(dict.fromkeys(sweep.values)))
    if not wanted:
        return []
    return [dict(zip(wanted, values, strict=True)) for values in itertools.product(*wanted.values())]
