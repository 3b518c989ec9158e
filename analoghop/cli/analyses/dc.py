"""`analoghop dc DECK`: transfer curves, by following the equilibrium up and down."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.analyses import common
from analoghop.cli.analyses.common import si, table
from analoghop.cli.console import about
from analoghop.cli.decks.opening import open_deck
from analoghop.cli.options import WrittenNumber
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.analyses.sweeping import SweptAxis
    from analoghop.analyses.transfer import TransferCurve
    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console
    from analoghop.limits import Limits

SHOWN = 8
"""Printed folds; JSON has all of them."""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `dc`."""
    options.add_deck(parser)
    parser.add_argument(
        "--sweep",
        type=options.span,
        action="append",
        default=[],
        metavar="NAME=START:STOP:STEP",
        help="sweep a source, another element or a parameter, also NAME=a,b,c; given twice: the first for "
        "each value of the second (default: the deck's .dc)",
    )
    parser.add_argument(
        "--one-way", action="store_true", help="sweep from START to STOP only, not back again"
    )
    common.configure(parser, "the transfer curves")


def execute(arguments: Namespace, console: Console) -> Exit:
    """Sweep and report."""
    if len(arguments.sweep) > 2:
        raise UsageError("`--sweep` is given more than twice")
    if len({name.lower() for name, _ in arguments.sweep}) < len(arguments.sweep):
        raise UsageError(f"`{arguments.sweep[0].name}` is swept twice")
    limits = options.limits(arguments, console)
    first = {name: values[0] for name, values in arguments.sweep}
    circuit = open_deck(arguments, console, _parameters(arguments, console, first))
    if not circuit.dc and not arguments.sweep:
        raise UsageError("the deck has no .dc line: give `--sweep NAME=START:STOP:STEP`")
    common.check_files(arguments)
    with limits, limits.heed():
        curve = _curve(arguments, console, circuit, limits)
        for line in report(circuit, curve, back=not arguments.one_way):
            console.line(line)
        unstable = int((curve.stable == 0).sum())
        if unstable:
            console.notice(
                f"{arguments.deck}: {unstable} points are unstable equilibria, which a circuit leaves when "
                "disturbed: .nodeset or .ic selects another one to begin with"
            )
        common.write(arguments, console, circuit, curve.table, lambda: _drawn(circuit, curve))
        told = about(arguments, interrupted=limits.interrupted)
        console.result({**summary(arguments.deck, curve), **told})
        if curve.message:
            console.error(f"{arguments.deck}: {'interrupted: ' if limits.interrupted else ''}{curve.message}")
        return Exit.INCOMPLETE if curve.message else Exit.DONE
    raise KeyboardInterrupt  # it came before there was a result


def _parameters(
    arguments: Namespace, console: Console, point: Mapping[str, WrittenNumber]
) -> dict[str, WrittenNumber]:
    """Return the part of `point` that names no element: a parameter may have no value of its own."""
    from analoghop.errors import InputError

    try:
        names = {element.name for element in open_deck(arguments, console, point).elements}
    except InputError:
        names = {element.name for element in open_deck(arguments, console).elements}
    return {name: value for name, value in point.items() if name.lower() not in names}


def _curve(arguments: Namespace, console: Console, circuit: Circuit, limits: Limits) -> TransferCurve:
    from analoghop.analyses.sweeping import Sweeping, axes_of
    from analoghop.analyses.transfer import swept_curve

    wanted = {name: [value.number for value in values] for name, values in arguments.sweep}

    def reread(values: Mapping[str, float]) -> Circuit:
        point = {name: WrittenNumber(value, repr(value)) for name, value in values.items()}
        return open_deck(arguments, console, point)

    sweeping = Sweeping(circuit, axes_of(circuit, wanted or None), reread)
    return swept_curve(sweeping, limits, backward=not arguments.one_way)


def _drawn(circuit: Circuit, curve: TransferCurve) -> Any:
    return curve.plot(*common.shown(circuit, curve.signals)[:7]).get_figure(root=True)


