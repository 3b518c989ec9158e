from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from scipy.integrate import quad

from analoghop.activations import (
    Activation,
    Arctan,
    FunctionActivation,
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
from analoghop.errors import InputError
from tests.examples.activations import ACTIVATIONS, BUMP, RISING
from tests.examples.activations import shown as ids
from tests.strategies import (
    CLUSTER,
    LEAKY,
    PRODUCT,
    points,
    rngs,
    tables,
)

SCALAR = [a for a in ACTIVATIONS if a.scalar]
ANALYTIC = (Tanh(), Logistic(), Arctan(), Identity(), Softmax(4), LEAKY, PRODUCT)


def inputs(
    activation: Activation, rng: np.random.Generator, members: int = 5, spread: float = 2.0
) -> np.ndarray:
    return points(rng, (3, activation.inputs, members), spread)


@pytest.mark.parametrize("activation", ANALYTIC, ids=ids)
def test_the_jacobian_is_the_derivative_by_complex_step(activation):
    rng = np.random.default_rng(1)
    z, dz = inputs(activation, rng), inputs(activation, rng)
    derivative = activation.value(z + 1e-30j * dz).imag / 1e-30
    np.testing.assert_allclose(activation.pushforward(z, dz), derivative, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("activation", SCALAR, ids=ids)
def test_potentials_agree_with_quadpack(activation):
    knots = [-1.0, -0.5, 0.0, 0.25, 1.0]
    for z in (-3.0, -0.7, 0.4, 2.5):
        area, _ = quad(
            lambda s: float(activation.value(np.array([s]))[0]),
            0.0,
            z,
            points=[k for k in knots if min(0, z) < k < max(0, z)] or None,
            epsabs=1e-12,
            epsrel=1e-12,
        )
        zero = activation.potential(np.zeros(1))[0]
        assert activation.potential(np.array([z]))[0] - zero == pytest.approx(area, abs=1e-11)


@pytest.mark.parametrize(
    ("activation", "zero"),
    [
        *((a, 0.0) for a in SCALAR if not isinstance(a, Logistic)),
        (Logistic(), math.log(2)),
        (Softmax(4), math.log(4)),
        (CLUSTER, 0.0),
    ],
    ids=lambda a: ids(a) if isinstance(a, Activation) else "",
)
def test_the_potential_at_zero(activation, zero):
    F = activation.potential(np.zeros((activation.inputs, 1)))
    np.testing.assert_allclose(F, zero, rtol=0, atol=1e-15)


@pytest.mark.parametrize("activation", [Tanh(), Logistic(), Arctan(), Identity(), RISING], ids=ids)
def test_the_inverse_of_scalar_amplifiers(activation):
    z = np.linspace(-1.9, 1.9, 20)[:, None]
    np.testing.assert_allclose(activation.inverse(activation.value(z)), z, rtol=0, atol=1e-14)


def test_the_inverse_of_a_falling_table():
    table = Table([0.0, 1.0, 3.0], [1.0, 0.5, -2.0])
    z = np.linspace(0, 3, 13)
    np.testing.assert_allclose(table.inverse(table.value(z)), z, rtol=0, atol=1e-15)


def test_the_inverse_of_softmax_is_one_of_many():
    z = points(np.random.default_rng(0), (2, 4, 3))
    difference = Softmax(4).inverse(Softmax(4).value(z)) - z
    np.testing.assert_allclose(difference, np.broadcast_to(difference[:, :1], z.shape), rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("activation", "v", "message"),
    [
        (Tanh(), 1.0, "strictly between -1 and 1 to invert tanh"),
        (Arctan(), -1.0, "strictly between -1 and 1"),
        (Logistic(), 0.0, "strictly between 0 and 1 to invert logistic"),
        (Logistic(), math.nan, "strictly between 0 and 1"),
        (Softmax(1), 0.0, "must be positive"),
        (Satlin(), 0.0, "the satlin amplifier has no inverse"),
        (Rectifier(), 1.0, "the rectifier amplifier has no inverse"),
        (PRODUCT, 0.0, "the product amplifier has no inverse"),
        (BUMP, 0.5, "rises or falls strictly"),
        (RISING, 1.5, "must lie between -1 and 1 to invert this table"),
    ],
    ids=lambda a: ids(a) if isinstance(a, Activation) else "",
)
def test_no_inverse(activation, v, message):
    with pytest.raises(InputError, match=message):
        activation.inverse(np.full((activation.outputs, 1), v))


@pytest.mark.parametrize("sign", [-1, 1])
def test_potentials_at_saturation(sign):
    z = np.array([sign * 1e4])
    assert Tanh().potential(z)[0] == 1e4 - math.log(2)
    assert Satlin().potential(z)[0] == 1e4 - 0.5
    assert Logistic().potential(z)[0] == max(sign * 1e4, 0.0)
    w = 0.5 * math.pi * 1e4
    expected = 4 / math.pi**2 * (w * math.atan(w) - 0.5 * math.log1p(w * w))
    assert Arctan().potential(z)[0] == pytest.approx(expected, rel=1e-14)


def test_small_inputs_keep_their_digits():
    z = np.array([1e-9])
    assert Arctan().potential(z)[0] == pytest.approx(0.5e-18, rel=1e-6)
    assert LEAKY.potential(z)[0] == pytest.approx(0.625e-18, rel=1e-6)


@given(table=tables(), rng=rngs)
def test_tables_interpolate_and_clamp(table, rng):
    z = np.concatenate([points(rng, (40,)), table.x])
    np.testing.assert_array_equal(table.value(z), np.interp(z, table.x, table.y))
    assert table.jacobian(np.array([table.x[0] - 1e-9, table.x[-1]])).tolist() == [0.0, 0.0]
    assert table.monotone == bool((np.diff(table.y) >= 0).all())
    numeric = FunctionActivation(1, 1, table.value, lambda s: table.jacobian(s)[None])
    np.testing.assert_allclose(table.potential(z), numeric.potential(z), rtol=0, atol=1e-13)


def test_tables_are_equal_where_their_points_are():
    again = Table(tuple(RISING.x), tuple(RISING.y))
    assert again == RISING
    assert hash(again) == hash(RISING)
    assert RISING != BUMP
    assert RISING != "table"
    assert not RISING.x.flags.writeable


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([0.0], [1.0], "at least two points, got 1"),
        ([], [], "at least two points, got 0"),
        ([0.0, 1.0], [1.0], "one length"),
        ([[0.0, 1.0]], [[1.0, 2.0]], "one length"),
        ([0.0, 0.0], [1.0, 2.0], "must increase, but 0 is followed by 0"),
        ([0.0, 2.0, 1.0], [1.0, 2.0, 3.0], "must increase, but 2 is followed by 1"),
        ([0.0, math.inf], [1.0, 2.0], "must be finite"),
        ([0.0, 1.0], [1.0, math.nan], "must be finite"),
    ],
)
def test_bad_tables(x, y, message):
    with pytest.raises(InputError, match=message):
        Table(x, y)


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "3"])
def test_bad_clusters(size):
    with pytest.raises(InputError, match="whole number from 1"):
        Softmax(size)


