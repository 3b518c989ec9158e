"""`check_activation`: the laws of an amplifier."""

from __future__ import annotations

import math

import numpy as np

from analoghop.activations import Activation
from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.testing.claims import agree, demand, equal, refused

MEMBERS = 5
UNITS = 3


def check_activation(activation: Activation, seed: int = 0, spread: float = 2.0) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `activation` keeps its contract.

    The inputs are random, of standard deviation `spread`, by `seed`. The laws, of
    `analoghop.activations.Activation`: shapes; a scalar amplifier acts elementwise on any shape; the
    pushforward is the Jacobian's product, and the Jacobian the limit of difference quotients (for one that is
    not `smooth`, away from corners); the value is the gradient of the potential, or the potential raises
    `InputError`; a `monotone` amplifier is monotone and its potential convex; `max_slope` and `range` are
    bounds; the inverse inverts, or raises `InputError`; all results are finite at inputs of +-1e4 and have
    the floating type of the input; amplifiers are hashable, and equal if their parameters are.
    """
    rng = np.random.default_rng(seed)
    _check_attributes(activation)
    _check_shapes(activation, rng, spread)
    _check_derivative(activation, rng, spread)
    _check_potential(activation, rng, spread)
    _check_bounds(activation, rng, spread)
    _check_inverse(activation, rng, spread)
    for kind in (np.float32, np.float64):
        _check_saturation(activation, kind)


def _points(activation: Activation, rng: np.random.Generator, spread: float) -> Array:
    return spread * rng.normal(size=(UNITS, activation.inputs, MEMBERS))


def _dot(a: Array, b: Array, activation: Activation) -> Array:
    return a * b if activation.scalar else np.asarray((a * b).sum(axis=-2))


def _check_attributes(activation: Activation) -> None:
    name = type(activation).__name__
    demand(activation.inputs >= 1 and activation.outputs >= 1, f"{name} has no inputs or no outputs")
    demand(activation.range[0] < activation.range[1], f"the range of {name} is {activation.range}, empty")
    demand(not math.isnan(activation.max_slope), f"`max_slope` of {name} is nan, expected a number or inf")
    demand(activation.gradient or not activation.monotone, f"{name} is monotone, but not a gradient")
    demand(activation == activation and hash(activation) == hash(activation), f"{name} does not equal itself")


def _check_shapes(activation: Activation, rng: np.random.Generator, spread: float) -> None:
    z, dz = _points(activation, rng, spread), _points(activation, rng, spread)
    before = z.copy()
    v, J = activation.value(z), activation.jacobian(z)
    outputs = (UNITS, activation.outputs, MEMBERS)
    demand(v.shape == outputs, f"the value has the shape {v.shape}, expected {outputs}")
    slopes = z.shape if activation.scalar else (UNITS, activation.outputs, activation.inputs, MEMBERS)
    demand(J.shape == slopes, f"the Jacobian has the shape {J.shape}, expected {slopes}")
    product = J * dz if activation.scalar else np.einsum("uoim,uim->uom", J, dz)
    agree("pushforward and Jacobian", activation.pushforward(z, dz), product, rtol=1e-13, atol=1e-14)
    value, push = activation.linearise(z)
    equal("the value that `linearise` returns", value, v)
    equal("the product that `linearise` returns", push(dz), activation.pushforward(z, dz))
    equal("an amplifier leaves its input as it was", z, before)
    if activation.gradient:
        wanted = z.shape if activation.scalar else (UNITS, MEMBERS)
        F = activation.potential(z)
        demand(F.shape == wanted, f"the potential has the shape {F.shape}, expected {wanted}")
    if activation.scalar:
        for shape in ((), (4,), (4, 1), (2, 3, 4)):
            _check_elementwise(activation, shape)


def _check_elementwise(activation: Activation, shape: tuple[int, ...]) -> None:
    z = np.linspace(-2, 2, math.prod(shape)).reshape(shape)
    functions = [activation.value, activation.jacobian]
    for function in [*functions, activation.potential] if activation.gradient else functions:
        each = [function(np.array([[item]])).item() for item in z.ravel()]
        law = f"`{function.__name__}` acts elementwise on arrays of shape {shape}"
        agree(law, function(z), np.reshape(each, shape), atol=1e-14)


def _check_derivative(activation: Activation, rng: np.random.Generator, spread: float) -> None:
    z, dz = _points(activation, rng, spread), rng.normal(size=(UNITS, activation.inputs, MEMBERS))
    if activation.scalar:
        dz = np.ones_like(dz)

    def quotients(h: float) -> tuple[Array, Array]:
        here = activation.value(z)
        return (activation.value(z + h * dz) - here) / h, (here - activation.value(z - h * dz)) / h

    right, left = quotients(1e-6)
    slope, change = activation.pushforward(z, dz), 0.5 * (left + right)
    steep = max(1.0, float(np.abs(slope).max()))
    flat = np.ones(change.shape, dtype=bool)
    if not activation.smooth:
        flat = np.abs(right - left) < 1e-4 * steep
        demand(flat.mean() > 0.9, f"{flat.mean():.0%} of the inputs are away from corners, expected 90 %")
    # A steep amplifier is curved within the step of the quotient: the second difference is the error.
    bend = float(np.abs(right - left)[flat].max(initial=0.0))
    allowed = 1e-6 * steep + (bend if activation.smooth and bend > 1e-4 else 0.0)
    agree("the Jacobian is the derivative of the value", slope[flat], change[flat], atol=allowed)


def _check_potential(activation: Activation, rng: np.random.Generator, spread: float) -> None:
    a, b = _points(activation, rng, spread), _points(activation, rng, spread)
    if not activation.gradient:
        refused("the potential of an amplifier that is no gradient", lambda: activation.potential(a))
        return
    dz, h, F = rng.normal(size=a.shape), 1e-5, activation.potential
    change = (F(a + h * dz) - F(a - h * dz)) / (2 * h)
    # The quotient's error is h^2/6 times the second derivative of the value, or h times a jump of its slope.
    known = activation.max_slope if math.isfinite(activation.max_slope) else 1.0
    allowed = 1e-8 * max(1.0, known) ** 2 if activation.smooth else 4e-4 * max(1.0, known)
    agree("the value is the gradient of the potential", change, _dot(activation.value(a), dz, activation),
          atol=allowed)  # fmt: skip
    if activation.monotone:
        excess = float((F(0.5 * (a + b)) - 0.5 * (F(a) + F(b))).max())
        demand(excess <= 1e-12, f"the potential is convex: the middle of a chord lies {excess:.3g} above it")
        rise = _dot(activation.value(a) - activation.value(b), a - b, activation)
        demand(
            (rise >= -1e-12).all(), f"a monotone amplifier rises: (f(a) - f(b)).(a - b) is {rise.min():.3g}"
        )


def _check_bounds(activation: Activation, rng: np.random.Generator, spread: float) -> None:
    a, b = _points(activation, rng, spread), _points(activation, rng, spread)
    (low, high), v = activation.range, activation.value(a)
    demand(
        ((v >= low) & (v <= high)).all(), f"outputs from {v.min():g} to {v.max():g} leave {activation.range}"
    )
    gap, step = v - activation.value(b), a - b
    if not activation.scalar:
        gap, step = np.linalg.norm(gap, axis=-2), np.linalg.norm(step, axis=-2)
    bound = activation.max_slope * np.abs(step) * (1 + 1e-12) + 1e-15
    steepest = float((np.abs(gap) / np.abs(step)).max())
    demand(
        (np.abs(gap) <= bound).all(),
        f"the value changes by {steepest:g}, above `max_slope` {activation.max_slope:g}",
    )


def _check_inverse(activation: Activation, rng: np.random.Generator, spread: float) -> None:
    v = activation.value(0.5 * np.tanh(_points(activation, rng, spread)))
    try:
        z = activation.inverse(v)
    except InputError:
        return
    agree("the inverse inverts the value", activation.value(z), v, atol=1e-12, rtol=1e-12)
    single = activation.inverse(v.astype(np.float32)).dtype
    demand(single == np.float32, f"the inverse of float32 has the type {single}")


def _check_saturation(activation: Activation, kind: type) -> None:
    z: Array = np.array([-1e4, -30.0, -0.0, 0.0, 30.0, 1e4], dtype=kind)
    z = np.stack([np.roll(z, k) for k in range(activation.inputs)])
    answers = {}
    try:
        # Underflow is harmless.
        with np.errstate(all="raise", under="ignore"):
            answers["value"], answers["Jacobian"] = activation.value(z), activation.jacobian(z)
            answers["pushforward"] = activation.pushforward(z, z)
            if activation.gradient:
                answers["potential"] = activation.potential(z)
    except FloatingPointError as error:
        raise AssertionError(f"inputs up to 1e4 in {np.dtype(kind)}: {error}") from error
    for name, answer in answers.items():
        demand(answer.dtype == kind, f"the {name} of {np.dtype(kind)} has the type {answer.dtype}")
        demand(np.isfinite(answer).all(), f"the {name} at inputs of 1e4 is not finite in {np.dtype(kind)}")
