from dataclasses import replace

import numpy as np
import pytest

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble
from analoghop.ensembles import GivenStarts
from analoghop.ensembles.streams import TileNoise
from analoghop.errors import InputError
from analoghop.schedules import Schedule
from analoghop.simulate_many import simulate_many
from analoghop.systems.circuits.network import Network

BOLTZMANN = 1.380649e-23


def resistors(n=40, **options):
    """Nodes by themselves, each a capacitor with a conductance."""
    bank = Amplifiers.uniform(Tanh(), n, gain=10.0)
    C, G = 1e-12 * np.linspace(1, 2, n), 1e-6 * np.linspace(1, 3, n)
    return Network(np.zeros((n, n)), bank, C=C, G=G, **options)


def chi_square(x, variance):
    """The sum of squares in units of its expectation, and the standard deviation that it should have."""
    return np.mean(x**2 / variance), np.sqrt(2.0 / x.size)


def run(system, engine, x0, end, members=500, **options):
    starts = GivenStarts(np.full((system.size, members), x0))
    return engine.integrate_many(system, starts, (0.0, end), **options)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0, 3.0])
def test_the_variance_of_an_rc_node_is_kT_over_C_whatever_the_step(share):
    system = resistors(temperature=300.0)
    tau = float(system.time_constants.max())
    engine = Ensemble("exponential", dt=share * tau, noise_seed=int(10 * share))
    found = run(system, engine, 0.0, 15.0 * tau)
    variance = BOLTZMANN * 300.0 / system.C
    mean, deviation = chi_square(found.states, variance)
    assert abs(mean - 1.0) < 4.0 * deviation
    for third in np.array_split(np.arange(system.size), 3):
        mean, deviation = chi_square(found.states[third], variance[third])
        assert abs(mean - 1.0) < 4.0 * deviation


@pytest.mark.parametrize("dt", [0.2, 1.3])
def test_the_distribution_on_the_way_is_exact(dt):
    """Ornstein & Uhlenbeck (1930): mean x0 exp(-d t), variance s^2 (1 - exp(-2 d t))/(2 d)."""
    system = Network(np.zeros((20, 20)), Amplifiers.uniform(Tanh(), 20), C=2.0, noise_density=0.5, bias=0.3)
    found = run(system, Ensemble("exponential", dt=dt), 4.0, 2.6)
    d, t = 0.5, 2.6
    mean = 0.3 + (4.0 - 0.3) * np.exp(-d * t)
    variance = 0.25 * (1 - np.exp(-2 * d * t)) / (2 * d)
    size = found.states.size
    assert found.states.mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / size))
    assert found.states.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / size))
    # Skewness and excess of a normal distribution.
    z = (found.states - mean) / np.sqrt(variance)
    assert abs((z**3).mean()) < 4 * np.sqrt(15 / size)
    assert (z**4).mean() == pytest.approx(3.0, abs=4 * np.sqrt(96 / size))


@pytest.mark.parametrize("h", [0.1, 0.4, 1.0])
def test_eulers_variance_is_too_large_by_the_known_factor(h):
    """1/(1 - h/2): 25 % at h = 0.4."""
    system = Network(np.zeros((40, 40)), Amplifiers.uniform(Tanh(), 40), noise_density=1.0)
    found = run(system, Ensemble("euler", dt=h), 0.0, 20.0 + h)
    assert abs(found.times[0] / found.steps[0] - h) < 0.02 * h
    z = found.times[0] / found.steps[0]
    mean, deviation = chi_square(found.states, 0.5 / (1 - z / 2))
    assert abs(mean - 1.0) < 4.0 * deviation


def test_noise_without_leak_diffuses():
    system = Network(np.zeros((30, 30)), Amplifiers.uniform(Tanh(), 30), G=0.0, noise_density=0.7)
    for method in ("exponential", "euler"):
        found = run(system, Ensemble(method, dt=0.5), 0.0, 3.0)
        mean, deviation = chi_square(found.states, 0.49 * 3.0)
        assert abs(mean - 1.0) < 4.0 * deviation


