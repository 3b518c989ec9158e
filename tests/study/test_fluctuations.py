"""Noise: variances by theory and by ensembles, escapes beside their integral, certificates that say no."""

import numpy as np
import pytest

from analoghop import Amplifiers, InputError, Network, NumericalError, Tanh
from analoghop.study import (
    boltzmann_law,
    certify_boltzmann,
    certify_gaussian,
    critical_gain,
    effective_samples,
    escape,
    first_passage,
    noise,
    power_spectrum,
    sample_circuit,
    sample_stochastic,
    stationary_covariance,
)

TWO = np.array([[1.0, 0.2], [0.2, 1.0]])


def network(T, gain=1.0, density=1e-3, **options):
    return Network(T, Amplifiers.uniform(Tanh(), len(T), gain=gain), noise_density=density, **options)


def test_a_node_alone_has_the_variance_kT_over_C():
    one = Network([[0.0]], Amplifiers.uniform(Tanh(), 1), C=1e-9, G=1e-4, temperature=300.0)
    assert stationary_covariance(one, [0.0])[0, 0] == pytest.approx(1.380649e-23 * 300.0 / 1e-9)


def test_modes_below_the_critical_gain_have_the_variance_of_the_formula():
    bank = Amplifiers.uniform(Tanh(), 2, gain=0.9 / 1.2)
    warm = Network(TWO, bank, temperature=300.0)
    assert critical_gain(warm) == pytest.approx(1 / 1.2)
    variances = np.linalg.eigvalsh(stationary_covariance(warm, [0.0, 0.0])) / (1.380649e-23 * 300.0)
    assert variances == pytest.approx([1 / (1 - 0.9 * 0.8 / 1.2), 10.0])  # 10 at 0.9 of the critical gain


def test_an_ensemble_has_the_variances_of_the_lyapunov_equation():
    found = noise(network(TWO, 0.8 / 1.2), members=3000, seed=2)
    assert [fact.holds for fact in found.facts] == [True, True]
    assert np.allclose(found["measured"], found["covariance"], atol=4 * found["errors"].max())


def test_the_spectrum_has_the_variance_as_its_integral():
    system = network(TWO, 0.5)
    f = np.linspace(0.0, 40.0, 40001)
    for k in range(2):
        total = np.trapezoid(power_spectrum(system, [0.0, 0.0], f)[:, k], f)
        assert total == pytest.approx(stationary_covariance(system, [0.0, 0.0])[k, k], rel=2e-3)


def test_escapes_have_the_mean_time_of_the_exact_integral():
    found = escape(network([[1.0]], 2.0, 0.5), [1.0], members=200, tstop=1000.0, seed=3)
    assert np.isfinite(found["times"]).all()
    assert found.facts[0].holds
    low, high = found["interval"]
    assert low < found["rate"][0] < high
    assert (found["into"] == 1 - found.record["from"]).all()


def test_first_passages_of_a_linear_node_are_those_of_ornstein_and_uhlenbeck():
    linear = Network([[0.0]], Amplifiers.uniform(Tanh(), 1), noise_density=np.sqrt(2.0))
    # From 0 to -1 for du = -u dt + sqrt(2) dW: sqrt(pi/2) int_0^1 exp(z^2/2) (1 + erf(z/sqrt 2)) dz.
    assert first_passage(linear, 0.0, -1.0) == pytest.approx(2.0932, abs=2e-3)
    assert first_passage(linear, 0.0, 1.0) == pytest.approx(2.0932, abs=2e-3)


def test_effective_samples_of_a_correlated_chain_are_those_of_the_formula():
    rng = np.random.default_rng(0)
    x = np.zeros((20, 3000))
    for k in range(1, 3000):
        x[:, k] = 0.8 * x[:, k - 1] + rng.normal(size=20)
    count, time = effective_samples(x)
    assert time == pytest.approx(1.8 / 0.2, rel=0.15)
    assert count == pytest.approx(x.size / time)
    assert effective_samples(rng.normal(size=(4, 1000)))[1] == pytest.approx(1.0, abs=0.2)


