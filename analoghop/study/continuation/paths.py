"""`path_of`: the equations of a circuit as a function of one of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist.overrides import changed
from analoghop.circuit.source import OpenCircuit, source_of
from analoghop.errors import InputError
from analoghop.schedules import Constant
from analoghop.systems.base import System
from analoghop.systems.circuits.network import Network

At = Callable[[float], System]
"""From the value of a parameter to the equations that hold for it."""
Source = System | Circuit | str | Path | At
NAMES = ("gain", "bias", "coupling", "leak")
"""The parameters that every network has."""
_KEPT = 64  # systems that are kept, since a step looks at the same value several times


def path_of(source: Source, parameter: str, parameters: Mapping[str, str | float] | None = None) -> At:
    """Return the equations of `source` as a function of `parameter`.

    `source`: a deck's path, a `Circuit`, a `Network`, or a function from the value to a `System`, for which
    `parameter` is only a name. Of a deck: a `.param`, or an element with one value; of a circuit: such an
    element; `parameters` are further values of a deck. Of a network: "gain", the largest gain, to which the
    others stay in proportion; "coupling", a factor of T; "leak", a factor of G; "bias", a current in ampere
    that is added to all inputs, or "bias3" to that of the third amplifier. Raises `InputError` for another
    name.
    """
    if callable(source):
        given: At = source
        return lru_cache(_KEPT)(given)
    if isinstance(source, str | Path):
        known = dict(parameters or {})
        return lru_cache(_KEPT)(lambda value: _opened(source_of(source, {**known, parameter: value})))
    if isinstance(source, Circuit):
        return lru_cache(_KEPT)(lambda value: _with_element(source, parameter, value))
    network = source.network
    if network is None:
        raise InputError(
            f"`{parameter}` of this system cannot be moved: give a function from values to systems"
        )
    _changed_network(network, parameter, 1.0)
    return lru_cache(_KEPT)(lambda value: _changed_network(network, parameter, value))


def system_of(source: System | Circuit | str | Path, parameters: Mapping[str, str | float] | None) -> System:
    """Return the equations of a deck's path, a circuit or a system."""
    return _opened(source_of(source, parameters))


def _opened(opened: System | OpenCircuit) -> System:
    return opened.lure if isinstance(opened, OpenCircuit) else opened


def _with_element(circuit: Circuit, name: str, value: float) -> System:
    for k, element in enumerate(circuit.elements):
        if element.name == name.lower():
            elements = (*circuit.elements[:k], changed(element, value), *circuit.elements[k + 1 :])
            return _opened(source_of(replace(circuit, elements=elements)))
    raise InputError(f"there is no element {name!r} in the circuit")


def _changed_network(network: Network, name: str, value: float) -> System:
    bank = network.amplifiers
    if name == "gain":
        factor = value / float(np.abs(bank.gain).max())
        if network.gain_factor is None:  # much cheaper than another bank, for thousands of amplifiers
            return replace(network, gain_factor=Constant(factor))
        return replace(network, amplifiers=replace(bank, gain=bank.gain * factor))
    if name == "coupling":
        if network.coupling_factor is None:
            return replace(network, coupling_factor=Constant(value))
        return replace(network, T=network.T * value)
    if name == "leak":
        return replace(network, G=network.G * value)
    if name.startswith("bias"):
        digits = name.removeprefix("bias")
        if not digits:
            return replace(network, bias=network.bias + value)
        if digits.isdigit() and 1 <= int(digits) <= network.size:
            bias = np.array(network.bias)
            bias[int(digits) - 1] += value
            return replace(network, bias=bias)
    raise InputError(
        f"a network has no parameter {name!r}, expected one of {', '.join(NAMES)}, "
        f"or bias1 to bias{network.size}"
    )
