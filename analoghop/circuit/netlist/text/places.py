"""The place of a statement among the expanded subcircuits: flat names, and the scope of its parameters."""

from __future__ import annotations

from typing import NamedTuple

from analoghop.circuit.elements import GROUND
from analoghop.circuit.netlist.scopes import Scope


class Defaults(NamedTuple):
    """Step and stop of `.tran`, the defaults of waveforms' omitted times."""

    step: float
    stop: float


class Place:
    """One call of a subcircuit, or the top of the deck where `path` is ""."""

    def __init__(
        self,
        path: str,
        ports: dict[str, str],
        scope: Scope,
        shared: frozenset[str] = frozenset(),
        defaults: Defaults | None = None,
    ) -> None:
        self.path, self.scope, self.shared, self.defaults = path, scope, shared, defaults
        self._nodes = {name: name for name in shared} | ports | {GROUND: GROUND, "gnd": GROUND}

    def node(self, name: str) -> str:
        """Return the flat name of a node: inside x1 the node n is "x1.n"."""
        try:
            return self._nodes[name]
        except KeyError:
            flat = self._nodes[name] = f"{self.path}.{name}" if self.path else name
            return flat

    def element(self, name: str) -> str:
        """Return the flat name of an element: inside x1 the resistor r1 is "r.x1.r1"."""
        return f"{name[0]}.{self.path}.{name}" if self.path else name
