"""`analoghop op DECK`: where the circuit comes to rest, and whether it stays there."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.deck import open_deck
from analoghop.cli.text import counted, si, table
from analoghop.cli.verb import Exit, Verb

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console
    from analoghop.study.equilibria import Equilibrium
    from analoghop.systems.lure import Lure

SHOWN = 16
"""Voltages and eigenvalues on the screen; JSON has them all."""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `op`."""
    options.add_deck(parser)
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Find the equilibrium that the deck's initial state leads to."""
    from analoghop.circuit.compile import compile_circuit
    from analoghop.circuit.transient import initial_state
    from analoghop.study.equilibria import equilibrium

    deadline = options.deadline(arguments)
    circuit = open_deck(arguments, console)
    lure = compile_circuit(circuit)
    start, notices = initial_state(circuit, lure)
    for notice in notices:
        console.notice(f"{arguments.deck}: {notice}")
    remaining = None if deadline is None else max(deadline - time.monotonic(), 1e-3)
    found = equilibrium(lure, start, time_limit=remaining)
    for line in report(circuit, lure, found):
        console.line(line)
    console.result({"deck": arguments.deck, "title": circuit.title, **summary(lure, found)})
    if not found.converged:
        console.error(f"{arguments.deck}: {found.message}")
    return Exit.DONE if found.converged else Exit.INCOMPLETE


def summary(lure: Lure, found: Equilibrium) -> dict[str, Any]:
    """Return the equilibrium as plain values: volts and amperes, eigenvalues as [real, imaginary] in 1/s."""
    return {
        "converged": found.converged,
        "message": found.message,
        "equilibrium": _signals(lure, found),
        "eigenvalues": [[value.real, value.imag] for value in found.eigenvalues.tolist()],
        "stable": found.stable,
        "minimum": found.minimum,
        "energy": _energy(lure, found),
        "residual": found.residual,
    }


def report(circuit: Circuit, lure: Lure, found: Equilibrium) -> Iterator[str]:
    """Yield the readable report."""
    yield circuit.title.strip() or "(no title)"
    yield f"  {found.message}"
    if found.minimum is not None:
        yield f"  it is {'a' if found.minimum else 'no'} minimum of the energy"
    energy = _energy(lure, found)
    if energy is not None:
        yield f"  E = {si(energy, 'W', 6)}"
    names = [n for n in _signals(lure, found) if n.startswith("v(") and "." not in n]
    values = _signals(lure, found)
    yield from table([(f"    {n}", si(values[n], "V", 6)) for n in names[:SHOWN]] or [("",)])
    if len(names) > SHOWN:
        yield f"    ... and {len(names) - SHOWN} more: --json shows everything"
    yield "  eigenvalues (1/s), rightmost first:"
    for value in found.eigenvalues[:SHOWN].tolist():
        yield f"    {value.real:.6g}" + (f" {value.imag:+.6g}i" if value.imag else "")
    if len(found.eigenvalues) > SHOWN:
        yield f"    ... and {counted(len(found.eigenvalues) - SHOWN, 'more')}: --json shows everything"


def _signals(lure: Lure, found: Equilibrium) -> dict[str, float]:
    t = lure.quiet_after()
    values = lure.observe(t, found.state[:, None], lure.signal_names)[:, 0]
    return dict(zip(lure.signal_names, values.tolist(), strict=True))


def _energy(lure: Lure, found: Equilibrium) -> float | None:
    if not lure.has_energy:
        return None
    parts = lure.energy(lure.quiet_after(), found.state[:, None])
    return float(sum(part[0] for part in parts.values()))


VERB = Verb("op", "find the equilibrium that a deck's initial state leads to", configure, execute)
