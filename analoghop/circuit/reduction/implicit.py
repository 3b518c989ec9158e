"""`implicit`: an amplifier that opposes itself through resistors, as the function that solves its loop."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from analoghop.activations import Activation, FunctionActivation
from analoghop.arrays import Array

_ROUNDS = 40
_POINTS = 6001
_REACH = 20.0  # of the argument of sinh at the ends of the table: about 2.4e8 input scales
_CLOSE = 4.0 * np.finfo(np.float64).eps


def implicit(activation: Activation, factor: float) -> FunctionActivation | None:
    """Return psi with psi(s) = phi(u), where u = s + `factor` phi(u); None where nothing shows one solution.

    That is shown for phi that never falls with a negative factor, and for phi that never rises with a
    positive one, which is the first seen in the mirror.
    """
    if activation.monotone and factor <= 0:
        return _rising(activation, factor)
    if isinstance(activation, FunctionActivation) and activation.falling and factor >= 0:
        return _mirrored(_rising(_mirrored(activation), -factor))
    return None


@lru_cache(maxsize=256)
def implicit_conductance(activation: FunctionActivation, factor: float) -> FunctionActivation:
    """Return psi(s, ...) = phi(u, ...) with u = s + `factor` phi, for phi = u h, h >= 0 and factor <= 0.

    The loop is linear in u: psi = s h/(1 - factor h). Such are switches, and resistors that depend on others.
    """

    def alone(z: Array) -> Array:
        return np.concatenate([np.ones((1, z.shape[1])), z[1:]])

    def value(z: Array) -> Array:
        h = np.asarray(activation.value_fn(alone(z)))
        return np.asarray(z[:1] * h / (1.0 - factor * h))

    def jacobian(z: Array) -> Array:
        h = np.asarray(activation.value_fn(alone(z)))
        slopes = np.array(activation.jacobian_fn(alone(z)))
        slopes *= z[:1] / (1.0 - factor * h) ** 2
        slopes[:, 0] = h / (1.0 - factor * h)
        return slopes

    return replace(
        activation,
        value_fn=value,
        jacobian_fn=jacobian,
        name=f"loop of {activation.name}",
        monotone=False,
        gradient=False,
        proportional=False,
    )


@lru_cache(maxsize=256)
def _mirrored(activation: FunctionActivation) -> FunctionActivation:
    """Return the function z -> phi(-z)."""
    switch = activation.switch_fn
    return FunctionActivation(
        1,
        1,
        lambda z: activation.value_fn(-z),
        lambda z: -activation.jacobian_fn(-z),
        activation.name,
        smooth=activation.smooth,
        monotone=activation.falling,
        falling=activation.monotone,
        switch_fn=None if switch is None else lambda z: switch(-z),
    )


@lru_cache(maxsize=256)
def _rising(activation: Activation, factor: float) -> FunctionActivation:
    """Return psi(s) = phi(u) with u = s + `factor` phi(u), for phi that never falls and factor <= 0.

    u - factor phi(u) grows by at least as much as u, so that there is exactly one u. A table of it as a
    function of u brackets the solution; Newton's method, kept inside the bracket, finds it to rounding error.
    """
    theta = np.linspace(-_REACH, _REACH, _POINTS)
    with np.errstate(all="ignore"):
        table = np.sinh(theta)
        at = table - factor * activation.value(table)
    known = np.isfinite(at)
    table, at = table[known], at[known]

    limit = -1.0 / factor if factor else np.inf  # of the slope, where that of phi is infinite

    def solve(s: Array) -> Array:
        k = np.searchsorted(at, s)
        low = np.where(k > 0, table[np.maximum(k - 1, 0)], -np.inf)
        high = np.where(k < len(at), table[np.minimum(k, len(at) - 1)], np.inf)
        u = np.clip(np.interp(s, at, table), low, high)
        for _ in range(_ROUNDS):
            error = u - factor * activation.value(u) - s
            low, high = np.where(error <= 0, u, low), np.where(error >= 0, u, high)
            step = error / (1.0 - factor * activation.jacobian(u))
            new = u - step
            outside = ~((new >= low) & (new <= high))
            if outside.any():
                new = np.where(outside & np.isfinite(low + high), 0.5 * (low + high), new)
            done = np.abs(new - u) <= _CLOSE * np.abs(new)
            u = new
            if done.all():
                break
        return np.asarray(u)

    def value(z: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(activation.value(solve(z)))

    def jacobian(z: Array) -> Array:
        with np.errstate(all="ignore"):
            slope = activation.jacobian(solve(z))
            steep = np.where(np.isfinite(slope), slope / (1.0 - factor * slope), limit)
        return np.asarray(steep)[None]

    def switches(z: Array) -> Array:
        found = activation.switches(solve(z))
        assert found is not None
        return np.asarray(found)[:, 0] if found.ndim == 3 else found

    cornered = activation.switches(np.zeros((1, 1))) is not None
    return FunctionActivation(
        1, 1, value, jacobian, f"loop of {getattr(activation, 'name', activation)}",
        smooth=activation.smooth, monotone=True, switch_fn=switches if cornered else None,
    )  # fmt: skip
