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


class CurrentControlledVoltage(NamedTuple):
    """V(a,b) = `gain` I(source); `gain` in ohms."""

    name: str
    a: str
    b: str
    source: str
    gain: float


class CurrentControlledCurrent(NamedTuple):
    """`gain` I(source) amperes from `a` through the source to `b`."""

    name: str
    a: str
    b: str
    source: str
    gain: float


class Inductor(NamedTuple):
    """`value` henries between `a` and `b`: V(a,b) = value di/dt; `ic`, if given, amperes at t = 0.

    The current I(name) flows from `a` through the inductor to `b`.
    """

    name: str
    a: str
    b: str
    value: float
    ic: float | None = None


class MutualInductance(NamedTuple):
    """Inductors `first` and `second` share the mutual inductance `factor` sqrt(L1 L2); |factor| < 1."""

    name: str
    first: str
    second: str
    factor: float


class DiodeModel(NamedTuple):
    """`isat` amperes, the emission coefficient `n`, `rs` ohms in series, `cjo` farads in parallel.

    With `bv` volts the diode conducts in reverse from there on, `ibv` amperes at V = -bv. Where `rs` > 0, the
    capacitance may have a `grading` with the potential `vj` and the coefficient `fc`, and carriers may be
    stored for `tt` seconds.
    """

    isat: float = 1e-14
    n: float = 1.0
    rs: float = 0.0
    cjo: float = 0.0
    bv: float | None = None
    ibv: float = 1e-3
    vj: float = 1.0
    grading: float = 0.0
    fc: float = 0.5
    tt: float = 0.0

    @property
    def stores_charge(self) -> bool:
        """Whether the charge is no constant times the voltage."""
        return self.rs > 0 and (self.tt > 0 or (self.grading > 0 and self.cjo > 0))


class Diode(NamedTuple):
    """A junction that conducts from `a` to `b`."""

    name: str
    a: str
    b: str
    model: DiodeModel


class SwitchModel(NamedTuple):
    """`ron` ohms where the control is above `threshold` (volts or amperes), `roff` ohms elsewhere.

    With `hysteresis` > 0 the switch closes above `threshold` + `hysteresis`, opens below `threshold` -
    `hysteresis`, and stays as it is between the two.
    """

    threshold: float = 0.0
    ron: float = 1.0
    roff: float = 1e12
    hysteresis: float = 0.0


class Switch(NamedTuple):
    """A resistance between `a` and `b` that the `control`, V(c,d) or I(source), sets.

    A switch with hysteresis begins closed where `on` says so.
    """

    name: str
    a: str
    b: str
    control: Expr
    model: SwitchModel
    on: bool = False


class TransmissionLine(NamedTuple):
    """A lossless line of `impedance` ohms from the nodes `a`, `b` to `c`, `d`, with a `delay` in seconds.

    `ic`, if given, are V(a,b), the current into `a`, V(c,d) and the current into `c` before t = 0, in volts
    and amperes, for a run with `uic`.
    """

    name: str
    a: str
    b: str
    c: str
    d: str
    impedance: float
    delay: float
    ic: tuple[float, float, float, float] | None = None


Element = (
    Resistor
    | Capacitor
    | CurrentSource
    | VoltageSource
    | VoltageControlledVoltage
    | VoltageControlledCurrent
    | BehaviouralVoltage
    | BehaviouralCurrent
    | CurrentControlledVoltage
    | CurrentControlledCurrent
    | Inductor
    | Diode
    | Switch
    | TransmissionLine
)


def touched(element: Element) -> tuple[str, ...]:
    """Return the nodes that an element is connected to, including the controlling nodes of E and G."""
    if isinstance(element, (VoltageControlledVoltage, VoltageControlledCurrent, TransmissionLine)):
        return (element.a, element.b, element.c, element.d)
    return (element.a, element.b)
