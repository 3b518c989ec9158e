"""`analoghop ac DECK`: the small-signal response at the equilibrium."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from analoghop.cli import options
from analoghop.cli.analyses import common
from analoghop.cli.analyses.common import si, table
from analoghop.cli.console import about
from analoghop.cli.decks.opening import open_deck
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.analyses.response import FrequencyResponse
    from analoghop.circuit.circuit import Circuit
    from analoghop.circuit.requests import Frequencies
    from analoghop.cli.console import Console

MOST_POINTS = 10_000
"""Most frequencies of an octave, a decade or a linear grid."""
UNSTABLE = "the equilibrium is unstable: a circuit leaves it when disturbed (.nodeset or .ic selects another)"


def grid(text: str) -> Frequencies:
    """Return the frequencies of KIND:POINTS:START:STOP."""
    from analoghop.circuit.requests import Frequencies

    words = text.split(":")
    if len(words) != 4 or words[0] not in ("dec", "oct", "lin"):
        raise ArgumentTypeError(f"{text!r} is no list of frequencies, expected dec|oct|lin:POINTS:START:STOP")
    points, start, stop = options.whole(words[1]), options.number(words[2]), options.number(words[3])
    if points > MOST_POINTS:
        raise ArgumentTypeError(f"{text!r} has {points} points, expected {MOST_POINTS} at most")
    if not (points >= 1 and (words[0] == "lin" or start > 0) and 0 <= start <= stop <= 1e30):
        raise ArgumentTypeError(f"{text!r} has no frequencies from a start up to a stop, in Hz")
    return Frequencies(cast(Any, words[0]), points, start, stop)


def add_grid(parser: ArgumentParser, line: str) -> None:
    """Add the option of the frequencies."""
    parser.add_argument(
        "--frequencies",
        type=grid,
        metavar="KIND:POINTS:START:STOP",
        help=f"frequencies in Hz, KIND dec, oct or lin: dec:10:1:1meg (default: the deck's {line})",
    )


def configure(parser: ArgumentParser) -> None:
    """Add the options of `ac`."""
    options.add_deck(parser)
    add_grid(parser, ".ac")
    common.configure(parser, "a Bode plot")


def execute(arguments: Namespace, console: Console) -> Exit:
    """Linearise, solve and report."""
    limits = options.limits(arguments, console)
    circuit = open_deck(arguments, console)
    asked = arguments.frequencies or circuit.ac
    if asked is None:
        raise UsageError("the deck has no .ac line: give `--frequencies dec:10:1:1meg`")
    common.check_files(arguments)
    with limits, limits.heed():
        from analoghop.analyses.grid import frequencies_of
        from analoghop.analyses.response import response, resting

        found = response(resting(circuit, limits), frequencies_of(asked), limits)
        for line in report(circuit, found):
            console.line(line)
        if found.stable is False:
            console.notice(f"{arguments.deck}: {UNSTABLE}")
        names = common.shown(circuit, found.signals)[:7]
        common.write(arguments, console, circuit, found.table, lambda: found.plot(*names))
        told = about(arguments, interrupted=limits.interrupted)
        console.result({**summary(arguments.deck, found), **told})
        if found.message:
            console.error(f"{arguments.deck}: {'interrupted: ' if limits.interrupted else ''}{found.message}")
        return Exit.INCOMPLETE if found.message else Exit.DONE
    raise KeyboardInterrupt  # it came before there was a result


def summary(deck: str, found: FrequencyResponse) -> dict[str, Any]:
    """Return the JSON value: hertz, volts and amperes, decibels, degrees."""
    return {
        "deck": deck,
        "title": found.title,
        "frequencies": found.frequencies.tolist(),
        "signals": {
            name: {
                "re": found[name].real.tolist(),
                "im": found[name].imag.tolist(),
                "db": found.db(name).tolist(),
                "phase": found.phase(name).tolist(),
            }
            for name in found.signals
        },
        "equilibrium": dict(found.levels),
        "stable": found.stable,
        "measurements": dict(found.measurements),
        "message": found.message,
    }


def report(circuit: Circuit, found: FrequencyResponse) -> Iterator[str]:
    """Yield the text report: decibels and degrees at some frequencies, measurements."""
    yield circuit.title.strip() or "(no title)"
    kind = {True: "a stable", False: "an unstable", None: "an"}[found.stable]
    yield f"  linearised at {kind} equilibrium, at {len(found.frequencies)} frequencies"
    names = common.shown(circuit, found.signals)
    shown = names[: common.COLUMNS]
    rows = [["    frequency", *(name for name in shown for name in (name, "phase"))]]
    for k in common.spread(len(found.frequencies)):
        cells = []
        for name in shown:
            cells += [f"{found.db(name)[k]:.4f} dB", f"{found.phase(name)[k]:.3f}"]
        rows.append([f"    {si(float(found.frequencies[k]), 'Hz')}", *cells])
    yield from table(rows)
    if len(names) > len(shown):
        yield f"    ... and {len(names) - len(shown)} more signals: --json shows everything"
    yield from common.measured(found.measurements)


_EXAMPLES = ("analoghop ac circuits/linked_filters.cir --plot bode.png",)

VERB = Verb(
    "ac", "give the small-signal response of a deck at its equilibrium", configure, execute, _EXAMPLES
)
