import numpy as np
import pytest

from analoghop.activations import Arctan, Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble, Fused
from analoghop.engines.choice import automatic as chosen
from analoghop.engines.choice import engines as automatic
from analoghop.engines.choice import expected_seconds, numba_installed
from analoghop.errors import InputError
from analoghop.simulate_many import simulate_many
from analoghop.systems.circuits.network import Network
from tests.engines.small_systems import Field

compiled = pytest.mark.skipif(not numba_installed(), reason="numba is not installed")


def ring(n=2, activation=None, **options):
    T = np.roll(np.eye(n), 1, axis=1)
    return Network(T + T.T, Amplifiers.uniform(activation or Tanh(), n, gain=3.0), **options)


@compiled
def test_few_starts_do_not_wait_for_the_compiler():
    assert chosen(ring(), 100, 50.0) == Ensemble()
    assert chosen(ring(), 10**8, 50.0) == Fused()
    assert chosen(ring(100, Logistic()), 100_000, 50.0) == Fused()


@compiled
def test_unknown_amplifiers_and_noise_are_for_the_ensemble():
    assert chosen(ring(activation=Arctan()), 10**8, 50.0) == Ensemble()
    assert chosen(ring(noise_density=0.1), 10**8, 50.0) == Ensemble(method="exponential")
    field = Field(lambda t, x: -x, lambda t, x: -np.eye(1), (1.0,), (1.0,))
    assert chosen(field, 10**8, 50.0) == Ensemble()


def test_without_numba_there_is_the_ensemble(without_numba):
    without_numba()
    assert chosen(ring(), 10**8, 50.0) == Ensemble()


def test_more_work_is_expected_to_take_longer():
    base = expected_seconds(ring(), 100, 50.0)
    assert expected_seconds(ring(), 200, 50.0) == pytest.approx(2 * base)
    assert expected_seconds(ring(20), 100, 50.0) > 10 * base
    assert expected_seconds(ring(), 100, 0.5) < 0.1 * base
    fast = Network(100.0 * np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2))
    assert expected_seconds(fast, 100, 50.0) > 10 * base
    assert 0 < base < 1


@compiled
def test_the_front_door_takes_the_engine_that_fits(monkeypatch):
    monkeypatch.setattr(automatic, "_LOADING", 0.0)
    run = simulate_many(ring(), 30, seed=2, noise_seed=5, dtype="float32", rtol=1e-5, threads=2)
    assert run.record["engine"] == "Fused"
    assert (run.record["dtype"], run.record["rtol"], run.record["atol"]) == ("float32", 1e-5, 1e-5)
    monkeypatch.setattr(automatic, "_LOADING", 1e9)
    other = simulate_many(ring(), 30, seed=2, noise_seed=5, dtype="float32", rtol=1e-5, threads=2)
    assert other.record["engine"] == "Ensemble"
    assert np.array_equal(run.codes, other.codes)
    assert np.allclose(run.states, other.states, atol=1e-3)


@compiled
def test_options_that_an_engine_lacks_are_named():
    from analoghop.engines import ScipyIVP

    for options, name in (({"dtype": "float32"}, "dtype"), ({"threads": 2}, "threads")):
        with pytest.raises(InputError, match=f"`{name}` is not an option of the engine ScipyIVP"):
            simulate_many(ring(), 3, engine=ScipyIVP(), **options)
    run = simulate_many(ring(), 3, engine=ScipyIVP(), rtol=1e-4)
    assert run.record["rtol"] == 1e-4