def test_noise_follows_its_schedule():
    fading = Schedule([0.0, 2.0], [1.0, 0.0])
    system = Network(
        np.zeros((30, 30)), Amplifiers.uniform(Tanh(), 30), G=0.0, noise_density=1.0, noise_factor=fading
    )
    found = run(system, Ensemble("exponential", dt=0.1), 0.0, 3.0)
    mean, deviation = chi_square(found.states, 2.0 / 3.0)  # the integral of (1 - t/2)^2
    assert abs(mean - 1.0) < 4.0 * deviation + 1e-3
    assert system.quiet_after() == 2.0
    assert 2.0 in system.breakpoints(3.0)


def test_the_noise_of_different_nodes_steps_and_trajectories_is_independent():
    system = resistors(6, temperature=300.0)
    tau = float(system.time_constants.max())
    grid = np.linspace(0.0, 400 * tau, 41)  # ten time constants apart
    found = Ensemble("exponential", dt=5 * tau).integrate_many(system, GivenStarts(np.zeros((6, 100))), grid)
    x = found.traces[:, 1:] / np.sqrt(BOLTZMANN * 300.0 / system.C[:, 0])
    samples = x.reshape(100, -1)
    for correlation in (
        np.corrcoef(x.reshape(-1, 6).T),
        np.corrcoef(x.transpose(1, 0, 2).reshape(40, -1)),
        np.corrcoef(samples),
    ):
        size = x.size / len(correlation)
        off = correlation[~np.eye(len(correlation), dtype=bool)]
        assert np.abs(off).max() < 5.0 / np.sqrt(size)


def test_temperature_and_density_add_up_in_power():
    hot = resistors(4, temperature=300.0)
    johnson = np.sqrt(2 * BOLTZMANN * 300.0 * hot.G) / hot.C
    assert np.allclose(hot.noise, johnson, rtol=1e-12)
    both = replace(hot, noise_density=3e-4)
    assert np.allclose(both.noise**2, johnson**2 + 9e-8, rtol=1e-12)
    assert resistors(4).noise is None
    assert not both.theorem.applies
    assert "noise" in both.theorem.reason


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -1.0}, "`temperature` is -1.0 K"),
        ({"temperature": np.nan}, "`temperature`"),
        ({"noise_density": -0.1}, "`noise_density` must not be negative"),
        ({"noise_density": [1.0]}, "`noise_density` has shape"),
    ],
)
def test_bad_noise_is_named(options, message):
    with pytest.raises(InputError, match=message):
        resistors(3, **options)


def test_settling_means_nothing_with_noise():
    found = simulate_many(resistors(3, temperature=300.0), 4, tstop=1e-5)
    assert {status.value for status in found.statuses} <= {"time up", "settled"}
    assert (found.times == 1e-5).all()


def test_streams_belong_to_trajectories_whatever_their_slots():
    def draw(noise, steps):
        return np.array([noise.next().copy() for _ in range(steps)])

    whole = TileNoise(7, 0, rows=3)
    whole.keep(None, 4)
    whole.place(np.arange(4), np.arange(4))
    expected = draw(whole, 100)
    moved = TileNoise(7, 2, rows=3)  # trajectories 2 and 3 of the ensemble, later moved and joined
    moved.keep(None, 5)
    moved.place(np.array([4]), np.array([0]))
    first = draw(moved, 30)
    assert np.array_equal(first[:, :, 4], expected[:30, :, 2])
    moved.place(np.array([1]), np.array([1]))
    second = draw(moved, 20)
    moved.keep(np.array([4, 1]), 2)
    third = draw(moved, 50)
    assert np.array_equal(second[:, :, 4], expected[30:50, :, 2])
    assert np.array_equal(third[:, :, 0], expected[50:, :, 2])
    assert np.array_equal(np.concatenate([second[:, :, 1], third[:, :, 1]]), expected[:70, :, 3])
    other = TileNoise(8, 0, rows=3)
    other.keep(None, 4)
    other.place(np.arange(4), np.arange(4))
    assert not np.isclose(draw(other, 10), expected[:10]).any()
