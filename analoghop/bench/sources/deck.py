"""`BenchDeck`: a deck on the bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.bench.faults import Fault
from analoghop.bench.sources.base import Built, Knob, Source
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import CurrentSource, Resistor, VoltageSource
from analoghop.circuit.netlist.template import DeckTemplate
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import initial_state
from analoghop.ensembles.streams import uniform
from analoghop.errors import InputError
from analoghop.experiments.plan.scatter import Scatter
from analoghop.experiments.scattering.parts import OPEN, with_elements
from analoghop.schedules import Constant
from analoghop.systems.circuits.lure import Lure

MOST_INPUTS = 24
"""Largest number of sources that are knobs."""
TICKS = 300
"""Ticks of the bench in the time of a deck's `.tran` line: ten seconds at the usual speed."""
_REACH = 10.0  # a knob turns this many times below and above its nominal value
_KELVIN = 273.15


@dataclass(frozen=True)
class BenchDeck(Source):
    """The deck `text`; `name` is its file in messages. It may include files of the package's library only.

    Raises `NetlistError` for a text that is not a deck.
    """

    text: str
    name: str = "deck"

    def __post_init__(self) -> None:
        _ = self._nominal

    @cached_property
    def _template(self) -> DeckTemplate:
        return DeckTemplate(self.text, file=self.name)

    @cached_property
    def _nominal(self) -> Circuit:
        return self._template.circuit()

    @property
    def title(self) -> str:
        """The title of the deck."""
        return self._nominal.title.strip("* \t") or self.name

    @cached_property
    def knobs(self) -> tuple[Knob, ...]:
        """Every `.param`, the constant sources, the tolerance of the parts, and the temperature."""
        found = [
            _around(f"deck.{name}", name, value, "a .param of the deck")
            for name, value in self._template.nominal.items()
            if np.isfinite(value)
        ]
        inputs = [
            (e, float(e.signal.level))
            for e in self._nominal.elements
            if isinstance(e, (CurrentSource, VoltageSource)) and isinstance(e.signal, Constant)
        ]
        for element, level in inputs[:MOST_INPUTS]:
            unit = "A" if isinstance(element, CurrentSource) else "V"
            about = "the current of the source" if unit == "A" else "the voltage of the source"
            found.append(_around(f"deck.{element.name}", element.name, level, about)._replace(unit=unit))
        if any(isinstance(e, Resistor) for e in self._nominal.elements):
            about = "the same resistors, scattered within this share of their values"
            found.append(Knob("tolerance", "tolerance", 0.0, 0.0, 0.5, about=about))
            about = "thermal noise of the resistors; 0 for none"
            kelvin = 0.0 if self._nominal.johnson is None else self._nominal.johnson + _KELVIN
            found.append(Knob("temperature", "temperature", kelvin, 0.0, 1e6, unit="K", about=about))
        return tuple(found)

    def build(self, values: Mapping[str, float], faults: tuple[Fault, ...]) -> Built:
        """Return the circuit of the deck; cuts, changes and clamps become elements of it."""
        own = {name.removeprefix("deck."): v for name, v in values.items() if name.startswith("deck.")}
        circuit = self._template.circuit(own) if own else self._nominal
        if tolerance := values.get("tolerance", 0.0):
            circuit = with_elements(circuit, Scatter(tolerance=tolerance), 0, 0)
        for fault in faults:
            circuit = _broken(circuit, fault)
        if "temperature" in values:
            kelvin = values["temperature"]
            circuit = replace(circuit, johnson=kelvin - _KELVIN if kelvin > 0 else None)
        lure = compile_circuit(circuit)
        if not lure.size:
            raise InputError("this circuit has no state that could move: no capacitor keeps a voltage")
        if np.isfinite(lure.longest_step):
            raise InputError("this deck has lines that delay signals: `analoghop run` simulates it")

        def start(seed: int | None) -> Array:
            state = initial_state(circuit, lure).state
            return np.array(state) if seed is None else scattered_start(lure, seed)

        stop = circuit.tran.stop if circuit.tran else 20.0 * float(np.median(lure.time_constants))
        return Built(lure, start, stop / TICKS, circuit)

    def to_dict(self) -> dict[str, Any]:
        """Return the text and the name."""
        return {"kind": "deck", "text": self.text, "name": self.name}


def scattered_start(system: Lure, seed: int) -> Array:
    """Return a random state (n,), within two input scales of the amplifiers' middles."""
    middle, scale = system.thresholds[:, 0], system.input_scale[:, 0]
    return np.asarray(middle + 2.0 * scale * uniform(seed, 0, 1, system.size)[:, 0])


def _around(name: str, label: str, value: float, about: str) -> Knob:
    """Return a knob that turns on both sides of its nominal value."""
    if value > 0:
        return Knob(name, label, value, value / _REACH, value * _REACH, log=True, about=about)
    reach = _REACH * abs(value) or 1.0
    return Knob(name, label, value, -reach, reach, about=about)


def _broken(circuit: Circuit, fault: Fault) -> Circuit:
    """Return the circuit with a fault of its parts; faults of amplifiers leave it as it is."""
    if fault.kind in ("cut", "change"):
        element = next((e for e in circuit.elements if e.name == fault.part.lower()), None)
        if not isinstance(element, Resistor):
            raise InputError(f"there is no resistor {fault.part!r} to {fault.kind} in this deck")
        value = element.value * OPEN if fault.kind == "cut" else fault.value
        if not 0 < value < np.inf:
            raise InputError(f"{fault.part} cannot have {value:g} Ohm: expected a positive resistance")
        return circuit.replace(element.name, value=value)
    if fault.kind == "clamp":
        node = fault.part.lower().removeprefix("v(").removesuffix(")")
        if node not in circuit.nodes:
            raise InputError(f"there is no node {node!r} to clamp in this deck")
        holder = VoltageSource(f"v_clamp_{node}", node, "0", Constant(fault.value))
        return replace(circuit, elements=(*circuit.elements, holder))
    return circuit
