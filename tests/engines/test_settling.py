import dataclasses

import numpy as np
import pytest
from small_systems import METHODS, Field, driven_network, flip_flop, follower, random_network, relaxing

from analoghop.engines import ScipyIVP
from analoghop.engines import settling as module
from analoghop.engines.settling import Settling, at_rest, growing
from analoghop.solution import Status

SETTLE = ScipyIVP(settle=True)


@pytest.mark.parametrize("method", METHODS)
def test_a_flip_flop_settles_and_the_run_ends(method):
    engine = dataclasses.replace(SETTLE, method=method)
    solution = engine.integrate(flip_flop(), [0.2, 0.1], (0.0, 1e4))
    assert solution.status is Status.SETTLED
    assert solution.settled_at is not None
    assert 5.0 < solution.settled_at < 30.0
    assert solution.settled_at <= solution.times[-1]
    # tanh(2 u) = u
    assert np.abs(solution.states[:, -1] - 0.9575040240772687).max() < 3e-4
    assert "at rest since" in solution.message


def test_settling_is_reported_where_it_was_not_asked_for():
    solution = ScipyIVP().integrate(flip_flop(), [0.2, 0.1], (0.0, 60.0))
    assert solution.status is Status.SETTLED
    assert solution.times[-1] == 60.0
    early = ScipyIVP().integrate(flip_flop(), [0.2, 0.1], (0.0, 3.0))
    assert early.status is Status.TIME_UP
    assert early.settled_at is None
    assert early.message == "reached t = 3 s"


def test_settled_at_is_the_first_time_from_which_the_test_held():
    tolerance = 1e-4
    solution = ScipyIVP("DOP853", settle_tol=tolerance, max_step=0.05).integrate(
        relaxing(1.0), [2.0], (0.0, 20.0)
    )
    assert solution.settled_at is not None
    # |x'| tau = 2 exp(-t) falls below 1e-4 times the running maximum, 2.
    assert np.log(1e4) <= solution.settled_at <= np.log(1e4) + 0.051


@pytest.mark.parametrize("method", ["LSODA", "DOP853", "BDF"])
def test_a_circuit_on_its_saddle_has_not_settled(method):
    engine = dataclasses.replace(SETTLE, method=method)
    for x0 in ([0.0, 0.0], [0.3, -0.3]):
        solution = engine.integrate(flip_flop(), x0, (0.0, 20.0))
        assert solution.status is Status.TIME_UP
        assert solution.settled_at is None
        assert solution.message == "reached t = 20 s, resting on an unstable equilibrium"


def test_a_circuit_that_passes_its_saddle_goes_on_to_its_rest():
    # All rates are below the tolerance for about 10 time constants near the saddle.
    solution = SETTLE.integrate(flip_flop(), [0.3 + 1e-8, -0.3], (0.0, 1e4))
    assert solution.status is Status.SETTLED
    assert abs(solution.states[0, -1]) > 0.9
    assert solution.settled_at is not None
    assert solution.settled_at > 20.0


def test_a_slow_node_is_not_hidden_by_fast_ones():
    system = relaxing(*[1e-3] * 50, 1e3, towards=[*[1.0] * 50, 0.5])
    solution = ScipyIVP("BDF", settle=True).integrate(system, np.zeros(51), (0.0, 1e5))
    assert solution.status is Status.SETTLED
    assert abs(solution.states[-1, -1] - 0.5) < 1e-3
    assert solution.settled_at is not None
    assert solution.settled_at > 8e3
    short = ScipyIVP("BDF", settle=True).integrate(system, np.zeros(51), (0.0, 100.0))
    assert short.status is Status.TIME_UP


def test_a_small_signal_is_not_hidden_by_a_large_one():
    # 1000 V that rest beside a millivolt that matters to its amplifier and still moves.
    system = Field(
        lambda t, x: np.array([1e3 - x[0], (1e-3 - x[1]) / 50.0]),
        lambda t, x: np.diag([-1.0, -0.02]),
        (1.0, 50.0),
        (1.0, 1e-4),
    )
    solution = SETTLE.integrate(system, [1e3, 0.0], (0.0, 1e4))
    assert solution.status is Status.SETTLED
    assert abs(solution.states[1, -1] - 1e-3) < 1e-6
    assert solution.settled_at is not None
    assert solution.settled_at > 300.0


def test_a_state_at_zero_is_measured_by_its_input_scale():
    assert at_rest(relaxing(1.0, scale=1.0), 0.0, np.array([1e-6]), 1e-5)
    assert not at_rest(relaxing(1.0, scale=1e-3), 0.0, np.array([1e-6]), 1e-5)
    assert at_rest(relaxing(1.0, scale=1e-3), 0.0, np.array([1e-6]), 1e-5, magnitude=1.0)


