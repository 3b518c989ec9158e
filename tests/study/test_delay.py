"""Delays and poles: thresholds by formulas and by runs, the order of the method, chains and delays."""

import numpy as np
import pytest

from analoghop import Amplifiers, InputError, Network, Tanh, simulate
from analoghop.study import (
    delay,
    high_gain_delay,
    hopf_delay,
    measured_delay,
    pole_threshold,
    poles,
    simulate_delayed,
)
from analoghop.systems.circuits.lagged import LaggedNetwork


def network(T, gain=1.0, **options):
    return Network(T, Amplifiers.uniform(Tanh(), len(T), gain=gain), **options)


@pytest.mark.parametrize(("k", "expected"), [(1.5, 2.0577), (3, 0.6755), (20, 0.0811), (100, 0.0158)])
def test_thresholds_at_low_gain_are_those_of_marcus_and_westervelt(k, expected):
    assert hopf_delay(k) == pytest.approx(expected, abs=6e-5)
    omega, d = np.sqrt(k * k - 1), hopf_delay(k)
    assert abs(1j * omega + 1 + k * np.exp(-1j * omega * d)) < 1e-9 * k
    assert hopf_delay(1.0) == np.inf


@pytest.mark.parametrize(("n", "expected"), [(3, 0.693), (5, 1.656), (7, 2.312)])
def test_thresholds_of_odd_rings_at_high_gain(n, expected):
    T = -0.5 * (np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1))
    values = np.linalg.eigvalsh(T)
    assert high_gain_delay(values[0], values[-1]) == pytest.approx(expected, abs=5e-4)
    assert high_gain_delay(-1.0, 1.0) == np.inf


@pytest.mark.parametrize(("k", "tolerance"), [(1.5, 0.014), (3.0, 0.014)])
def test_runs_begin_to_swing_at_the_threshold(k, tolerance):
    found = delay(network([[-1.0]], k), [hopf_delay(k)], starts=1, tstop=60.0)
    (fact,) = found.facts
    assert fact.value == pytest.approx(hopf_delay(k), rel=tolerance)
    assert fact.holds
    assert found["frequency"][0] == pytest.approx(np.sqrt(k * k - 1), rel=1e-3)


def test_inhibiting_amplifiers_go_on_swinging_beyond_the_threshold_only():
    T = -(np.ones((4, 4)) - np.eye(4)) / 3
    found = delay(network(T, 50.0), np.log(1.5) * np.array([0.9, 1.06]), tstop=150.0, starts=4, measure=False)
    assert found["swinging"].tolist() == [0.0, 1.0]
    assert found["thresholds"][1] == pytest.approx(np.log(1.5))


def test_a_delayed_line_without_a_loop_shifts_its_input():
    """u_2' = v_1(t - d) - u_2 with u_1 = exp(-t): the formula is known."""
    T, d = [[0.0, 0.0], [1.0, 0.0]], 0.7
    small = network(T, 1e-6)  # linear
    run = simulate_delayed(small, d, [1.0, 0.0], 3.0)
    late = np.maximum(run.times - d, 0.0)
    # Until t = d the past is constant, 1; then u_1(t - d) = exp(-(t - d)).
    constant = 1 - np.exp(-np.minimum(run.times, d))
    expected = 1e-6 * (constant * np.exp(-late) + late * np.exp(-late))
    assert np.abs(run.states[:, 1, 0] - expected).max() < 1e-6 * 1e-6
    assert run.error is not None
    assert run.error < 1e-5


def test_each_connection_may_have_its_own_delay_and_errors_fall_with_the_fourth_power():
    rng = np.random.default_rng(0)
    system, x0 = network(rng.normal(size=(3, 3)), 2.0), rng.normal(size=3)
    delays = np.array([[0.4, 0.2, 0.0], [0.2, 0.4, 0.4], [0.0, 0.4, 0.2]])
    ends = [
        simulate_delayed(system, delays, x0, 2.0, step=h, check=False).states[-1] for h in (0.1, 0.05, 0.025)
    ]
    first, second = np.abs(ends[0] - ends[1]).max(), np.abs(ends[1] - ends[2]).max()
    assert 8 < first / second < 40


def test_a_long_chain_of_poles_becomes_a_delay():
    T, x0, d = np.array([[0.5, -1.2], [1.3, 0.2]]), np.array([0.3, -0.4]), 0.5
    exact = simulate_delayed(network(T, 2.0), d, x0, 4.0, check=False).states[-1, :, 0]
    off = []
    for p in (10, 20, 40):
        chain = LaggedNetwork(network(T, 2.0), d / p, p)
        end = simulate(chain, tstop=4.0, x0=chain.start(x0[:, None])[:, 0], rtol=1e-8).states[:2, -1]
        off.append(float(np.abs(end - exact).max()))
    assert off[2] < 0.02
    assert off[0] / off[1] == pytest.approx(2.0, abs=0.5)  # an error in proportion to 1/p
    assert off[1] / off[2] == pytest.approx(2.0, abs=0.5)


@pytest.mark.parametrize(
    ("p", "lag", "expected"), [(2, 0.1, 24.2), (2, 0.3, 11.27), (2, 1.0, 8.0), (3, 0.1, 11.08), (3, 1.0, 4.0)]
)
def test_poles_swing_from_the_gain_of_the_formula_on(p, lag, expected):
    assert pole_threshold(p, lag) == pytest.approx(expected, abs=0.005)
    found = poles(network([[-1.0]]), p, lag)
    assert found["threshold"][0] == pytest.approx(pole_threshold(p, lag), rel=1e-9)
    assert found.facts[0].holds


def test_one_pole_never_swings_with_symmetric_couplings():
    T = -(np.ones((3, 3)) - np.eye(3)) / 2
    assert pole_threshold(1, 0.1) == np.inf
    assert np.isnan(poles(network(T), 1, 0.1)["threshold"][0])


def test_bad_delays_are_refused():
    system = network(np.eye(2))
    with pytest.raises(InputError, match="`delays` holds a value that is no time from 0"):
        simulate_delayed(system, -1.0, [0.0, 0.0], 1.0)
    with pytest.raises(InputError, match=r"`delays` has shape \(3,\), expected a number or \(2, 2\)"):
        simulate_delayed(system, [1.0, 2.0, 3.0], [0.0, 0.0], 1.0)
    with pytest.raises(InputError, match="expected a positive time up to the shortest delay, 0.1 s"):
        simulate_delayed(system, 0.1, [0.0, 0.0], 1.0, step=0.2)
    with pytest.raises(InputError, match="delays are simulated without noise"):
        simulate_delayed(network(np.eye(2), temperature=300.0), 0.1, [0.0, 0.0], 1.0)
    with pytest.raises(InputError, match="equal time constants"):
        poles(network(np.eye(2), C=[1.0, 2.0]), 2, 0.1)
    with pytest.raises(InputError, match="`lag` must be positive"):
        LaggedNetwork(system, 0.0)
    assert np.isnan(measured_delay(network([[-1.0]], 0.5), 0.1, 1.0, np.ones((1, 1)), 20.0))


@pytest.mark.parametrize("name", ["delay", "poles"])
def test_the_studies_are_drawn(name):
    system = network([[-1.0]], 3.0)
    found = delay(system, [0.5, 0.8], starts=1, tstop=20.0) if name == "delay" else poles(system, 2, 0.3)
    assert any(ax.has_data() for ax in found.plot().get_axes())
