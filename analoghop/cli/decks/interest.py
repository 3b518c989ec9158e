"""`of_interest`: which signals a report shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analoghop.systems.base import System


def of_interest(names: Sequence[str], system: System) -> tuple[str, ...]:
    """Return the voltages outside subcircuits: outputs of amplifiers first, the nodes that they read last.

    Inner nodes of subcircuits and currents are in JSON and files, and seldom of interest.
    """
    outer = [name for name in names if name.startswith("v(") and "." not in name]
    outputs = [name for name in system.output_names if name in outer]
    states = set(system.state_names) - set(outputs)
    return (*outputs, *sorted((name for name in outer if name not in outputs), key=states.__contains__))
