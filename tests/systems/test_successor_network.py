"""The successor network: facts about its determinant, its rate, its energy."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines import ScipyIVP
from analoghop.engines.machines.successor import resolvent
from analoghop.errors import InputError
from analoghop.schedules import Constant
from analoghop.systems.assignment.sinkhorn import project
from analoghop.systems.assignment.successor import LIMIT, Successor
from tests.examples.machines import successor


def cycles(order: tuple[int, ...]) -> int:
    """Number of cycles of a permutation, a loop of one counted too."""
    seen: set[int] = set()
    count = 0
    for first in range(len(order)):
        count += first not in seen
        while first not in seen:
            seen.add(first)
            first = order[first]
    return count


def test_the_determinant_is_n_for_one_cycle_and_zero_for_more() -> None:
    n = 6
    orders = list(permutations(range(n)))
    P = np.zeros((len(orders), n, n))
    for k, order in enumerate(orders):
        P[k, np.arange(n), order] = 1.0
    found = np.linalg.det(np.eye(n) - P + 1.0 / n)
    assert np.allclose(found, [n if cycles(order) == 1 else 0.0 for order in orders], atol=1e-12)


@settings(max_examples=30)
@given(st.integers(3, 9), st.integers(0, 2**32 - 1), st.floats(0.1, 30.0))
def test_no_doubly_stochastic_matrix_has_a_larger_determinant_or_a_negative_pivot(n, seed, sharpness) -> None:
    z = sharpness * np.random.default_rng(seed).normal(size=(1, n, n))
    z[0, np.arange(n), np.arange(n)] = -np.inf
    V = project(z)[0][0]
    assert np.diag(V) == pytest.approx(0.0)
    assert (V.sum(axis=0), V.sum(axis=1)) == (pytest.approx(1.0), pytest.approx(1.0))
    M = np.eye(n) - V + 1.0 / n
    minors = [np.linalg.det(M[:k, :k]) for k in range(1, n + 1)]
    assert min(minors) > -1e-9
    assert minors[-1] <= n * (1.0 + 1e-9)


def test_the_pull_along_a_tour_counts_the_cities_that_are_skipped() -> None:
    n = 7
    V = np.zeros((1, n, n))
    V[0, np.arange(n), np.roll(np.arange(n), -1)] = 1.0
    Z = resolvent(V)[0]
    # Z_yx is the pull against "y follows x": k/n more for each city that is skipped.
    against = [Z[(2 + skip + 1) % n, 2] for skip in range(n - 1)]
    assert np.diff(against) == pytest.approx(1.0 / n)


def test_two_cycles_are_pulled_apart_no_further_than_the_limit() -> None:
    V = np.kron(np.eye(2), np.roll(np.eye(3), 1, axis=1))[None]
    Z = resolvent(V)
    assert np.isfinite(Z).all()
    assert np.abs(Z).max() == LIMIT


def test_rate_follows_the_formula() -> None:
    system, n, t = successor(5, sigma=0.0), 5, 7.0
    x = np.random.default_rng(1).normal(size=(25, 1))
    V = system.outputs(t, x).reshape(n, n)
    Z = np.linalg.inv(np.eye(n) - V + 1.0 / n)
    signals = system.self_coupling, system.determinant, system.blend
    g, mu, b = (float(signal.value(t)) for signal in signals)
    force = -(system.D + b * (system.early - system.D)) - mu * Z.T + g * V
    np.fill_diagonal(force, 0.0)
    assert system.rhs(t, x).reshape(n, n) == pytest.approx(force - x.reshape(n, n))
    assert system.bind()(t, x[:, 0]) == pytest.approx(system.rhs(t, x)[:, 0], abs=1e-12)


@settings(max_examples=15)
@given(st.integers(3, 7), st.integers(0, 2**32 - 1), st.floats(0.0, 20.0))
def test_energy_never_rises_with_frozen_parameters(n, seed, t) -> None:
    moving = successor(n, sigma=0.0)
    system = moving.frozen_at(t)
    x = np.random.default_rng(seed).normal(size=(n * n, 2))
    assert system.theorem.applies
    assert not moving.theorem.applies
    assert system.rhs(0.0, x) == pytest.approx(moving.rhs(t, x), rel=1e-9, abs=1e-9)
    assert not system.flow(0.0, x).supplied.any()
    assert (system.flow(0.0, x).dissipated >= -1e-12).all()


def test_scipy_sees_the_energy_fall_and_balance() -> None:
    system = successor(6, sigma=0.0).frozen_at(12.0)
    run = ScipyIVP(rtol=1e-8).integrate(system, np.random.default_rng(5).normal(size=36), (0.0, 20.0))
    assert run.energy is not None
    assert run.energy.guaranteed
    assert run.energy.largest_rise <= 1e-9 * run.energy.drop
    assert run.energy.balance_error < 1e-6


@pytest.mark.parametrize(
    ("D", "words"),
    [
        (np.zeros((2, 2)), r"`D` has the shape \(2, 2\), expected n x n with n from 3"),
        (np.zeros((3, 4)), r"`D` has the shape \(3, 4\)"),
        (np.eye(3), "zeros on its diagonal"),
        (np.full((3, 3), np.nan), "must be finite"),
    ],
)
def test_wrong_costs_are_refused(D: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Successor(D, Constant(1.0), Constant(1.0), Constant(0.0), 10.0, 0.2)
