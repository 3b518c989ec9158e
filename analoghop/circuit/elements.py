"""Elements as frozen records: names and nodes are lower-case strings, ground is "0", values are SI floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from analoghop.circuit.expressions import Expr
    from analoghop.schedules import Signal

GROUND = "0"


class Resistor(NamedTuple):
    """`value` ohms between `a` and `b`."""

    name: str
    a: str
    b: str
    value: float


class Capacitor(NamedTuple):
    """`value` farads between `a` and `b`; `ic` is V(a,b) at t = 0 in volts, None where not given."""

    name: str
    a: str
    b: str
    value: float
    ic: float | None = None


class Phasor(NamedTuple):
    """`AC` of a source: the amplitude and the phase, in degrees, of its small signal."""

    amplitude: float = 1.0
    degrees: float = 0.0


class CurrentSource(NamedTuple):
    """`signal` amperes that flow from `a` through the source to `b`: out of node `a`, into node `b`.

    `ac` is its small signal, None for none. `dc` is its level for `.dc`, `.ac` and `.noise` where that is not
    the signal's value at t = 0.
    """

    name: str
    a: str
    b: str
    signal: Signal
    ac: Phasor | None = None
    dc: float | None = None


class VoltageSource(NamedTuple):
    """V(a,b) = `signal` volts; its current I(name) flows from `a` through the source to `b`.

    `ac` and `dc` as for a `CurrentSource`.
    """

    name: str
    a: str
    b: str
    signal: Signal
    ac: Phasor | None = None
    dc: float | None = None


class VoltageControlledVoltage(NamedTuple):
    """V(a,b) = `gain` V(c,d)."""

    name: str
    a: str
    b: str
    c: str
    d: str
    gain: float


class VoltageControlledCurrent(NamedTuple):
    """`gain` V(c,d) amperes from `a` through the source to `b`; `gain` in siemens."""

    name: str
    a: str
    b: str
    c: str
    d: str
    gain: float


class BehaviouralVoltage(NamedTuple):
    """V(a,b) = `expression` volts."""

    name: str
    a: str
    b: str
    expression: Expr


class BehaviouralCurrent(NamedTuple):
    """`expression` amperes from `a` through the source to `b`."""

    name: str
    a: str
    b: str
    expression: Expr


Element = (
    Resistor
    | Capacitor
    | CurrentSource
    | VoltageSource
    | VoltageControlledVoltage
    | VoltageControlledCurrent
    | BehaviouralVoltage
    | BehaviouralCurrent
)
