"""What can be done to a system: whether it is a circuit whose parts are known, or a machine."""

from __future__ import annotations

from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network


def as_circuit(system: System) -> Network | Lure | None:
    """Return a system that is a `Network` or a `Lure`, whose gains and parts can be changed; else None."""
    return as_network_itself(system) or as_reduced_deck(system)


def as_network_itself(system: System) -> Network | None:
    """Return a system that is a `Network`, not only equivalent to one; else None."""
    network = system.network
    return network if network is system else None


def as_reduced_deck(system: System) -> Lure | None:
    """Return a system that is a `Lure`; else None."""
    if system.core is None:
        return None
    circuit: Lure = system  # type: ignore[assignment]  # only a `Lure` has a core
    return circuit
