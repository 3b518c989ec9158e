"""The equations of Amit, Gutfreund and Sompolinsky, against the published figures and against quadrature."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from analoghop.errors import InputError
from analoghop.memory.theory import (
    CAPACITY,
    capacity,
    curie_weiss,
    order_parameters,
    retrieval_curve,
    retrieval_overlap,
)


@pytest.mark.parametrize(
    ("load", "overlap"),
    [(0.05, 1.0000), (0.10, 0.9980), (0.12, 0.9932), (0.13, 0.9872), (0.137, 0.9754), (0.138, 0.0)],
)
def test_the_overlap_at_temperature_zero(load, overlap):
    assert retrieval_overlap(load) == pytest.approx(overlap, abs=5e-5)


def test_the_capacity():
    assert capacity() == pytest.approx(CAPACITY, abs=2e-6)
    assert retrieval_overlap(CAPACITY - 1e-6) == pytest.approx(0.967, abs=2e-3)
    assert retrieval_overlap(CAPACITY + 1e-6) == 0.0
    loads = [capacity(t) for t in (0.0, 0.3, 0.6)]
    assert loads == sorted(loads, reverse=True)
    assert capacity(1.0) == 0.0


@pytest.mark.parametrize("temperature", [0.1, 0.4, 0.8, 0.95])
def test_without_load_the_overlap_is_curie_and_weiss(temperature):
    order = order_parameters(0.0, temperature)
    m = brentq(lambda m: math.tanh(m / temperature) - m, 0.05, 1.0, xtol=1e-14)
    assert order.m == pytest.approx(m, abs=1e-9)
    assert order.q == pytest.approx(m * m, abs=1e-9)
    for hot in (1.0, 1.2):
        assert order_parameters(0.0, hot)[:2] == (0.0, 0.0)


def test_retrieval_states_end_where_published():
    """Amit, Gutfreund & Sompolinsky (1985, PRL 55:1530): T_M = 1 - 1.95 sqrt(load) at small loads."""
    assert (1.0 - 0.95) / math.sqrt(capacity(0.95)) == pytest.approx(1.95, abs=0.04)


@pytest.mark.parametrize("temperature", [0.3, 0.9, 2.0])
def test_curie_and_weiss_for_few_units(temperature):
    n = 7
    states = np.array(list(itertools.product([-1.0, 1.0], repeat=n)))
    overlap = states.mean(axis=1)
    weight = np.exp(n * overlap**2 / (2.0 * temperature))
    expected = np.abs(overlap) @ weight / weight.sum()
    assert curie_weiss(n, temperature) == pytest.approx(expected, rel=1e-12)


def test_curie_and_weiss_for_many_units():
    for temperature in (0.3, 0.8):
        gaps = [curie_weiss(n, temperature) - order_parameters(0.0, temperature).m for n in (2000, 4000)]
        assert abs(gaps[0]) < 2e-3
        assert gaps[0] == pytest.approx(2.0 * gaps[1], rel=0.02)  # of order 1/n
    assert curie_weiss(5, 0.0) == 1.0
    with pytest.raises(InputError, match="`neurons` is 0"):
        curie_weiss(0, 1.0)


@pytest.mark.parametrize(("load", "temperature"), [(0.05, 0.2), (0.05, 0.5), (0.1, 0.3), (0.02, 0.7)])
def test_the_solution_satisfies_the_equations(load, temperature):
    m, q, r = order_parameters(load, temperature)

    def mean(power):
        def weight(z):
            v = math.tanh((m + math.sqrt(load * r) * z) / temperature)
            return v**power * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

        return quad(weight, -9, 9, epsabs=1e-12, epsrel=1e-12, limit=400)[0]

    assert m > 0.5
    assert mean(1) == pytest.approx(m, abs=1e-9)
    assert mean(2) == pytest.approx(q, abs=1e-9)
    assert r == pytest.approx(q / (1 - (1 - q) / temperature) ** 2, abs=1e-8)


def test_the_limit_of_temperature_zero():
    for load in (0.03, 0.1, 0.13):
        cold, zero = order_parameters(load, 0.01), order_parameters(load, 0.0)
        assert cold.m == pytest.approx(zero.m, abs=2e-3)
        assert cold.r == pytest.approx(zero.r, rel=2e-2)
        assert zero.q == 1.0
    np.testing.assert_allclose(retrieval_curve(np.array([0.05, 0.2])), [retrieval_overlap(0.05), 0.0])


@pytest.mark.parametrize("temperature", [0.0, 0.3, 0.5])
def test_signs_of_averages_agree_more_than_the_averages_themselves(temperature):
    load = 0.05
    m, _, r = order_parameters(load, temperature)
    z = np.random.default_rng(0).standard_normal(400_000)
    sampled = np.sign(m + np.sqrt(load * r) * z).mean()
    (signs,) = retrieval_curve(np.array([load]), temperature)
    assert signs == pytest.approx(sampled, abs=4 * np.sqrt((1 - signs**2) / len(z)) + 1e-6)
    assert signs == pytest.approx(m, abs=1e-9) if temperature == 0.0 else signs > m + 0.005
    assert retrieval_curve(np.array([0.0, 0.3]), temperature).tolist() == [1.0, 0.0]


def test_the_spin_glass_remains_where_no_pattern_is_found():
    m, q, r = order_parameters(0.1, 0.8)
    assert m == 0.0
    assert 0 < q < 1
    assert r == pytest.approx(q / (1 - (1 - q) / 0.8) ** 2, rel=1e-6)


@pytest.mark.parametrize("point", [(-0.1, 0.0), (0.1, -1.0), (math.nan, 0.0)])
def test_what_is_no_load_or_temperature(point):
    with pytest.raises(InputError, match="finite numbers from 0"):
        order_parameters(*point)
