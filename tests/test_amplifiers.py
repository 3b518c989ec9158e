from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.activations import Arctan, Identity, Logistic, Satlin, Softmax, Table, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.errors import InputError
from tests.strategies import CLUSTER, PRODUCT, banks, points, rngs, scalar_activations

MEMBERS = 4


def mixed() -> Amplifiers:
    """Four blocks, seven units, ten rows."""
    blocks = ((Tanh(), 2), (Softmax(3), 1), (Logistic(), 3), (Softmax(2), 1))
    gain = np.array([1, 2, 3, 3, 3, 0.5, 1, 2, 4, 4.0])
    scale = np.array([2, 1, 0.5, 0.5, 0.5, 1, 2, 3, 1, 1.0])
    return Amplifiers(blocks, gain, np.linspace(-1, 1, 10), scale, np.linspace(0, 2, 10))


def one_by_one(bank: Amplifiers, z: np.ndarray, factor: np.ndarray | float = 1.0) -> np.ndarray:
    """The definition, unit by unit."""
    v, i, o = [], 0, 0
    for activation in bank.activations:
        rows, outs = slice(i, i + activation.inputs), slice(o, o + activation.outputs)
        y = bank.gain[rows] * factor * (z[rows] - bank.offset[rows])
        v.append(bank.base[outs] + bank.scale[outs] * activation.value(y))
        i, o = rows.stop, outs.stop
    return np.concatenate(v)


