"""Amplifier functions on the arrays of any backend, separated from the linear maps of inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from analoghop.activations import Activation, Arctan, Identity, Logistic, Rectifier, Satlin, Softmax, Tanh
from analoghop.amplifiers.units import Group
from analoghop.engines.ensemble.backend import Backend
from analoghop.errors import InputError

Function = Callable[[Any, Any, Any], None]
"""`function(xp, z, out)` writes the values at `z` (rows, members) to `out` (rows, members)."""


class AmplifierFunction(NamedTuple):
    """An amplifier as f(z) = base + scale function(slope z)."""

    function: Function
    slope: float = 1.0
    scale: float = 1.0
    base: float = 0.0


def _tanh(xp: Any, z: Any, out: Any) -> None:
    xp.tanh(z, out=out)


def _arctan(xp: Any, z: Any, out: Any) -> None:
    xp.atan(z, out=out) if hasattr(xp, "atan") else xp.arctan(z, out=out)


def _clip(xp: Any, z: Any, out: Any) -> None:
    xp.clip(z, -1.0, 1.0, out=out)


def _rectify(xp: Any, z: Any, out: Any) -> None:
    xp.abs(z, out=out)
    out += z


def _copy(xp: Any, z: Any, out: Any) -> None:
    out[...] = z


KERNELS: dict[type[Activation], AmplifierFunction] = {
    Tanh: AmplifierFunction(_tanh),
    Logistic: AmplifierFunction(_tanh, 0.5, 0.5, 0.5),
    Arctan: AmplifierFunction(_arctan, 0.5 * math.pi, 2.0 / math.pi),
    Satlin: AmplifierFunction(_clip),
    Rectifier: AmplifierFunction(_rectify, scale=0.5),
    Identity: AmplifierFunction(_copy),
}


def kernel(group: Group, backend: Backend) -> AmplifierFunction:
    """Return the function of all amplifiers of one kind, applied to all their rows at once.

    Raises `InputError` for an amplifier that only NumPy can compute, on another backend.
    """
    activation = group.activation
    if type(activation) in KERNELS:
        return KERNELS[type(activation)]
    if isinstance(activation, Softmax):
        return AmplifierFunction(_softmax(activation.size))
    if not backend.is_numpy:
        raise InputError(f"amplifiers of the kind {activation.name!r} run on NumPy only: leave out `device`")

    def call(xp: Any, z: Any, out: Any) -> None:
        argument = z if activation.scalar else z.reshape(-1, activation.inputs, z.shape[-1])
        out[...] = activation.value(argument).reshape(out.shape)

    return AmplifierFunction(call)


def _softmax(size: int) -> Function:
    def call(xp: Any, z: Any, out: Any) -> None:
        shape = (-1, size, z.shape[-1])
        z, v = z.reshape(shape), out.reshape(shape)
        xp.subtract(z, xp.max(z, axis=-2, keepdims=True), out=v)
        xp.exp(v, out=v)
        v /= xp.sum(v, axis=-2, keepdims=True)

    return call
