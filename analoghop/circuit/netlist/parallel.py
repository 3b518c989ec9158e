"""`parallel`: a number of equal elements side by side as one element: `m=` of elements and of calls."""

from __future__ import annotations

from dataclasses import replace

from analoghop.circuit.elements import (
    BehaviouralCurrent,
    Capacitor,
    CurrentControlledCurrent,
    CurrentSource,
    Diode,
    Element,
    Inductor,
    Resistor,
    Switch,
    TransmissionLine,
    VoltageControlledCurrent,
)
from analoghop.circuit.expressions import Call, Number
from analoghop.circuit.sources import Exponential, Pulse, Pwl, Sine
from analoghop.circuit.transient_noise import TransientNoise
from analoghop.schedules import Constant, Signal


def parallel(element: Element, count: float) -> Element:
    """Return the element that `count` of them in parallel are; sources of voltage are one alone."""
    if count == 1.0:
        return element
    if isinstance(element, (Resistor, Inductor)):
        return element._replace(value=element.value / count)
    if isinstance(element, Capacitor):
        return element._replace(value=element.value * count)
    if isinstance(element, (VoltageControlledCurrent, CurrentControlledCurrent)):
        return element._replace(gain=element.gain * count)
    if isinstance(element, CurrentSource):
        return element._replace(signal=_times(element.signal, count))
    if isinstance(element, BehaviouralCurrent):
        return element._replace(expression=_more(element, count))
    if isinstance(element, Diode):
        model = element.model
        return element._replace(
            model=model._replace(
                isat=model.isat * count,
                rs=model.rs / count,
                cjo=model.cjo * count,
                ibv=model.ibv if model.bv is None else model.ibv * count,
            )
        )
    if isinstance(element, Switch):
        model_ = element.model
        return element._replace(model=model_._replace(ron=model_.ron / count, roff=model_.roff / count))
    if isinstance(element, TransmissionLine):
        ic = element.ic and (element.ic[0], element.ic[1] * count, element.ic[2], element.ic[3] * count)
        return element._replace(impedance=element.impedance / count, ic=ic)
    return element


def _more(element: BehaviouralCurrent, count: float) -> Call:
    """Return the current of `count` sources; a resistor stays a voltage divided by a resistance."""
    expr = element.expression
    if element.name[0] == "r" and isinstance(expr, Call):
        voltage, resistance = expr.arguments
        return Call("div", (voltage, Call("div", (resistance, Number(count)))))
    return Call("mul", (Number(count), expr))


def _times(signal: Signal, count: float) -> Signal:
    match signal:
        case Constant(level):
            return Constant(level * count)
        case Pulse(v1, v2):
            return replace(signal, v1=v1 * count, v2=v2 * count)
        case Pwl(times, values, repeat):
            return Pwl(times, tuple(value * count for value in values), repeat)
        case Sine(vo, va):
            return replace(signal, vo=vo * count, va=va * count)
        case Exponential(v1, v2):
            return replace(signal, v1=v1 * count, v2=v2 * count)
        case TransientNoise(level, rms):
            return replace(signal, level=level * count, rms=rms * count)
    raise TypeError(f"no way to multiply a {type(signal).__name__}")
