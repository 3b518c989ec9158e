"""Draws, E-series, few bits, broken parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analoghop import Amplifiers, Circuit, Network, simulate_many
from analoghop.activations import Logistic, Tanh
from analoghop.circuit.elements import Capacitor, Resistor
from analoghop.errors import InputError
from analoghop.experiments import Scatter, network_parts
from analoghop.experiments.scattering.draws import deviations, uniforms
from analoghop.experiments.scattering.parts import (
    OPEN,
    SHORT,
    quantiser_scale,
    scattered_bank,
    scattered_values,
    with_elements,
)
from analoghop.experiments.scattering.series import decade, preferred, quantised

NAMES = [f"r{k}" for k in range(2000)]
PARTS = [Resistor(name, "a", "b", 1e3) for name in NAMES] + [Capacitor("c1", "a", "b", 1e-9)]


def test_draws_depend_on_seed_part_and_name_alone() -> None:
    whole = uniforms(7, "value", 17, NAMES)
    assert np.array_equal(uniforms(7, "value", 17, NAMES[100:200]), whole[100:200])
    for other in (
        uniforms(8, "value", 17, NAMES),
        uniforms(7, "offset", 17, NAMES),
        uniforms(7, "value", 18, NAMES),
    ):
        assert np.abs(np.corrcoef(whole, other)[0, 1]) < 0.1
        assert not (whole == other).any()


@pytest.mark.parametrize(
    ("law", "cdf"), [("uniform", stats.uniform(-1, 2).cdf), ("gaussian", stats.norm(0, 1 / 3).cdf)]
)
def test_deviations_have_their_law(law: str, cdf: object) -> None:
    drawn = deviations(3, "value", 5, NAMES, law)
    assert stats.kstest(drawn, cdf).pvalue > 0.01


def test_groups_share_a_draw_and_other_parts_do_not() -> None:
    scatter = Scatter(tolerance=0.1, groups={"chip": ("r1?",)})
    values = scattered_values(PARTS, scatter, 1, 0)
    assert len(set(values[10:20])) == 1
    assert len(set(values[20:60])) == 40
    assert np.array_equal(scattered_values(PARTS, scatter, 1, None), [p.value for p in PARTS])


def test_shares_of_broken_resistors() -> None:
    values = scattered_values(PARTS, Scatter(open=0.1, short=0.05), 1, 0)
    assert 0.08 < np.mean(values[:-1] == 1e3 * OPEN) < 0.12
    assert 0.035 < np.mean(values[:-1] == 1e3 * SHORT) < 0.065
    assert values[-1] == 1e-9
    fewer = scattered_values(PARTS, Scatter(open=0.05), 1, 0)
    assert set(np.flatnonzero(fewer > 2e3)) < set(np.flatnonzero(values > 2e3))


@pytest.mark.parametrize(
    ("series", "some"),
    [(3, [1, 2.2, 4.7]), (6, [1, 1.5, 2.2, 3.3, 4.7, 6.8]), (48, [1.0, 1.05, 1.1]), (192, [9.09, 9.2, 9.31])],
)
def test_series_are_those_of_the_standard(series: int, some: list[float]) -> None:
    assert len(decade(series)) == series
    assert set(some) <= {float(v) for v in decade(series)}


@given(st.floats(1e-12, 1e12), st.sampled_from([3, 6, 12, 24, 48, 96, 192]))
def test_preferred_values_are_near_and_stay_themselves(value: float, series: int) -> None:
    found = float(preferred(value, series))
    assert abs(np.log(found / value)) <= 0.55 * np.log(10) / series * 1.6
    assert float(preferred(found, series)) == pytest.approx(found, rel=1e-12)


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=20), st.integers(2, 10))
def test_quantised_weights_have_few_levels(values: list[float], bits: int) -> None:
    found = quantised(values, bits, 1.5)
    levels = 2 ** (bits - 1) - 1
    assert np.allclose(found / 1.5 * levels, np.rint(found / 1.5 * levels))
    inside = np.abs(values) <= 1.5
    assert (np.abs(found - values)[inside] <= 0.5 * 1.5 / levels + 1e-12).all()
    assert np.abs(found).max() <= 1.5
    assert np.array_equal(quantised(found, bits, 1.5), found)


def test_conductances_of_few_bits_and_the_scale_of_the_quantiser() -> None:
    parts = [Resistor(f"r{k}", "a", "b", r) for k, r in enumerate((1e3, 2.1e3, 3.9e3, 1e6))]
    scatter = Scatter(bits=2)
    assert quantiser_scale(parts, scatter) == 1e-3
    assert quantiser_scale(parts, Scatter(bits=2, scale=2e-3)) == 2e-3
    assert quantiser_scale(parts, Scatter()) is None
    values = scattered_values(parts, scatter, 0, None)
    assert np.allclose(values, [1e3, 3e3, 3e3, 1e6 * OPEN])
    with pytest.raises(InputError, match="a quantiser needs"):
        quantised([1.0], 0, 1.0)


def test_amplifiers_scatter_die_and_stick() -> None:
    bank = Amplifiers.of([Tanh()] * 500 + [Logistic()] * 500, gain=2.0, scale=3.0, base=0.5)
    names = [str(k) for k in range(1000)]
    found = scattered_bank(bank, names, Scatter(offset=0.01, gain=0.2, rails=0.1), 1, 0)
    assert 0.009 < np.abs(found.offset).max() <= 0.01
    assert 0.19 < np.abs(found.gain / 2 - 1).max() <= 0.2
    middle = np.repeat([0.5, 0.5 + 1.5], 500)[:, None]
    assert np.allclose(found.base + found.scale * np.repeat([0.0, 0.5], 500)[:, None], middle)
    broken = scattered_bank(bank, names, Scatter(dead=0.2, stuck=0.1), 1, 0)
    z = np.linspace(-9, 9, 5)[None].repeat(1000, axis=0)
    v = broken.value(z)
    still = np.ptp(v, axis=1) == 0
    assert 0.25 < still.mean() < 0.35
    low, high = np.repeat([-2.5, 0.5], 500), np.repeat([3.5, 3.5], 500)
    kinds = [np.isclose(v[:, 0], end) & still for end in (low, middle[:, 0], high)]
    assert np.array_equal(kinds[0] | kinds[1] | kinds[2], still)
    assert min(kind.sum() for kind in kinds) > 20


def test_a_circuit_is_designed_first_and_scattered_then() -> None:
    circuit = Circuit.parse("t\nV1 a 0 1\nR1 a b 1234\nR2 b 0 777\nC1 b 0 1n\n.end")
    designed = with_elements(circuit, Scatter(series=12), 0, None)
    assert [e.value for e in designed.elements[1:3]] == pytest.approx([1200, 820])
    drawn = with_elements(circuit, Scatter(series=12, tolerance=0.1), 0, 3)
    assert all(
        abs(e.value / d.value - 1) <= 0.1
        for e, d in zip(drawn.elements[1:3], designed.elements[1:3], strict=True)
    )
    assert drawn.elements[3] == circuit.elements[3]


def test_parts_of_a_network_run_as_one_batch() -> None:
    rng = np.random.default_rng(0)
    T = rng.normal(size=(6, 6))
    network = Network((T + T.T) / 2, Amplifiers.uniform(Tanh(), 6, gain=3.0))
    scatter = Scatter(
        elements=("t*", "c?"), tolerance=0.1, offset=0.05, dead=0.2, open=0.3, groups={"c": ("c*",)}
    )
    given = network_parts(network, scatter, 3, 5)
    assert np.array_equal(network_parts(network, scatter, 3, 2, first=3)["T"], given["T"][:, :, 3:])
    assert np.ptp(given["C"], axis=0).max() == 0
    assert np.array_equal(given["G"], np.ones((6, 5)))
    assert 0.1 < np.mean(given["T"] == 0) < 0.5
    within = np.abs(given["T"] / network.T.toarray()[:, :, None] - 1) <= 0.1
    assert (within | (given["T"] == 0)).all()
    run = simulate_many(network, x0=np.full(6, 0.1), parameters=given)
    assert len(run) == 5
    assert ((given["scale"] == 0) == (np.abs(run.outputs) < 1e-12)).all()
    with pytest.raises(InputError, match="names 'r\\*'"):
        network_parts(network, Scatter(), 0, 1)
    with pytest.raises(InputError, match="for the resistors of a deck"):
        network_parts(network, Scatter(elements=("t*",), series=12), 0, 1)
