"""`analoghop op DECK`: the equilibrium at which the circuit settles, and its stability."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.decks.interest import of_interest
from analoghop.cli.decks.opening import open_deck
from analoghop.cli.text import si, table, unit_of
from analoghop.cli.verb import Exit, Verb

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.equilibria import Equilibrium
    from analoghop.systems.base import System

SHOWN = 16
"""Number of printed voltages and eigenvalues; JSON has all of them."""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `op`."""
    options.add_deck(parser)
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Find the equilibrium that the deck's initial state leads to."""
    limits = options.limits(arguments, console)
    circuit = open_deck(arguments, console)
    with limits:
        point = found(circuit, limits)
    with limits.heed():
        for line in report(circuit, point):
            console.line(line)
        run_keys = about(arguments, point.rest.ran, interrupted=point.rest.interrupted)
        console.result({"deck": arguments.deck, "title": circuit.title, **summary(point), **run_keys})
    if not point.rest.converged:
        told = "interrupted: " if point.rest.interrupted else ""
        console.error(f"{arguments.deck}: {told}{point.rest.message}")
    return Exit.DONE if point.rest.converged else Exit.INCOMPLETE


_DELAYED = "an equilibrium; the delays of the lines decide whether it is stable"


@dataclass(frozen=True, eq=False)
class ObservedEquilibrium:
    """An equilibrium with all signals of the circuit there, and its energy in watt, None if it has none."""

    system: System
    rest: Equilibrium
    signals: dict[str, float]
    energy: float | None


def found(circuit: Circuit, limits: Limits) -> ObservedEquilibrium:
    """Return the equilibrium that the deck's initial state leads to within the `limits`."""
    from analoghop.circuit.reduction.compile import compile_circuit
    from analoghop.circuit.transient import initial_state
    from analoghop.study.equilibria import equilibrium
    from analoghop.systems.circuits.lines.relaxed import relaxed

    system = relaxed(compile_circuit(circuit))
    start = initial_state(circuit, system, limits).state
    rest = equilibrium(system, start, limits=limits)
    if rest.converged and system.wave_delays is not None:
        rest = replace(rest, eigenvalues=rest.eigenvalues[:0], message=_DELAYED)
    t, x = system.quiet_after(), rest.state[:, None]
    values = system.observe(t, x, system.signal_names)[:, 0]
    parts = system.energy(t, x).values() if system.has_energy else ()
    return ObservedEquilibrium(
        system,
        rest,
        dict(zip(system.signal_names, values.tolist(), strict=True)),
        float(sum(part[0] for part in parts)) if parts else None,
    )


def summary(point: ObservedEquilibrium) -> dict[str, Any]:
    """Return the JSON value: volts and amperes, eigenvalues as pairs of real and imaginary part in 1/s."""
    rest = point.rest
    return {
        "converged": rest.converged,
        "message": rest.message,
        "equilibrium": point.signals,
        "eigenvalues": [[value.real, value.imag] for value in rest.eigenvalues.tolist()],
        "stable": None if rest.message == _DELAYED else rest.stable,
        "minimum": rest.minimum,
        "energy": point.energy,
        "residual": rest.residual,
    }


def report(circuit: Circuit, point: ObservedEquilibrium) -> Iterator[str]:
    """Yield the text report."""
    rest = point.rest
    yield circuit.title.strip() or "(no title)"
    yield f"  {rest.message}"
    if rest.minimum is not None:
        yield f"  it is {'a' if rest.minimum else 'no'} minimum of the energy"
    if point.energy is not None:
        yield f"  E = {si(point.energy, 'W', 6)}"
    signals = tuple(point.signals)
    names = tuple(name for name in circuit.saves if name in signals)
    names = names or of_interest(signals, point.system, circuit.expected)
    if names:
        yield from table(
            [(f"    {name}", si(point.signals[name], unit_of(name), 6)) for name in names[:SHOWN]]
        )
    yield from _rest(len(names))
    if len(rest.eigenvalues):
        yield "  eigenvalues (1/s), rightmost first:"
    for value in rest.eigenvalues[:SHOWN].tolist():
        yield f"    {value.real:.6g}" + (f" {value.imag:+.6g}i" if value.imag else "")
    yield from _rest(len(rest.eigenvalues))


def _rest(number: int) -> Iterator[str]:
    if number > SHOWN:
        yield f"    ... and {number - SHOWN} more: --json shows everything"


_EXAMPLES = ("analoghop op circuits/flipflop.cir",)

VERB = Verb("op", "find the equilibrium that a deck's initial state leads to", configure, execute, _EXAMPLES)