def test_softmax_sums_to_one_and_ignores_a_constant():
    z = points(np.random.default_rng(3), (2, 5, 4), spread=20.0)
    np.testing.assert_allclose(Softmax(5).value(z).sum(axis=-2), 1.0, rtol=0, atol=1e-15)
    np.testing.assert_allclose(Softmax(5).value(z + 7.0), Softmax(5).value(z), rtol=0, atol=1e-14)
    np.testing.assert_allclose(Softmax(5).potential(z + 7.0), Softmax(5).potential(z) + 7.0, rtol=1e-15)


def test_two_in_a_cluster_are_a_logistic():
    z = points(np.random.default_rng(4), (2, 6))
    np.testing.assert_allclose(Softmax(2).value(z)[0], Logistic().value(z[0] - z[1]), rtol=0, atol=1e-15)
    np.testing.assert_allclose(
        Softmax(2).potential(z), z[1] + Logistic().potential(z[0] - z[1]), rtol=0, atol=1e-14
    )


def test_kinds_compare_by_value():
    assert Tanh() == Tanh()
    assert Softmax(3) == Softmax(3) != Softmax(4)
    assert len({Tanh(), Tanh(), Logistic(), Softmax(2), Softmax(2)}) == 3


# Expressions: numerical potential, and what sampling says of them.


@pytest.mark.parametrize("gain", [1.0, 1e2, 1e6])
@pytest.mark.parametrize("offset", [0.0, 0.37])
def test_steep_expressions_integrate_to_rounding(gain, offset):
    steep = FunctionActivation(1, 1, lambda z: np.tanh(gain * (z - offset)), lambda z: z[None])
    for z in (np.array([3.0]), points(np.random.default_rng(0), (20, 10), 3.0)):
        exact = (Tanh().potential(gain * (z - offset)) - Tanh().potential(np.array(-gain * offset))) / gain
        np.testing.assert_allclose(steep.potential(z), exact, rtol=0, atol=1e-13)


def test_corners_and_jumps_integrate_to_rounding():
    z = np.array([-2.0, 0.5, 1.0, 2.0, 3.0])
    jump = FunctionActivation(1, 1, lambda s: np.where(s > 1, 1.0, -1.0), lambda s: 0 * s[None])
    np.testing.assert_allclose(jump.potential(z), [2.0, -0.5, -1.0, 0.0, 1.0], rtol=0, atol=1e-13)
    corner = FunctionActivation(1, 1, lambda s: np.clip(s - 0.3, -1, 1), lambda s: 0 * s[None])
    exact = Satlin().potential(z - 0.3) - Satlin().potential(np.array(-0.3))
    np.testing.assert_allclose(corner.potential(z), exact, rtol=0, atol=1e-13)