def test_a_quiet_circuit_is_certified_and_a_loud_one_is_not():
    quiet = sample_circuit(network(TWO, 0.6, 1e-3), chains=60, steps=40, seed=1)
    loud = sample_circuit(network(TWO, 0.6, 0.6), chains=60, steps=40, seed=1)
    assert quiet["p_value"][0] > 0.01
    assert loud["p_value"][0] < 1e-6
    assert "contradict" in loud.message


def test_p_values_of_true_samples_are_not_small_and_those_of_false_ones_are():
    rng = np.random.default_rng(4)
    P = np.array([[2.0, 0.6], [0.6, 1.0]])
    true = rng.multivariate_normal([0, 0], P, size=(10, 300))
    p_values = [
        certify_gaussian(rng.multivariate_normal([0, 0], P, size=(10, 300)), P)["p_value"][0]
        for _ in range(40)
    ]
    assert np.mean(np.array(p_values) > 0.05) > 0.85
    assert certify_gaussian(true, 1.3 * P)["p_value"][0] < 1e-4
    assert certify_gaussian(true + 0.3, P)["p_value"][0] < 1e-4
    uniform = rng.uniform(-np.sqrt(3), np.sqrt(3), size=(10, 2000, 1))  # variance 1, no Gaussian
    assert certify_gaussian(uniform, [[1.0]])["p_value"][0] < 1e-4


def test_the_stochastic_model_samples_its_boltzmann_law_and_no_other():
    rng = np.random.default_rng(0)
    J = rng.normal(size=(6, 6)) * 0.5
    J, h = J + J.T, rng.normal(size=6) * 0.2
    assert sample_stochastic(J, h, 2.0, chains=60, sweeps=300)["p_value"][0] > 0.01
    states, law = boltzmann_law(J, h, 2.0)
    assert law.sum() == pytest.approx(1.0)
    samples = states[rng.choice(64, p=law, size=(10, 1000))]
    assert certify_boltzmann(samples, J, h, 2.0)["p_value"][0] > 0.001
    assert certify_boltzmann(samples, J, h, 2.6)["p_value"][0] < 1e-4
    assert certify_boltzmann(samples, J, -h, 2.0)["p_value"][0] < 1e-4


def test_what_is_no_sampler_is_refused():
    with pytest.raises(NumericalError, match="not stable"):
        stationary_covariance(network(TWO, 2.0), [0.0, 0.0])
    with pytest.raises(InputError, match="this circuit has no noise"):
        stationary_covariance(network(TWO, 0.5, 0.0), [0.0, 0.0])
    with pytest.raises(InputError, match="1 stable states: an escape needs two"):
        escape(network([[1.0]], 0.5), [0.0])
    with pytest.raises(InputError, match="enumerated of up to 16"):
        boltzmann_law(np.zeros((17, 17)))
    with pytest.raises(InputError, match="is not symmetric"):
        boltzmann_law([[0.0, 1.0], [0.0, 0.0]])
    with pytest.raises(InputError, match="of -1 and 1"):
        certify_boltzmann(np.zeros((2, 10, 2)), np.zeros((2, 2)))


@pytest.mark.parametrize("name", ["noise", "escape", "gaussian", "boltzmann"])
def test_the_studies_of_noise_are_drawn(name):
    found = {
        "noise": lambda: noise(network(TWO, 0.5), members=50),
        "escape": lambda: escape(network([[1.0]], 2.0, 0.6), [1.0], members=10, tstop=50.0),
        "gaussian": lambda: sample_circuit(network(TWO, 0.5), chains=10, steps=10),
        "boltzmann": lambda: sample_stochastic(np.zeros((2, 2)), chains=20, sweeps=120),
    }[name]()
    assert any(ax.has_data() for ax in found.plot().get_axes())
