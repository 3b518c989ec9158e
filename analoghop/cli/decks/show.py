"""`analoghop show DECK`: the reduced equations of a deck, without a run."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.decks.opening import open_deck
from analoghop.cli.outputs import check_overwriting, check_picture
from analoghop.cli.text import counted
from analoghop.cli.verb import Exit, Verb

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console


def configure(parser: ArgumentParser) -> None:
    """Add the options of `show`."""
    options.add_deck(parser)
    parser.add_argument(
        "--plot", metavar="FILE", help="draw the coupling matrix into a .png, .svg or .pdf file"
    )
    parser.add_argument(
        "--diagram",
        metavar="FILE",
        help="draw the schematic, of more than 12 amplifiers the graph of the couplings",
    )
    options.add_force(parser)
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Reduce the deck and print its equations."""
    from analoghop.circuit.reduction.compile import compile_circuit
    from analoghop.cli.decks.equations import description, report

    check_picture(arguments.plot)
    check_picture(arguments.diagram)
    circuit = open_deck(arguments, console)
    check_overwriting([arguments.plot, arguments.diagram], arguments.force)
    lure = compile_circuit(circuit)
    console.line(circuit.title.strip() or "(no title)")
    units = lure.core.amplifiers.units
    console.line(f"{counted(lure.size, 'state')}, {counted(units, 'amplifier')} that act on them")
    if not console.json_wanted:
        for line in report(lure):
            console.line(line)
    if arguments.plot:
        from analoghop.plotting import coupling

        _save(coupling(lure), arguments.plot, arguments, circuit, console)
    if arguments.diagram:
        from analoghop.plotting import circuit_picture

        _save(circuit_picture(circuit, lure), arguments.diagram, arguments, circuit, console)
    console.result({"deck": arguments.deck, "title": circuit.title, **description(lure), **about(arguments)})
    return Exit.DONE


def _save(axes: Axes, path: str, arguments: Namespace, circuit: Circuit, console: Console) -> None:
    from analoghop.plotting import save_figure

    figure = axes.get_figure(root=True)
    assert figure is not None, "axes are drawn in a figure"
    save_figure(figure, path, {"title": circuit.title, "deck": arguments.deck})
    console.line(f"wrote {path}")


_EXAMPLES = ("analoghop show circuits/adc4.cir", "analoghop show circuits/adc4.cir --diagram adc4.png")

VERB = Verb("show", "print the equations that a deck is reduced to", configure, execute, _EXAMPLES)
