"""`--set NAME=VALUE`: values of the caller that replace a deck's own."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analoghop.circuit.elements import (
    Capacitor,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    CurrentSource,
    Diode,
    Element,
    Inductor,
    Resistor,
    Switch,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import constant_value, parse_expression, parse_number, parse_quantity
from analoghop.circuit.netlist.statements.bodies import Body
from analoghop.errors import InputError
from analoghop.schedules import Constant


def apply_to_parameters(top: Body, overrides: Mapping[str, str | float]) -> dict[str, float]:
    """Replace top-level parameters named in `overrides`; return the other overrides, those of elements."""
    rest: dict[str, float] = {}
    for name, given in overrides.items():
        value = _value(name, given)
        if name.lower() in top.definitions:
            top.definitions[name.lower()] = value
        else:
            rest[name.lower()] = value
    return rest


def apply_to_elements(elements: list[Element], overrides: Mapping[str, float], top: Body) -> None:
    """Replace values of elements by name, in place; raises `InputError` for unknown names."""
    if not overrides:
        return
    places = {element.name: k for k, element in enumerate(elements) if element.name in overrides}
    for name, value in overrides.items():
        if name not in places:
            known = ", ".join(top.definitions) or "none"
            raise InputError(
                f"the deck has no parameter and no element `{name}`; its parameters are: {known}"
            )
        elements[places[name]] = changed(elements[places[name]], value)


def _value(name: str, given: str | float) -> float:
    value: float | None
    if isinstance(given, str):
        value = parse_quantity(given.strip())
        if value is None and parse_number(given.strip()) is not None:
            raise InputError(
                f"`{name}` cannot be set to {given}: expected a number such as 0.02, 20m or 1meg"
            )
        if value is None:
            value = constant_value(parse_expression(given))
    else:
        value = float(given)
    if not math.isfinite(value):
        raise InputError(f"`{name}` cannot be set to {given}: a finite number is needed")
    return value


_GAINS = (
    VoltageControlledVoltage,
    VoltageControlledCurrent,
    CurrentControlledVoltage,
    CurrentControlledCurrent,
)


def changed(element: Element, value: float) -> Element:
    """Return an element with another value; raises `InputError` for one that has no single value."""
    if isinstance(element, (Resistor, Capacitor, Inductor)):
        if value <= 0:
            raise InputError(f"`{element.name}` cannot be set to {value:g}: a positive value is needed")
        return element._replace(value=value)
    if isinstance(element, (VoltageSource, CurrentSource)):
        return element._replace(signal=Constant(value), dc=None)
    if isinstance(element, _GAINS):
        return element._replace(gain=value)
    if isinstance(element, TransmissionLine):
        raise InputError(f"`{element.name}` has an impedance and a delay: use a parameter for one of them")
    if isinstance(element, (Diode, Switch)):
        raise InputError(f"`{element.name}` has a model and no single value to set: use a parameter in it")
    raise InputError(
        f"`{element.name}` is an expression and has no single value to set: use a parameter in it"
    )
