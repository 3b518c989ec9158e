"""`Sweeping`: the equations of a circuit for every value of one or two swept quantities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analoghop.analyses.following import At
from analoghop.analyses.standstill import at_levels, columns, held
from analoghop.arrays import Array, frozen, real
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    Capacitor,
    CurrentSource,
    Element,
    Resistor,
    VoltageControlledCurrent,
    VoltageSource,
)
from analoghop.circuit.netlist.overrides import apply_to_elements
from analoghop.circuit.netlist.statements.analyses import steps
from analoghop.circuit.netlist.statements.bodies import Body
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.reduction.source_vector import Ramp
from analoghop.circuit.requests import SweptSource
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal
from analoghop.systems.circuits.lines.relaxed import relaxed
from analoghop.systems.circuits.lure import Lure

MAX_POINTS = 100_000
"""Largest number of points of a sweep."""
Reread = Callable[[Mapping[str, float]], Circuit]
"""Reads a deck again, with values of its parameters."""


class SweptAxis(NamedTuple):
    """A swept quantity `name` in `unit` with its `values` (k,)."""

    name: str
    unit: str
    values: Array

    @property
    def scale(self) -> str:
        """ngspice's name of the abscissa."""
        letter = {"V": "v(v-sweep)", "A": "i(i-sweep)", "\N{GREEK CAPITAL LETTER OMEGA}": "res-sweep"}
        return letter.get(self.unit, "param-sweep")

    @property
    def kind(self) -> str:
        """ngspice's word for the unit."""
        return {"V": "voltage", "A": "current"}.get(self.unit, "notype")

    @property
    def label(self) -> str:
        """The words below the axis of a picture."""
        return self.name

    def at(self, row: int) -> str:
        """Return the name with one of its values."""
        return f"{self.name} = {self.values[row]:g}"


def axes_of(circuit: Circuit, swept: Mapping[str, ArrayLike] | None = None) -> tuple[SweptAxis, ...]:
    """Return the swept quantities, by default those of `.dc`; `InputError` for none or too many."""
    if swept is None:
        if not circuit.dc:
            raise InputError("the deck has no .dc line: say what is swept, for example {'v1': [0, 1, 2]}")
        swept = {one.name: values_of(one) for one in circuit.dc}
    if not 1 <= len(swept) <= 2:
        raise InputError(f"`swept` has {len(swept)} quantities, expected one or two")
    kinds = {element.name: element for element in circuit.elements}
    axes = []
    for name, given in swept.items():
        values = real(given, "`swept`").ravel()
        if not len(values) or not np.isfinite(values).all():
            raise InputError(f"the values of `{name}` are not finite numbers, or there are none")
        axes.append(SweptAxis(name.lower(), _unit(kinds.get(name.lower())), frozen(values)))
    if np.prod([len(axis.values) for axis in axes]) > MAX_POINTS:
        raise InputError(f"the sweep has more than {MAX_POINTS} points")
    if len({axis.name for axis in axes}) < len(axes):
        raise InputError(f"`{axes[0].name}` is swept twice")
    return tuple(axes)


def values_of(swept: SweptSource) -> Array:
    """Return the values of a quantity of `.dc`."""
    return np.asarray(swept.start + swept.step * np.arange(steps(swept)))


def _unit(element: Element | None) -> str:
    if isinstance(element, VoltageSource):
        return "V"
    if isinstance(element, CurrentSource):
        return "A"
    if isinstance(element, Resistor):
        return "\N{GREEK CAPITAL LETTER OMEGA}"
    if isinstance(element, Capacitor):
        return "F"
    return "S" if isinstance(element, VoltageControlledCurrent) else ""


@dataclass(frozen=True, eq=False)
class Sweeping:
    """A `circuit` and its swept `axes`; a parameter of a deck needs `reread`.

    A source moves inside of equations that are reduced once. For every value of another quantity the circuit
    is reduced anew. Raises `InputError` for a name that is no element, and no parameter of a deck.
    """

    circuit: Circuit
    axes: tuple[SweptAxis, ...]
    reread: Reread | None = None
    _reduced: dict[tuple[float, ...], Lure] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        names = {element.name for element in self.circuit.elements}
        for axis in self.axes:
            if axis.name not in names and self.reread is None:
                raise InputError(f"the circuit has no element `{axis.name}` whose value could be swept")
        self._changed({axis.name: float(axis.values[0]) for axis in self._others})

    @property
    def _others(self) -> list[SweptAxis]:
        """The axes that are no sources."""
        sources = columns(self.circuit)
        return [axis for axis in self.axes if axis.name not in sources]

    def fixed(self, number: int, row: int) -> Circuit:
        """Return the circuit in which axis `number` has its value `row`."""
        axis = self.axes[number]
        return self._changed({axis.name: float(axis.values[row])})

    def _changed(self, values: Mapping[str, float]) -> Circuit:
        """Return the circuit with values of elements and parameters."""
        if not values:
            return self.circuit
        names = {element.name for element in self.circuit.elements}
        of_deck = {name: value for name, value in values.items() if name not in names}
        circuit = self.reread(of_deck) if of_deck and self.reread is not None else self.circuit
        elements = list(circuit.elements)
        apply_to_elements(elements, {n: v for n, v in values.items() if n in names}, Body())
        return replace(circuit, elements=tuple(elements))

    def at(self, moving: int, row: int) -> At:
        """Return the equations for each value of axis number `moving`; the other has its value `row`."""
        fixed = {axis.name: float(axis.values[row]) for k, axis in enumerate(self.axes) if k != moving}
        axis, sources = self.axes[moving], columns(self.circuit)
        still: dict[int, Signal] = {sources[n]: Constant(v) for n, v in fixed.items() if n in sources}
        values = {name: value for name, value in fixed.items() if name not in sources}
        if axis.name in sources:
            lure = held(self._lure(values), {**still, sources[axis.name]: Ramp()})
            return lambda value: (lure, value)
        return lambda value: (held(self._lure({**values, axis.name: value}), still), 0.0)

    def _lure(self, values: Mapping[str, float]) -> Lure:
        key = tuple(values[name] for name in sorted(values))
        if key not in self._reduced:
            if len(self._reduced) > 4:
                self._reduced.clear()
            self._reduced[key] = relaxed(compile_circuit(at_levels(self._changed(values))))
        return self._reduced[key]
