"""`of_interest`: which signals a report shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analoghop.systems.base import System


def of_interest(names: Sequence[str], system: System, first: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the voltages outside subcircuits: outputs of amplifiers first, the nodes that they read last.

    Inner nodes of subcircuits and currents are in JSON and files, and seldom of interest. The signals `first`
    come before all others.
    """
    known = set(names)
    wanted = [name for name in first if name in known]
    outer = [name for name in names if name.startswith("v(") and "." not in name]
    inner = set(outer)
    outputs = [name for name in system.output_names if name in inner]
    states = set(system.state_names) - set(outputs)
    return tuple(dict.fromkeys((*wanted, *outputs, *sorted(outer, key=states.__contains__))))
