"""Amplifiers as expressions of a deck, in forms that the reduction recognises exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from analoghop.activations import (
    Activation,
    Arctan,
    Identity,
    Logistic,
    Morita,
    Power,
    Rectifier,
    Satlin,
    Softmax,
    Table,
    Tanh,
)
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.elements import GROUND
from analoghop.circuit.expressions import Expr, Number, Voltage
from analoghop.circuit.synthesis.terms import call
from analoghop.errors import InputError


def output_expressions(bank: Amplifiers, inputs: Sequence[str], factor: Expr | None = None) -> list[Expr]:
    """Return the expression of every output of `bank`, its inputs being the voltages of the nodes `inputs`.

    `factor`, if not None, multiplies the gain of every amplifier. Raises `InputError` for an amplifier that
    cannot be written in a deck.
    """
    written: list[Expr] = []
    first = 0
    for activation in bank.activations:
        rows = range(first, first + activation.inputs)
        first += activation.inputs
        forms = [_scaled(float(bank.gain[k, 0]), inputs[k], float(bank.offset[k, 0])) for k in rows]
        if factor is not None:
            forms = [call("mul", factor, form) for form in forms]
        bodies = _softmax(forms) if isinstance(activation, Softmax) else [_scalar(activation, forms[0])]
        for body in bodies:
            k = len(written)
            written.append(_rails(body, float(bank.scale[k, 0]), float(bank.base[k, 0])))
    return written


def _scaled(gain: float, node: str, offset: float) -> Expr:
    voltage: Expr = Voltage(node, GROUND)
    if offset:
        voltage = (
            call("sub", voltage, Number(offset)) if offset > 0 else call("add", voltage, Number(-offset))
        )
    return voltage if gain == 1.0 else call("mul", Number(gain), voltage)


def _rails(body: Expr, scale: float, base: float) -> Expr:
    if scale != 1.0:
        body = call("mul", Number(scale), body)
    return call("add", Number(base), body) if base else body


_FORMS: dict[type[Activation], Callable[[Expr], Expr]] = {
    Tanh: lambda z: call("tanh", z),
    Logistic: lambda z: call("div", Number(1.0), call("add", Number(1.0), call("exp", call("neg", z)))),
    Arctan: lambda z: call("mul", Number(2.0 / math.pi), call("atan", call("mul", Number(math.pi / 2.0), z))),
    Satlin: lambda z: call("max", Number(-1.0), call("min", Number(1.0), z)),
    Rectifier: lambda z: call("max", z, Number(0.0)),
    Identity: lambda z: z,
}


def _scalar(activation: Activation, z: Expr) -> Expr:
    if isinstance(activation, Table):
        x, y = activation.x.tolist(), activation.y.tolist()
        # pwl() continues with its last slope: one more point at each end makes it constant there.
        pairs = zip([x[0] - 1.0, *x, x[-1] + 1.0], [y[0], *y, y[-1]], strict=True)
        return call("pwl", z, *(Number(p) for pair in pairs for p in pair))
    if isinstance(activation, Morita):
        return _morita(activation, z)
    if isinstance(activation, Power):
        clipped = call("max", Number(0.0), call("min", Number(1.0), z))
        return clipped if activation.exponent == 1.0 else call("pow", clipped, Number(activation.exponent))
    form = _FORMS.get(type(activation))
    if form is None:
        raise InputError(f"the {activation.name} amplifier has no form in a deck")
    return form(z)


def _morita(activation: Morita, z: Expr) -> Expr:
    rise = call("tanh", call("mul", Number(0.5 * activation.steepness), z))
    distance = call("sub", Number(activation.turn), call("abs", z))
    bend = call("tanh", call("mul", Number(0.5 * activation.fall), distance))
    if activation.floor != -1.0:
        scaled = call("mul", Number(0.5 * (1.0 - activation.floor)), bend)
        bend = call("add", Number(0.5 * (1.0 + activation.floor)), scaled)
    return call("mul", rise, bend)


def _softmax(forms: list[Expr]) -> list[Expr]:
    """1/(1 + sum_{d != c} exp(z_d - z_c)), which avoids the exponential of a single large voltage."""
    bodies = []
    for c, own in enumerate(forms):
        others = [call("exp", call("sub", other, own)) for d, other in enumerate(forms) if d != c]
        total = call("add", Number(1.0), *others) if others else Number(1.0)
        bodies.append(call("div", Number(1.0), total))
    return bodies
