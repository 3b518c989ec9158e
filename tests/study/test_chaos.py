"""Asymmetry and chaos: who settles, exponents beside eigenvalues, known exponents, solved transients."""

import numpy as np
import pytest

from analoghop import Amplifiers, InputError, Network, Satisfiability, Tanh
from analoghop.study import (
    asymmetry,
    chaos,
    lyapunov,
    random_network,
    rotation_angle,
    transient_chaos,
    turned,
)
from tests.examples.systems import SYSTEMS


def test_angles_tell_the_share_of_the_antisymmetric_part():
    rng = np.random.default_rng(0)
    B = rng.normal(size=(200, 200))
    assert rotation_angle(B + B.T) == 0.0
    assert rotation_angle(B - B.T) == 90.0
    assert rotation_angle(B) == pytest.approx(45.0, abs=1.0)
    for angle in (10.0, 30.0, 80.0):
        assert rotation_angle(turned(B, angle)) == pytest.approx(angle)
        assert np.linalg.norm(turned(B, angle)) == pytest.approx(np.linalg.norm(B))
    # Independent tolerances of +-20 % turn a symmetric matrix by 5 degrees only.
    assert rotation_angle((B + B.T) * rng.uniform(0.8, 1.2, B.shape)) == pytest.approx(4.7, abs=0.3)


def test_networks_settle_up_to_20_degrees_and_none_at_60():
    found = asymmetry(80, [0.0, 20.0, 60.0], draws=5, tstop=400.0)
    assert found["counts"].tolist() == [0.0, 0.0, 5.0]
    assert found["high"][2] < 0.5 < found["low"][0]


def test_a_matrix_of_ones_own_is_turned():
    B = np.random.default_rng(1).normal(size=(20, 20)) / np.sqrt(20)
    found = asymmetry(B, [0.0, 90.0], draws=2, tstop=100.0, gain=8.0)
    assert found["settled"].tolist() == [1.0, 0.0]
    with pytest.raises(InputError, match="needs a symmetric and an antisymmetric part"):
        asymmetry(np.eye(3), [10.0])
    with pytest.raises(InputError, match="not 0 to 90 degrees"):
        asymmetry(8, [100.0])


def test_below_the_edge_the_exponent_is_the_rightmost_eigenvalue():
    found = chaos(60, [0.5, 0.8], duration=100.0, transient=40.0)
    assert len(found.facts) == 2
    assert all(fact.holds for fact in found.facts)


def test_far_above_the_edge_random_networks_are_chaotic():
    found = chaos(200, [5.0], duration=100.0, transient=30.0)
    assert found["exponent"][0] > 5 * found["error"][0] > 0


def test_all_exponents_of_a_stable_equilibrium_are_its_eigenvalues():
    T = [[0.2, -0.5], [0.1, 0.4]]
    system = Network(T, Amplifiers.uniform(Tanh(), 2))
    values = np.linalg.eigvals(np.array(T) - np.eye(2)).real
    found = lyapunov(system, [0.1, 0.2], 2, duration=200.0, transient=50.0)
    assert found["exponents"] == pytest.approx(sorted(values, reverse=True), abs=0.01)


def test_on_a_cycle_the_largest_exponent_is_zero_and_their_sum_the_mean_divergence():
    system = Network([[1.0, -2.0], [2.0, 1.0]], Amplifiers.uniform(Tanh(), 2, gain=2.0))
    found = lyapunov(system, [0.5, 0.0], 2, duration=300.0, transient=50.0)
    assert abs(found["exponents"][0]) < 0.01
    assert found["exponents"][1] < -0.5
    late = found["samples"]
    divergence = 2.0 * (1.0 - late[:, :2] ** 2).sum(axis=1) - 2.0
    assert found["exponents"].sum() == pytest.approx(divergence[len(late) // 10 :].mean(), abs=0.05)


def test_tangents_of_any_system_are_those_of_its_jacobian():
    system, x = SYSTEMS["lagged network"]()
    found = lyapunov(system, x[:, 0], 1, duration=30.0, transient=5.0)
    assert np.isfinite(found["exponents"]).all()


def planted(n, ratio, seed):
    rng = np.random.default_rng(seed)
    truth, clauses = rng.choice([-1, 1], n), []
    while len(clauses) < ratio * n:
        v, s = rng.choice(n, 3, replace=False), rng.choice([-1, 1], 3)
        if (s == truth[v]).any():
            clauses.append([int(x) for x in s * (v + 1)])
    return Satisfiability.of(n, clauses)


def test_satisfiability_is_solved_after_a_transient_whose_end_is_exponential():
    found = transient_chaos(planted(20, 4.2, 0), starts=60)
    assert np.isfinite(found["time"]).all()
    assert found["escape_rate"][0] > 0
    assert found["unsolved"][0] == 1.0
    assert found["unsolved"][-1] == 0.0
    assert (np.diff(found["unsolved"]) <= 0).all()
    assert np.abs(found["samples"]).max() <= 1.0


@pytest.mark.parametrize("name", ["asymmetry", "chaos", "lyapunov", "transient"])
def test_the_studies_of_disorder_are_drawn(name):
    found = {
        "asymmetry": lambda: asymmetry(8, [0.0, 60.0], draws=2, tstop=20.0),
        "chaos": lambda: chaos(10, [0.5, 2.0], duration=10.0, transient=1.0),
        "lyapunov": lambda: lyapunov(random_network(4, 2.0), np.ones(4), 2, duration=10.0),
        "transient": lambda: transient_chaos(planted(8, 3.0, 1), starts=5),
    }[name]()
    assert any(ax.has_data() for ax in found.plot().get_axes())
    assert found.study == name


def test_bad_values_are_refused():
    with pytest.raises(InputError, match="`count` is 5, expected 1 to 4"):
        lyapunov(random_network(4, 2.0), np.ones(4), 5)
    with pytest.raises(InputError, match="`strengths` holds a value that is not a positive number"):
        chaos(10, [0.0])