def test_nothing_settles_before_the_inputs_are_quiet():
    system = follower([(10.0, 1.0), (20.0, 2.0)])
    solution = SETTLE.integrate(system, [0.0], (0.0, 1e3))
    assert solution.status is Status.SETTLED
    assert solution.settled_at is not None
    assert solution.settled_at > 20.0
    assert abs(solution.states[0, -1] - 2.0) < 1e-3
    restless = dataclasses.replace(system, quiet=np.inf)
    assert SETTLE.integrate(restless, [0.0], (0.0, 100.0)).status is Status.TIME_UP
    assert not at_rest(restless, 50.0, np.array([2.0]), 1e-5)


def test_a_network_waits_for_its_moving_input():
    solution = SETTLE.integrate(driven_network(4, [0.0, 30.0, 31.0], [0.0, 0.0, 1.0]), np.zeros(4), (0, 1e3))
    assert solution.status is Status.SETTLED
    assert solution.settled_at is not None
    assert solution.settled_at > 31.0


def test_an_oscillator_never_settles():
    # A centre: the rate never vanishes.
    J = np.array([[0.0, 1.0], [-1.0, 0.0]])
    centre = Field(lambda t, x: J @ x, lambda t, x: J, (1.0, 1.0), (1.0, 1.0))
    solution = SETTLE.integrate(centre, [1.0, 0.0], (0.0, 200.0))
    assert solution.status is Status.TIME_UP
    assert solution.settled_at is None


def test_a_break_in_the_test_starts_it_again():
    system = relaxing(1.0)
    watch = Settling(system, 1e-3)
    watch.add(np.array([0.0, 1.0, 2.0]), np.array([[1.0, 1e-4, 2e-4]]))
    assert watch.since == 1.0
    watch.add(np.array([3.0, 4.0]), np.array([[0.5, 1e-4]]))
    assert watch.since == 4.0
    watch.add(np.array([5.0]), np.array([[1e-5]]))
    assert watch.since == 4.0
    watch.add(np.array([6.0]), np.array([[0.1]]))
    assert watch.since is None


def test_an_unstable_rest_is_looked_at_ever_more_rarely(monkeypatch):
    looks = []
    monkeypatch.setattr(module, "growing", lambda system, t, x, tol: looks.append(t) or True)
    watch = Settling(relaxing(1.0), 1e-3)
    for t in range(1, 1025):
        watch.add(np.array([float(t)]), np.zeros((1, 1)))
        assert not watch.settled(float(t), np.zeros(1))
    assert 8 <= len(looks) <= 12


@pytest.mark.parametrize("shift", [-0.5, -1e-3, 1e-3, 0.5])
@pytest.mark.parametrize("n", [5, 60, 400])
def test_growth_is_seen_in_any_number_of_states(n, shift):
    # A symmetric and an asymmetric part, the rightmost eigenvalue where `shift` puts it.
    rng = np.random.default_rng(n)
    orthogonal = np.linalg.qr(rng.normal(size=(n, n)))[0]
    values = np.append(-rng.uniform(0.6, 2.0, n - 1), shift)
    J = orthogonal @ (np.diag(values) + np.triu(0.2 * rng.normal(size=(n, n)), 1) / np.sqrt(n)) @ orthogonal.T
    system = Field(lambda t, x: J @ x, lambda t, x: J, (1.0,) * n, (1.0,) * n)
    assert growing(system, 0.0, np.zeros(n), 1e-5) == (shift > 0.0)


def test_growth_slower_than_the_tolerance_resolves_is_none():
    for growth, expected in ((1e-7, False), (1e-3, True)):
        J = np.diag([-1.0, growth])
        system = Field(lambda t, x, J=J: J @ x, lambda t, x, J=J: J, (1.0, 1.0), (1.0, 1.0))
        assert growing(system, 0.0, np.zeros(2), 1e-5) == expected


def test_rounding_of_a_stiff_jacobian_is_no_growth():
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    J = basis @ np.diag([-1e9, -1e3, -1.0, -1e-6]) @ basis.T
    system = Field(lambda t, x: J @ x, lambda t, x: J, (1e-9, 1e-3, 1.0, 1e6), (1.0,) * 4)
    assert not growing(system, 0.0, np.zeros(4), 1e-5)


@pytest.mark.parametrize("n", [16, 100])
@pytest.mark.parametrize("method", ["RK45", "DOP853"])
def test_explicit_methods_that_hover_about_a_rest_settle(method, n):
    solution = ScipyIVP(method, settle=True).integrate(
        random_network(n, gain=20.0), 0.1 * np.cos(np.arange(n)), (0.0, 300.0)
    )
    assert solution.status is Status.SETTLED
    assert solution.times[-1] < 100.0
