"""`analoghop compare` of a deck's `.dc`, `.ac` and `.noise`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analoghop.cli.text import table

if TYPE_CHECKING:
    from analoghop.analyses.foreign import Agreement
    from analoghop.circuit.circuit import Circuit
    from analoghop.limits import Limits

SHOWN = 8
"""Printed signals, those that deviate most; JSON has all of them."""


def asked(circuit: Circuit) -> bool:
    """Return whether a deck asks for an analysis at a standstill."""
    return bool(circuit.dc or circuit.ac or circuit.noise)


def agreements(circuit: Circuit, limits: Limits) -> list[Agreement]:
    """Return how far each analysis that the deck asks for deviates from ngspice."""
    if not asked(circuit):
        return []
    from analoghop.analyses.foreign import COMPARED

    timeout = max(limits.left, 1.0) if limits.limited else 600.0
    return [run(circuit, limits, timeout) for name, run in COMPARED.items() if getattr(circuit, name)]


def summary(found: Sequence[Agreement]) -> dict[str, Any]:
    """Return the JSON value: deviations relative to the largest value of each signal."""
    return {
        one.analysis: {"signals": dict(one.relative), "largest": one.largest, "points": one.points}
        for one in found
    }


def report(found: Sequence[Agreement]) -> Iterator[str]:
    """Yield the text report."""
    for one in found:
        yield f"  .{one.analysis} at {one.points} points, relative to the largest value of each signal:"
        worst = sorted(one.relative, key=lambda name: -one.relative[name])[:SHOWN]
        yield from table([(f"    {name}", f"{one.relative[name]:.2g}") for name in worst]) if worst else ()
