"""The place of a statement among the expanded subcircuits: flat names, and the scope of its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from analoghop.circuit.elements import GROUND
from analoghop.circuit.netlist.scopes import Scope

if TYPE_CHECKING:
    from analoghop.circuit.netlist.statements.models import DeviceModel


class Defaults(NamedTuple):
    """What the whole deck gives to its elements.

    Step and stop of `.tran`, which waveforms take where times are left out, nan without `.tran`; the
    temperature, and the nominal one at which values hold, in Celsius.
    """

    step: float = math.nan
    stop: float = math.nan
    temperature: float = 27.0
    nominal: float = 27.0


class Place:
    """One call of a subcircuit, or the top of the deck where `path` is "".

    `count` is the number of equal calls in parallel, and `model` finds the models that the place can see.
    """

    def __init__(
        self,
        path: str,
        ports: dict[str, str],
        scope: Scope,
        shared: frozenset[str] = frozenset(),
        defaults: Defaults | None = None,
        count: float = 1.0,
        model: Callable[[str], DeviceModel | None] = lambda name: None,
    ) -> None:
        self.path, self.scope, self.shared, self.count, self.model = path, scope, shared, count, model
        self.defaults = defaults or Defaults()
        self.temperature, self.nominal = self.defaults.temperature, self.defaults.nominal
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
