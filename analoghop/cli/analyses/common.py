"""What the verbs of the analyses share: options, files, measurements, tables of numbers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.decks.opening import overrides
from analoghop.cli.outputs import check_overwriting, check_picture, check_waveforms
from analoghop.cli.text import si, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console
    from analoghop.formats.waveforms.table import AnalysisTable

ROWS, COLUMNS = 11, 4
"""Printed points and signals; JSON has all of them."""


def configure(parser: ArgumentParser, drawn: str) -> None:
    """Add the options that every analysis has; `drawn` is what a picture shows."""
    parser.add_argument("--out", metavar="FILE", help="write the result to a .raw, .csv or .npz file")
    parser.add_argument("--plot", metavar="FILE", help=f"draw {drawn} into a .png, .svg or .pdf file")
    options.add_force(parser)
    options.add_common(parser)


def check_files(arguments: Namespace) -> None:
    """Raise `InputError` or `UsageError` where the results cannot be written."""
    check_waveforms(arguments.out)
    check_picture(arguments.plot)
    check_overwriting([arguments.out, arguments.plot], arguments.force)


def record(arguments: Namespace, circuit: Circuit) -> dict[str, object]:
    """Return the metadata of a file."""
    return {
        "title": circuit.title,
        "deck": arguments.deck,
        "command": arguments.command,
        "set": overrides(arguments),
    }


def write(
    arguments: Namespace, console: Console, circuit: Circuit, result: AnalysisTable, drawn: Any
) -> None:
    """Write the table of a result and its picture, which `drawn` returns, to the files that are asked for."""
    from dataclasses import replace

    from analoghop.formats.waveforms.files import write_table_file

    known = record(arguments, circuit)
    if arguments.out:
        write_table_file(arguments.out, replace(result, record={**result.record, **known}))
        console.line(f"  wrote {arguments.out}")
    if arguments.plot:
        from analoghop.plotting import save_figure

        figure: Figure = drawn()
        save_figure(figure, arguments.plot, known)
        console.line(f"  wrote {arguments.plot}")


def measured(measurements: Mapping[str, float | None]) -> Iterator[str]:
    """Yield the lines of the report about measurements."""
    if measurements:
        yield "  measurements:"
        yield from table(
            [
                (f"    {name}", "failed" if value is None else f"{value:.7g}")
                for name, value in measurements.items()
            ]
        )


def shown(circuit: Circuit, signals: Sequence[str]) -> list[str]:
    """Return the signals of a result that are printed: those of `.save`, else voltages of the top level."""
    saved = [name for name in circuit.saves if name in signals]
    return saved or [name for name in signals if name.startswith("v(") and "." not in name]


def spread(points: int) -> list[int]:
    """Return up to eleven places among `points`, the first and the last among them."""
    last = points - 1
    return (
        sorted({round(k * last / (ROWS - 1)) for k in range(ROWS)}) if points > ROWS else list(range(points))
    )


__all__ = ["check_files", "configure", "measured", "record", "shown", "si", "spread", "table", "write"]
