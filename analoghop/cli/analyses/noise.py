"""`analoghop noise DECK`: the noise at an output, element by element, and referred to an input."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.analyses import common
from analoghop.cli.analyses.ac import UNSTABLE, add_grid
from analoghop.cli.analyses.common import si, table
from analoghop.cli.console import about
from analoghop.cli.decks.opening import open_deck
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.analyses.spectrum import NoiseSpectrum
    from analoghop.cli.console import Console

SHOWN = 8
"""Printed elements, the noisiest; JSON has all of them."""
ROOT = "/\N{SQUARE ROOT}Hz"


def configure(parser: ArgumentParser) -> None:
    """Add the options of `noise`."""
    options.add_deck(parser)
    parser.add_argument("--output", metavar="V(A,B)", help="the voltage whose noise is wanted")
    parser.add_argument("--input", metavar="SOURCE", help="the source to which it is referred")
    parser.add_argument(
        "--celsius",
        type=options.number,
        metavar="T",
        help="temperature of the resistors (default: .temp, 27)",
    )
    add_grid(parser, ".noise")
    common.configure(parser, "the densities")


def execute(arguments: Namespace, console: Console) -> Exit:
    """Linearise, solve and report."""
    limits = options.limits(arguments, console)
    circuit = open_deck(arguments, console)
    if circuit.noise is None and None in (arguments.output, arguments.input, arguments.frequencies):
        needed = "`--output`, `--input` and `--frequencies`"
        raise UsageError(f"the deck has no .noise line: give {needed}")
    common.check_files(arguments)
    with limits, limits.heed():
        from analoghop.analyses.grid import frequencies_of
        from analoghop.analyses.spectrum import noise

        asked = arguments.frequencies
        found = noise(
            circuit,
            None if asked is None else frequencies_of(asked, ending=False),
            output=arguments.output,
            referred_to=arguments.input,
            celsius=arguments.celsius,
            limits=limits,
        )
        for line in report(found):
            console.line(line)
        if found.stable is False:
            console.notice(f"{arguments.deck}: {UNSTABLE}")
        common.write(arguments, console, circuit, found.table, lambda: found.plot().get_figure(root=True))
        told = about(arguments, interrupted=limits.interrupted)
        console.result({**summary(arguments.deck, found), **told})
        if found.message:
            console.error(f"{arguments.deck}: {'interrupted: ' if limits.interrupted else ''}{found.message}")
        return Exit.INCOMPLETE if found.message else Exit.DONE
    raise KeyboardInterrupt  # it came before there was a result


def summary(deck: str, found: NoiseSpectrum) -> dict[str, Any]:
    """Return the JSON value: densities per root hertz, integrals in V and A, shares of the variance."""
    rms = found.element_rms
    whole = found.output_rms**2
    return {
        "deck": deck,
        "title": found.title,
        "output": found.output_name,
        "input": found.source,
        "celsius": found.celsius,
        "frequencies": found.frequencies.tolist(),
        "onoise_spectrum": found.output.tolist(),
        "inoise_spectrum": found.input.tolist(),
        "onoise_total": found.output_rms,
        "inoise_total": found.input_rms,
        "elements": {
            name: {"rms": float(rms[k]), "share": float(rms[k] ** 2 / whole) if whole > 0 else None}
            for k, name in enumerate(found.elements)
        },
        "stable": found.stable,
        "message": found.message,
    }


def report(found: NoiseSpectrum) -> Iterator[str]:
    """Yield the text report: integrals, densities at some frequencies, the noisiest elements."""
    yield found.title.strip() or "(no title)"
    ends = " to ".join(si(float(found.frequencies[k]), "Hz") for k in (0, -1))
    yield f"  noise of {found.output_name} at {found.celsius:g} Celsius, {ends}"
    yield f"  at the output {si(found.output_rms, 'V', 6)} rms"
    yield f"  referred to {found.source} {si(found.input_rms, found.source_unit, 6)} rms"
    rows = [["    frequency", "output", "input"]]
    for k in common.spread(len(found.frequencies)):
        densities = (
            si(float(found.output[k]), f"V{ROOT}", 6),
            si(float(found.input[k]), found.source_unit + ROOT, 6),
        )
        rows.append([f"    {si(float(found.frequencies[k]), 'Hz')}", *densities])
    yield from table(rows)
    rms = found.element_rms
    noisiest = sorted(range(len(rms)), key=lambda k: -rms[k])
    whole = found.output_rms**2
    if whole > 0:
        yield "  elements by their share of the variance at the output:"
        yield from table(
            [
                (f"    {found.elements[k]}", si(float(rms[k]), "V", 6), f"{100 * rms[k] ** 2 / whole:.2f} %")
                for k in noisiest[:SHOWN]
            ]
        )
    if len(noisiest) > SHOWN:
        yield f"    ... and {len(noisiest) - SHOWN} more: --json shows everything"


_EXAMPLES = ("analoghop noise circuits/linked_filters.cir --json",)

VERB = Verb(
    "noise", "give the noise of a deck at an output, element by element", configure, execute, _EXAMPLES
)
