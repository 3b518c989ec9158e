"""Diodes and switches as currents that are expressions of voltages."""

from __future__ import annotations

import math

from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    Diode,
    DiodeModel,
    Element,
    Resistor,
    Switch,
    VoltageControlledCurrent,
)
from analoghop.circuit.expressions import Call, Expr, Number, Voltage
from analoghop.circuit.expressions.junctions import Charging

THERMAL = 1.38064852e-23 / 1.6021766208e-19 * 300.15
"""k T / q at 27 degrees Celsius, in volts, with the constants of ngspice 39."""
GMIN = 1e-12
"""Siemens in parallel to every junction, as in ngspice."""
_MOST = 1e60
_TYPICAL = 1e-3  # amperes, whose carriers are the measure of stored charge
_SPECK = 1e-6  # of that capacitance: what a junction has at least, so that it takes a reverse voltage
_LATCH = 1e-9  # siemens at the node of a switch's memory: small, since its power is counted
_URGENT = 100.0  # growth of a change of a switch's memory, in its own time constant
_ROUNDS = 25  # of the fixed-point iteration for the knee of the breakdown, as in ngspice


def inner_node(diode: Diode) -> str:
    """Return the node between the series resistance and the junction; the anode without a resistance."""
    return f"{diode.name}#a" if diode.model.rs else diode.a


def diode_current(diode: Diode) -> Expr:
    """Return the current of the junction, a function of the voltage across it: see `junction_current`."""
    return junction_current(diode.model, Voltage(inner_node(diode), diode.b))


def junction_current(model: DiodeModel, voltage: Expr) -> Expr:
    """Return the current of a junction: IS (exp(V/(N Vt)) - 1) - IS exp(-(V + knee)/(N Vt)) + GMIN V.

    Shockley (1949), Bell Syst. Tech. J. 28:435; the breakdown and GMIN are those of ngspice.
    """
    slope = 1.0 / (model.n * THERMAL)
    forward = Call("exp", (Call("mul", (Number(slope), voltage)),))
    parts: list[Expr] = [Call("mul", (Number(model.isat), forward)), Number(-model.isat)]
    leak = Call("mul", (Number(GMIN), voltage))
    if model.bv is not None:
        beyond = Call("add", (voltage, Number(breakdown(model))))
        back = Call("exp", (Call("mul", (Number(-slope), beyond)),))
        parts.append(Call("mul", (Number(-model.isat), back)))
        # The limit, which nothing reaches, holds the two exponentials together in one amplifier.
        return Call("add", (Call("min", (Call("add", tuple(parts)), Number(_MOST))), leak))
    return Call("add", (*parts, leak))


def breakdown(model: DiodeModel) -> float:
    """Return the voltage at which the current in reverse has doubled, for `ibv` amperes at `bv` volts."""
    assert model.bv is not None
    vt = model.n * THERMAL
    if model.ibv < model.isat * model.bv / THERMAL:
        return model.bv
    knee = model.bv - vt * math.log(1.0 + model.ibv / model.isat)
    for _ in range(_ROUNDS):
        knee = model.bv - vt * math.log(model.ibv / model.isat + 1.0 - knee / THERMAL)
    return knee


def charged_diode(diode: Diode) -> list[Element]:
    """Return the parts of a diode that stores charge: the charge Q is a state, the junction's voltage v(Q).

    The voltage of a node is Q divided by a capacitance. dQ/dt is the current through RS less that of the
    junction, so that no capacitance depends on a voltage.
    """
    model, name, node, inside = diode.model, diode.name, charge_node(diode), inner_node(diode)
    numbers = map(Number, (0.0, *_charging(model)))
    voltage = Call("junction", (Voltage(node), *numbers))
    return [
        Resistor(f"{name}#rs", diode.a, inside, model.rs),
        BehaviouralVoltage(f"{name}#junction", inside, diode.b, voltage),
        VoltageControlledCurrent(f"{name}#rate", GROUND, node, diode.a, inside, 1.0 / model.rs),
        BehaviouralCurrent(name, node, GROUND, junction_current(model, voltage)),
        Capacitor(f"{name}#hold", node, GROUND, _charging(model).unit),
    ]


def charge_node(diode: Diode) -> str:
    """Return the node whose voltage stands for the charge of a diode."""
    return f"{diode.name}#charge"


def _charging(model: DiodeModel) -> Charging:
    nvt = model.n * THERMAL
    carriers = model.tt * _TYPICAL / nvt
    cjo = max(model.cjo, _SPECK * carriers)
    return Charging(model.isat, nvt, model.tt, cjo, model.vj, model.grading, model.fc, cjo + carriers)


def switch_current(switch: Switch) -> Expr:
    """Return V(a,b) divided by the resistance that the control sets.

    Where the switch has a memory s, its conductance follows s without a jump, as s s (3 - 2 s).
    """
    model = switch.model
    closed, opened = Number(1.0 / model.ron), Number(1.0 / model.roff)
    if model.hysteresis:
        s = Voltage(memory_node(switch))
        left = Call("sub", (Number(3.0), Call("mul", (Number(2.0), s))))
        share = Call("mul", (Call("pow", (s, Number(2.0))), Call("max", (left, Number(0.0)))))
        more = Call("mul", (Number(closed.value - opened.value), share))
        conductance = Call("add", (opened, more))
    else:
        conductance = Call("if", (Call("gt", (switch.control, Number(model.threshold))), closed, opened))
    return Call("mul", (Voltage(switch.a, switch.b), conductance))


def memory_node(switch: Switch) -> str:
    """Return the node whose voltage remembers a switch with hysteresis: 1 V where it is closed, 0 V open."""
    return f"{switch.name}#on"


def memory(switch: Switch, seconds: float) -> list[Element]:
    """Return the circuit that remembers the state of a switch with hysteresis.

    A capacitor follows a limiting amplifier of the control with the time constant `seconds`. The threshold
    falls from threshold + hysteresis to threshold - hysteresis as the capacitor is charged, so that a change
    that has begun goes on by itself. No power is taken while the state does not change, and the current is a
    continuous function: a solver would have to begin anew in the middle of each change where it jumps.
    """
    model, node = switch.model, memory_node(switch)
    above = Call("sub", (switch.control, Number(model.threshold + model.hysteresis)))
    eased = Call("add", (above, Call("mul", (Number(2.0 * model.hysteresis), Voltage(node)))))
    steep = Call("mul", (Number(0.5 * _URGENT / model.hysteresis), eased))
    wanted = Call("max", (Number(0.0), Call("min", (Number(1.0), Call("add", (Voltage(node), steep))))))
    drive = Call("mul", (Number(_LATCH), wanted))
    return [
        BehaviouralCurrent(f"{switch.name}#set", GROUND, node, drive),
        VoltageControlledCurrent(f"{switch.name}#reset", node, GROUND, node, GROUND, _LATCH),
        Capacitor(f"{switch.name}#hold", node, GROUND, _LATCH * seconds, 1.0 if switch.on else None),
    ]
