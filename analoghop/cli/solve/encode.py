"""`analoghop encode PROBLEM FILE -o DECK`: an instance as a deck that ngspice runs too."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.memory.inputs import entry as memory_entry
from analoghop.cli.outputs import check_overwriting, check_place
from analoghop.cli.solve.help import option_lines
from analoghop.cli.solve.verb import chosen_entry, coloured, setting, settings
from analoghop.cli.text import counted
from analoghop.cli.verb import Exit, Verb

if TYPE_CHECKING:
    from analoghop.circuit.synthesis.synthesize import Synthesis
    from analoghop.cli.console import Console
    from analoghop.problems.base import Encoding, Problem


def configure(parser: ArgumentParser) -> None:
    """Add the options of `encode`."""
    parser.set_defaults(more_help=option_lines)
    parser.add_argument(
        "problem", metavar="PROBLEM", help="memory, or a kind of problem, see `analoghop solve --list`"
    )
    parser.add_argument("file", metavar="FILE|N", help="the instance: a file, or a size")
    parser.add_argument("--formulation", "--machine", metavar="F", help="how the problem becomes a circuit")
    parser.add_argument("--colours", "--colors", type=options.whole, metavar="K", help="number of colours")
    parser.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="give an option of the formulation this value; repeated",
    )
    parser.add_argument("-o", "--out", metavar="DECK", required=True, help="the deck to write")
    options.add_force(parser)
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Encode, solder, write."""
    from analoghop.circuit.netlist import format as write
    from analoghop.formats.files import write_text
    from analoghop.optimise.deck import deck_of
    from analoghop.optimise.settings import with_settings

    entry = memory_entry(arguments.formulation) if arguments.problem == "memory" else chosen_entry(arguments)
    check_place(arguments.out)
    problem = coloured(arguments, entry.read(arguments.file))
    check_overwriting([arguments.out], arguments.force)
    formulation = entry.formulation(arguments.formulation or entry.deck_formulation)
    wanted = {**entry.deck_settings.get(formulation.name, {}), **settings(arguments)}
    encoding = with_settings(formulation, wanted).encode(problem)
    seed = arguments.seed or 0
    built = deck_of(encoding, seed, title=f"{problem.name}, {problem.kind}, {formulation.name}")
    record = {"command": arguments.command, "settings": wanted, "seed": seed}
    title, body = write(built.circuit).split("\n", 1)
    comment = [f"* {line}" for line in _comment(problem, encoding, built, record)]
    write_text(arguments.out, "\n".join([title, *comment, "*", body]))
    parts = len(built.circuit.elements)
    console.line(f"{problem.name}: {problem.kind} of size {problem.size}, formulation {formulation.name}")
    console.line(f"  wrote {arguments.out}: {counted(parts, 'element')}, voltages scaled by {built.scale:g}")
    console.result(
        {
            "problem": problem.kind,
            "instance": problem.name,
            "size": problem.size,
            "formulation": formulation.name,
            "parameters": dict(encoding.parameters),
            "seed": seed,
            "deck": arguments.out,
            "elements": parts,
            "scale": built.scale,
            "t_end": encoding.duration,
            **about(arguments),
        }
    )
    return Exit.DONE


def _comment(
    problem: Problem, encoding: Encoding, built: Synthesis, record: Mapping[str, object]
) -> Iterator[str]:
    from analoghop import __version__

    yield f"analoghop {__version__}, {json.dumps(record)}"
    yield "parameters: " + ", ".join(f"{name} = {value}" for name, value in encoding.parameters.items())
    yield "Run it by `analoghop run DECK`, or by `ngspice -b -r OUT.raw DECK`."
    yield f"Input voltages are those of the equations times {built.scale:g}; .ic is start number 0."
    if problem.kind == "tsp" and any(e.name == "b1_1" for e in built.circuit.elements):
        yield "Output v(v<city>_<position>), counted from 1, is above 0.5 where the tour has that city."
    if problem.kind == "qap":
        yield "Output v(v<location>_<facility>), from 1, is above 0.5 where the facility has that location."
    if problem.kind == "colouring" and any(e.name == "vgain" for e in built.circuit.elements):
        yield "Output v(v<vertex>_<colour>), from 1, is the largest of its vertex where that has the colour;"
        yield "v(w<edge>) are the weights of the edges. Vertices without edges are left out of the numbers."
    if problem.kind == "memory":
        yield "Node u<row>_<column>, or u<bit>, from 1 on, is positive where the bit is +1."


_EXAMPLES = ("analoghop encode tsp examples/instances/ht10.csv --formulation hopfield-tank -o tour.cir",)

VERB = Verb("encode", "write an instance of a problem as a deck", configure, execute, _EXAMPLES)