def factors(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(0.3, 3.0, MEMBERS)


@given(bank=banks(gradient=False), rng=rngs)
def test_the_value_is_the_definition(bank, rng):
    z, factor = points(rng, (bank.inputs, MEMBERS)), factors(rng)
    np.testing.assert_allclose(bank.value(z), one_by_one(bank, z), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(bank.value(z, factor), one_by_one(bank, z, factor), rtol=1e-13, atol=1e-14)


@given(bank=banks(gradient=False), rng=rngs)
def test_the_bound_bank_is_the_value(bank, rng):
    bound, z = bank.bind(), points(rng, (bank.inputs, 1))
    for factor in (1.0, 0.7):
        v = bound(z[:, 0], factor)
        np.testing.assert_allclose(v, bank.value(z, factor)[:, 0], rtol=1e-14, atol=1e-15)
    assert bound(z[:, 0]).shape == (bank.outputs,)
    assert not np.shares_memory(bound(z[:, 0]), z)


@pytest.mark.parametrize("offset", [0.0, 0.3])
@pytest.mark.parametrize(("scale", "base"), [(1.0, 0.0), (2.0, 0.0), (1.0, 0.5), ([1.0, 2.0], [0.0, 1.0])])
@pytest.mark.parametrize("gain", [2.0, [2.0, 3.0]])
def test_every_fold_of_the_bound_bank(gain, offset, scale, base):
    bank = Amplifiers.uniform(Identity(), 2, gain, offset, scale, base)
    z = np.array([0.5, -1.0])
    expected = np.asarray(base) + np.asarray(scale) * (np.asarray(gain) * 3.0 * (z - offset))
    np.testing.assert_allclose(bank.bind()(z, 3.0), expected, rtol=1e-15)
    np.testing.assert_allclose(bank.value(z[:, None], 3.0)[:, 0], expected, rtol=1e-15)


@given(bank=banks(gradient=False), rng=rngs)
def test_the_pushforward_is_the_derivative(bank, rng):
    z, dz, factor, h = (
        points(rng, (bank.inputs, MEMBERS)),
        rng.normal(size=(bank.inputs, MEMBERS)),
        factors(rng),
        1e-6,
    )
    right = (bank.value(z + h * dz, factor) - bank.value(z, factor)) / h
    left = (bank.value(z, factor) - bank.value(z - h * dz, factor)) / h
    push = bank.pushforward(z, dz, factor)
    straight = np.abs(right - left) < 1e-4
    np.testing.assert_allclose(push[straight], 0.5 * (right + left)[straight], rtol=0, atol=1e-7)
    v, function = bank.linearise(z, factor)
    np.testing.assert_array_equal(v, bank.value(z, factor))
    np.testing.assert_array_equal(function(dz), push)


@given(bank=banks(gradient=False), rng=rngs)
def test_the_jacobian_has_the_pushforwards_as_columns(bank, rng):
    z = points(rng, (bank.inputs, 1))
    J = bank.jacobian(z, 0.7)
    assert J.shape == (bank.outputs, bank.inputs)
    columns = [bank.pushforward(z, e[:, None], 0.7) for e in np.eye(bank.inputs)]
    np.testing.assert_allclose(J, np.hstack(columns), rtol=1e-13, atol=1e-15)
    np.testing.assert_array_equal(bank.jacobian(z, 0.7, sparse=True).toarray(), J)


@given(bank=banks(scalar_activations(False), gradient=False), rng=rngs)
def test_slopes_are_the_diagonal_of_the_jacobian(bank, rng):
    assert bank.scalar
    z, factor = points(rng, (bank.units, MEMBERS)), factors(rng)
    slopes = bank.slopes(z, factor)
    for k in range(MEMBERS):
        np.testing.assert_allclose(np.diag(slopes[:, k]), bank.jacobian(z[:, [k]], factor[k]), rtol=1e-14)


@pytest.mark.parametrize("activation", [Tanh(), Softmax(2), PRODUCT])
def test_interleaved_kinds_are_evaluated_once_each(activation, monkeypatch):
    calls = []
    value = type(activation).value
    monkeypatch.setattr(type(activation), "value", lambda self, z: calls.append(self) or value(self, z))
    bank = Amplifiers.of([activation, Arctan()] * 5, gain=2.0)
    z = points(np.random.default_rng(0), (bank.inputs, 3))
    expected = one_by_one(bank, z)
    calls.clear()
    np.testing.assert_allclose(bank.value(z), expected, rtol=1e-14)
    np.testing.assert_allclose(bank.bind()(z[:, 0]), expected[:, 0], rtol=1e-14)
    assert calls == [activation] * 2


def test_no_slopes_of_clusters():
    with pytest.raises(InputError, match="one input and one output"):
        mixed().slopes(np.zeros((10, 1)))


@given(bank=banks(), rng=rngs)
def test_outputs_are_the_gradient_of_the_potential(bank, rng):
    assert bank.has_potential
    z, dz, factor, h = (
        points(rng, (bank.inputs, MEMBERS)),
        rng.normal(size=(bank.inputs, MEMBERS)),
        factors(rng),
        1e-5,
    )
    change = (bank.potential(z + h * dz, factor) - bank.potential(z - h * dz, factor)) / (2 * h)
    assert change.shape == (bank.units, MEMBERS)
    work = np.zeros_like(change)
    np.add.at(work, bank.unit_of_input, bank.value(z, factor) * dz)
    np.testing.assert_allclose(
        change, work, rtol=0, atol=1e-7 if all(a.smooth for a in bank.activations) else 1e-3
    )


@given(bank=banks(), rng=rngs)
def test_factor_rates_are_derivatives(bank, rng):
    z, factor, h = points(rng, (bank.inputs, MEMBERS)), factors(rng), 1e-6
    dv, dPhi = bank.factor_rate(z, factor)
    v_right, v_left = bank.value(z, factor + h), bank.value(z, factor - h)
    curved = np.abs(v_right - 2 * bank.value(z, factor) + v_left) > 1e-10
    np.testing.assert_allclose(dv[~curved], ((v_right - v_left) / (2 * h))[~curved], rtol=0, atol=1e-6)
    change = (bank.potential(z, factor + h) - bank.potential(z, factor - h)) / (2 * h)
    np.testing.assert_allclose(dPhi, change, rtol=0, atol=1e-4)


@given(bank=banks(), rng=rngs)
def test_gradient_banks_have_no_reasons_and_are_monotone(bank, rng):
    assert bank.gradient_reasons() == ()
    a, b = points(rng, (2, bank.inputs, MEMBERS))
    work = (bank.value(a) - bank.value(b)) * (a - b)
    per_unit = np.zeros((bank.units, MEMBERS))
    np.add.at(per_unit, bank.unit_of_input, work)
    assert (per_unit >= -1e-12).all()


def test_rows_and_units():
    bank = mixed()
    assert (bank.inputs, bank.outputs, bank.units) == (11 - 1, 10, 7)
    assert bank.unit_of_input.tolist() == [0, 1, 2, 2, 2, 3, 4, 5, 6, 6]
    assert bank.unit_of_output.tolist() == bank.unit_of_input.tolist()
    assert not bank.scalar
    two_to_one = Amplifiers.of([PRODUCT, Tanh(), PRODUCT])
    assert (two_to_one.inputs, two_to_one.outputs, two_to_one.units) == (5, 3, 3)
    assert two_to_one.unit_of_input.tolist() == [0, 0, 1, 2, 2]
    assert two_to_one.unit_of_output.tolist() == [0, 1, 2]
    assert Amplifiers.of([Tanh(), Tanh(), Logistic()]).blocks == ((Tanh(), 2), (Logistic(), 1))
    assert not bank.gain.flags.writeable


def test_the_potential_of_known_banks():
    z = np.array([[0.5], [-2.0]])
    bank = Amplifiers.uniform(Tanh(), 2, gain=4.0, offset=0.1, scale=3.0, base=0.2)
    exact = 3.0 / 4.0 * np.log(np.cosh(4.0 * (z - 0.1))) + 0.2 * z
    np.testing.assert_allclose(bank.potential(z), exact, rtol=1e-14)
    cluster = Amplifiers.uniform(Softmax(2), 1, gain=4.0, offset=0.1, scale=3.0, base=0.2)
    total = 3.0 / 4.0 * math.log(np.exp(4.0 * (z - 0.1)).sum()) + 0.2 * z.sum()
    np.testing.assert_allclose(cluster.potential(z), [[total]], rtol=1e-14)


def test_unequal_gains_in_a_cluster_are_a_gradient_where_scales_match_them():
    z, dz, h = points(np.random.default_rng(0), (3, 2)), points(np.random.default_rng(1), (3, 2)), 1e-5
    bank = Amplifiers.uniform(
        Softmax(3), 1, gain=[1.0, 2.0, 3.0], scale=[0.5, 1.0, 1.5], base=[0.1, 0.2, 0.3]
    )
    assert bank.gradient_reasons() == ()
    change = (bank.potential(z + h * dz) - bank.potential(z - h * dz)) / (2 * h)
    np.testing.assert_allclose(change[0], (bank.value(z) * dz).sum(axis=0), rtol=0, atol=1e-9)
    J = bank.jacobian(z[:, :1])
    np.testing.assert_allclose(J, J.T, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("bank", "sentences", "has_potential"),
    [
        (Amplifiers.uniform(Tanh(), 2, gain=[1.0, -2.0], scale=[1.0, -1.0]), [], True),
        (
            Amplifiers.uniform(Tanh(), 3, gain=[1.0, -2.0, 1.0]),
            ["amplifier 1 (tanh) inverts: its gain times its scale is negative"],
            True,
        ),
        (
            Amplifiers.uniform(Tanh(), 8, scale=-1.0),
            [
                "each of the amplifiers 0, 1, 2, 3, 4 and 3 more (tanh) inverts: "
                "its gain times its scale is negative"
            ],
            True,
        ),
        (
            Amplifiers.of([Tanh(), Table([0, 1, 2], [0, 1, 0])], gain=-1.0, scale=[-1.0, 1.0]),
            ["amplifier 1 (table) is not monotone"],
            True,
        ),
        (
            Amplifiers.of([PRODUCT, Tanh(), PRODUCT]),
            ["each of the amplifiers 0, 2 (product) is not the gradient of a potential"],
            False,
        ),
        (
            Amplifiers.of([Softmax(2), CLUSTER], gain=[1, 2, 1, 1, 1]),
            ["amplifier 0 (softmax) has unequal ratios of scale to gain inside its cluster"],
            False,
        ),
        (
            Amplifiers.of([Softmax(2), Tanh()], scale=[1.0, 2.0, -1.0]),
            [
                "amplifier 0 (softmax) has unequal ratios of scale to gain inside its cluster",
                "amplifier 1 (tanh) inverts: its gain times its scale is negative",
            ],
            False,
        ),
    ],
)
def test_reasons(bank, sentences, has_potential):
    assert list(bank.gradient_reasons()) == sentences
    assert bank.has_potential == has_potential
    if not has_potential:
        with pytest.raises(InputError, match="has no potential"):
            bank.potential(np.zeros((bank.inputs, 1)))
        with pytest.raises(InputError, match="has no potential"):
            bank.factor_rate(np.zeros((bank.inputs, 1)))


def test_reasons_name_the_units():
    bank = Amplifiers.uniform(Tanh(), 2, scale=[1.0, -1.0])
    assert bank.gradient_reasons(["b1", "b2"])[0].startswith("amplifier b2 (tanh) inverts")


@given(bank=banks(gradient=False), rng=rngs, data=st.data())
def test_take_picks_units(bank, rng, data):
    order = data.draw(st.lists(st.integers(0, bank.units - 1), max_size=6))
    taken = bank.take(order)
    assert taken.activations == tuple(bank.activations[k] for k in order)
    rows = np.concatenate([np.zeros(0, int), *(np.flatnonzero(bank.unit_of_input == k) for k in order)])
    outs = np.concatenate([np.zeros(0, int), *(np.flatnonzero(bank.unit_of_output == k) for k in order)])
    z = points(rng, (bank.inputs, MEMBERS))
    np.testing.assert_allclose(taken.value(z[rows]), bank.value(z)[outs], rtol=1e-14, atol=1e-15)


@given(bank=banks(gradient=False), rng=rngs)
def test_scaled_inputs(bank, rng):
    z = points(rng, (bank.inputs, MEMBERS))
    scaled = bank.scaled_inputs(2.5)
    np.testing.assert_allclose(scaled.value(2.5 * z), bank.value(z), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(scaled.scaled_inputs(0.4).gain, bank.gain, rtol=1e-15)


def test_the_inverse():
    rng = np.random.default_rng(0)
    bank, factor = mixed(), np.array([0.5, 1.0, 2.0])
    z = rng.normal(size=(10, 3))
    v = bank.value(z, factor)
    again = bank.inverse(v, factor)
    np.testing.assert_allclose(bank.value(again, factor), v, rtol=0, atol=1e-14)
    scalars = [0, 1, 5, 6, 7]
    np.testing.assert_allclose(again[scalars], z[scalars], rtol=0, atol=1e-12)


def test_no_inverse():
    with pytest.raises(InputError, match="satlin amplifier has no inverse"):
        Amplifiers.uniform(Satlin(), 1).inverse(np.zeros((1, 1)))
    with pytest.raises(InputError, match="strictly between -1 and 1"):
        Amplifiers.uniform(Tanh(), 1, scale=2.0).inverse(np.array([[2.0]]))
    with pytest.raises(InputError, match="scale zero"):
        Amplifiers.uniform(Tanh(), 1, scale=0.0).inverse(np.zeros((1, 1)))


def test_a_scale_of_zero_is_a_constant():
    bank = Amplifiers.uniform(Tanh(), 1, scale=0.0, base=2.0)
    z = np.array([[0.5, 1.0]])
    assert bank.value(z).tolist() == [[2.0, 2.0]]
    assert bank.potential(z).tolist() == [[1.0, 2.0]]
    dv, dPhi = bank.factor_rate(z)
    assert not dv.any()
    assert not dPhi.any()


def test_an_empty_bank():
    bank, z = Amplifiers(()), np.zeros((0, 3))
    assert (bank.inputs, bank.outputs, bank.units, bank.scalar) == (0, 0, 0, True)
    assert bank.has_potential
    assert bank.gradient_reasons() == ()
    for answer in (
        bank.value(z),
        bank.pushforward(z, z),
        bank.potential(z),
        bank.slopes(z),
        *bank.factor_rate(z),
    ):
        assert answer.shape == (0, 3)
    assert bank.jacobian(z[:, :1]).shape == (0, 0)
    assert bank.jacobian(z[:, :1], sparse=True).shape == (0, 0)
    assert bank.bind()(z[:, 0]).shape == (0,)
    assert bank.inverse(z).shape == (0, 3)
    assert bank.unit_of_input.shape == bank.unit_of_output.shape == (0,)
    assert bank.take([]).units == 0


@pytest.mark.parametrize(
    "bank", [mixed(), Amplifiers.uniform(Tanh(), 10, gain=2.0), Amplifiers.uniform(Arctan(), 10, base=1.0)]
)
def test_single_precision_is_kept(bank):
    z = points(np.random.default_rng(0), (10, 3)).astype(np.float32)
    factor = np.array([0.5, 1.0, 2.0])
    for f in (1.0, factor):
        for answer in (bank.value(z, f), bank.pushforward(z, z, f), bank.linearise(z, f)[0]):
            assert answer.dtype == np.float32
        np.testing.assert_allclose(bank.value(z, f), bank.value(z.astype(float), f), rtol=0, atol=2e-6)
    if bank.scalar:
        assert bank.slopes(z, factor).dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"blocks": ((Tanh(), 0),)}, "block of tanh amplifiers has 0 units"),
        ({"blocks": ((Tanh(), 1.5),)}, "has 1.5 units, expected 1 or more"),
        ({"blocks": ((Tanh(), 2),), "gain": [1.0, 0.0]}, "`gain` of input 1 is zero"),
        ({"blocks": ((Tanh(), 2),), "gain": [1.0, 2.0, 3.0]}, "`gain` has shape"),
        ({"blocks": ((Softmax(2), 1),), "offset": [1.0]}, "`offset` has shape"),
        ({"blocks": ((PRODUCT, 1),), "scale": [1.0, 2.0]}, "`scale` has shape"),
        ({"blocks": ((Tanh(), 1),), "base": math.nan}, "`base` contains a value that is not finite"),
        ({"blocks": ((Tanh(), 1),), "gain": math.inf}, "`gain` contains a value that is not finite"),
    ],
)
def test_bad_banks(arguments, message):
    with pytest.raises(InputError, match=message):
        Amplifiers(**arguments)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf])
def test_bad_scale_of_inputs(scale):
    with pytest.raises(InputError, match="must be positive"):
        mixed().scaled_inputs(scale)