def summary(deck: str, curve: TransferCurve) -> dict[str, Any]:
    """Return the JSON value: volts and amperes, null where no equilibrium was reached.

    With a second axis every branch is a list of lists, one for each of its values.
    """
    one = len(curve.axes) == 1

    def branch(name: str) -> dict[str, Any]:
        return {
            "forward": curve.branch(name).tolist(),
            "backward": curve.branch(name, "backward").tolist(),
            "hysteresis": curve.hysteresis(name),
        }

    stable = [[None if s != s else bool(s) for s in row] for way in curve.stable.tolist() for row in way]
    rows = len(curve.forward)
    return {
        "deck": deck,
        "title": curve.title,
        "swept": [{"name": a.name, "unit": a.unit, "values": a.values.tolist()} for a in curve.axes],
        "signals": {name: branch(name) for name in curve.signals},
        "stable": {
            "forward": stable[0] if one else stable[:rows],
            "backward": stable[1] if one else stable[rows:],
        },
        "folds": [
            {
                "direction": fold.direction,
                "value": fold.value,
                "second": None if one else float(curve.axes[1].values[fold.row]),
            }
            for fold in curve.folds
        ],
        "measurements": dict(curve.measurements),
        "message": curve.message,
    }


def report(circuit: Circuit, curve: TransferCurve, *, back: bool = True) -> Iterator[str]:
    """Yield the text report: the sweep, its folds, a table of values, measurements."""
    yield circuit.title.strip() or "(no title)"
    for k, axis in enumerate(curve.axes):
        way = " and back" if back and k == 0 else ""
        ends = [si(float(axis.values[place]), axis.unit) for place in (0, -1)]
        yield f"  {axis.name} from {ends[0]} to {ends[1]}{way}, {len(axis.values)} values"
    for fold in curve.folds[:SHOWN]:
        there = "on the way there" if fold.direction == "forward" else "on the way back"
        with_second = f", {curve.axes[1].at(fold.row)}" if len(curve.axes) > 1 else ""
        at = si(fold.value, curve.axes[0].unit, 6)
        yield f"  an equilibrium ends at {at} {there}{with_second}"
    if len(curve.folds) > SHOWN:
        yield f"  ... and {len(curve.folds) - SHOWN} more: --json shows everything"
    names = common.shown(circuit, curve.signals)
    for j in range(min(len(curve.forward), 3)):
        if len(curve.axes) > 1:
            yield f"  {curve.axes[1].at(j)}"
        yield from _values(curve.axes[0], curve, names[: common.COLUMNS], j, back)
    left = len(names) - common.COLUMNS
    if left > 0 or len(curve.forward) > 3:
        yield "    ... and more: --json shows everything"
    yield from common.measured(curve.measurements)


def _values(axis: SweptAxis, curve: TransferCurve, names: list[str], j: int, back: bool) -> Iterator[str]:
    """Yield a table of some values; a signal that differs on the way back has a second column."""
    head, columns = [f"    {axis.name}"], []
    for name in names:
        row = curve.signals.index(name)
        unit = "A" if name.startswith("i(") else "V"
        head.append(name)
        columns.append((curve.forward[j, row], unit))
        if back and curve.hysteresis(name) > 1e-9:
            head.append("back")
            columns.append((curve.backward[j, row], unit))
    rows = [head]
    for k in common.spread(len(axis.values)):
        cells = (si(_clean(float(values[k])), unit, 6) for values, unit in columns)
        rows.append([f"    {si(float(axis.values[k]), axis.unit)}", *cells])
    yield from table(rows)


def _clean(value: float) -> float:
    """Return 0 for what rounding has left of it."""
    return 0.0 if abs(value) < 1e-15 else value


_EXAMPLES = ("analoghop dc circuits/schmitt_trigger.cir --plot hysteresis.png",)

VERB = Verb(
    "dc", "follow the equilibrium of a deck while a source moves up and down", configure, execute, _EXAMPLES
)
