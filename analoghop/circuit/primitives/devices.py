"""Diodes and switches as currents that are expressions of voltages."""

from __future__ import annotations

import math

from analoghop.circuit.elements import Diode, DiodeModel, Switch
from analoghop.circuit.expressions import Call, Expr, Number, Voltage

THERMAL = 1.38064852e-23 / 1.6021766208e-19 * 300.15
"""k T / q at 27 degrees Celsius, in volts, with the constants of ngspice 39."""
GMIN = 1e-12
"""Siemens in parallel to every junction, as in ngspice."""
_MOST = 1e60
_ROUNDS = 25  # of the fixed-point iteration for the knee of the breakdown, as in ngspice


def inner_node(diode: Diode) -> str:
    """Return the node between the series resistance and the junction; the anode without a resistance."""
    return f"{diode.name}#a" if diode.model.rs else diode.a


def diode_current(diode: Diode) -> Expr:
    """Return the current of the junction: IS (exp(V/(N Vt)) - 1) - IS exp(-(V + knee)/(N Vt)) + GMIN V.

    Shockley (1949), Bell Syst. Tech. J. 28:435; the breakdown and GMIN are those of ngspice.
    """
    model, voltage = diode.model, Voltage(inner_node(diode), diode.b)
    slope = 1.0 / (model.n * THERMAL)
    forward = Call("exp", (Call("mul", (Number(slope), voltage)),))
    parts: list[Expr] = [
        Call("mul", (Number(model.isat), forward)),
        Number(-model.isat),
        Call("mul", (Number(GMIN), voltage)),
    ]
    if model.bv is not None:
        beyond = Call("add", (voltage, Number(breakdown(model))))
        back = Call("exp", (Call("mul", (Number(-slope), beyond)),))
        parts.append(Call("mul", (Number(-model.isat), back)))
        # The limit, which nothing reaches, holds the two exponentials together in one amplifier.
        return Call("min", (Call("add", tuple(parts)), Number(_MOST)))
    return Call("add", tuple(parts))


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


def switch_current(switch: Switch) -> Expr:
    """Return V(a,b) divided by the resistance that the control sets."""
    model = switch.model
    on = Call("gt", (switch.control, Number(model.threshold)))
    conductance = Call("if", (on, Number(1.0 / model.ron), Number(1.0 / model.roff)))
    return Call("mul", (Voltage(switch.a, switch.b), conductance))