def test_noise_is_not_integrated_for_ever():
    rng, calls = np.random.default_rng(0), []

    def noise(z):
        calls.append(z.size)
        return rng.normal(size=z.shape)

    assert np.isfinite(FunctionActivation(1, 1, noise, lambda z: z[None]).potential(np.array([1.0]))).all()
    assert sum(calls) < 2e6


def test_gradient_maps_integrate_along_the_ray():
    z = points(np.random.default_rng(5), (2, 3, 50), 10.0)
    exact = Softmax(3).potential(z) - math.log(3)
    np.testing.assert_allclose(CLUSTER.potential(z), exact, rtol=0, atol=1e-12)


def test_constants_are_expressions_too():
    constant = FunctionActivation(1, 1, lambda z: np.array(2.0), lambda z: np.array(0.0))
    z = np.array([[1.0, 2.0]])
    assert constant.value(z).tolist() == [[2.0, 2.0]]
    assert constant.jacobian(z).tolist() == [[0.0, 0.0]]
    np.testing.assert_allclose(constant.potential(z), [[2.0, 4.0]], rtol=1e-15)
    assert constant.gradient


def linear(matrix, **word):
    A = np.array(matrix, dtype=float)
    return FunctionActivation(
        A.shape[1],
        A.shape[0],
        lambda z: A @ z,
        lambda z: np.broadcast_to(A[:, :, None], (*A.shape, z.shape[1])),
        **word,
    )


@pytest.mark.parametrize(
    ("activation", "gradient", "monotone"),
    [
        (linear([[2, 1], [1, 2]]), False, False),
        (linear([[2, 1], [1, 2]], gradient=True), True, False),
        (linear([[2, 1], [1, 2]], monotone=True), True, True),
        (linear([[1, 1]]), False, False),
        (linear([[-1]]), True, False),
        (PRODUCT, False, False),
        (CLUSTER, True, True),
        (LEAKY, True, True),
        (FunctionActivation(1, 1, np.tanh, lambda z: np.cosh(z)[None] ** -2.0), True, False),
    ],
)
def test_nothing_is_found_out_from_the_values_of_a_function(activation, gradient, monotone):
    assert (activation.gradient, activation.monotone) == (gradient, monotone)
    assert activation.max_slope == math.inf
    assert activation.undecided


def test_what_nobody_vouches_for_is_not_shown():
    steep = FunctionActivation(1, 1, np.tanh, lambda z: np.cosh(z)[None] ** -2.0, "steep")
    pair = linear([[2, 1], [1, 2]])
    assert Amplifiers.uniform(steep, 1).gradient_reasons() == (
        "amplifier 0 (steep) is not shown to be monotone",
    )
    assert Amplifiers.uniform(pair, 1).gradient_reasons() == (
        "amplifier 0 (expression) is not shown to be the gradient of a potential",
    )


@pytest.mark.parametrize("activation", [PRODUCT, linear([[1, 1], [-1, 1]])])
def test_no_potential(activation):
    with pytest.raises(InputError, match="is not the gradient of a potential"):
        activation.potential(np.zeros((2, 1)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": 0, "outputs": 1}, "at least 1, not 0 and 1"),
        ({"inputs": 1, "outputs": 0}, "at least 1, not 1 and 0"),
        (
            {"inputs": 2, "outputs": 1, "gradient": True},
            "`gradient` is True of an amplifier with 2 inputs and 1",
        ),
    ],
)
def test_bad_expressions(arguments, message):
    with pytest.raises(InputError, match=message):
        FunctionActivation(value_fn=np.tanh, jacobian_fn=np.cosh, **arguments)


def test_morita_is_the_product_that_its_paper_gives():
    u = np.array([-0.9, -0.31, -0.02, 0.0, 0.11, 0.5, 0.77])
    e = np.exp(15.0 * (np.abs(u) - 0.5))
    np.testing.assert_allclose(
        Morita().value(u), np.tanh(25.0 * u) * (1.0 - e) / (1.0 + e), rtol=0, atol=1e-15
    )
    level = Morita(floor=0.25).value(np.array([-40.0, 40.0]))
    np.testing.assert_allclose(level, [-0.25, 0.25], rtol=0, atol=1e-15)


@given(rng=rngs)
def test_the_slope_of_morita_is_bounded(rng):
    activation = Morita(*rng.uniform(0.5, 30.0, 3), floor=rng.uniform(-1, 0.9))
    slopes = activation.jacobian(points(rng, (200,), 2.0))
    assert np.abs(slopes).max() <= activation.max_slope
    assert not activation.monotone
    assert activation.gradient


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Morita(steepness=0.0), "`steepness` of a Morita amplifier must be positive"),
        (lambda: Morita(turn=math.inf), "`turn` of a Morita amplifier"),
        (lambda: Morita(floor=1.0), "`floor` of a Morita amplifier"),
        (lambda: Power(0.5), "`exponent` of a power amplifier"),
        (lambda: Power(math.nan), "`exponent` of a power amplifier"),
    ],
)
def test_parameters_that_make_no_amplifier(make, message):
    with pytest.raises(InputError, match=message):
        make()
