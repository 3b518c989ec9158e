import numpy as np
import pytest

from analoghop.activations import Arctan, Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble, Fused, ScipyIVP
from analoghop.engines.choice import automatic as chosen
from analoghop.engines.choice import engine_of, expected_seconds, numba_installed, with_options
from analoghop.engines.choice import engines as automatic
from analoghop.engines.ensemble.step_limit import fastest_rate
from analoghop.errors import InputError, MissingProgram
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
    for options, name in (({"dtype": "float32"}, "dtype"), ({"threads": 2}, "threads")):
        with pytest.raises(InputError, match=f"`{name}` is not an option of the engine ScipyIVP"):
            simulate_many(ring(), 3, engine=ScipyIVP(), **options)
    run = simulate_many(ring(), 3, engine=ScipyIVP(), rtol=1e-4)
    assert run.record["rtol"] == 1e-4


def test_names_are_those_of_engines_for_one_run_and_for_many(without_numba):
    noisy = ring(noise_density=0.1)
    assert engine_of("auto", ring()) == engine_of("scipy", ring()) == ScipyIVP()
    assert engine_of("scipy", ring(), 5) == ScipyIVP(audit=False)
    assert engine_of("auto", noisy) == engine_of("ensemble", noisy) == Ensemble("exponential")
    assert engine_of("numpy", noisy, 7) == Ensemble("exponential")
    assert engine_of("ensemble", ring()) == engine_of("numpy", ring(), 3) == Ensemble()
    own = Ensemble("BS23")
    assert engine_of(own, noisy) is own
    if numba_installed():
        assert engine_of("fused", ring(), 3) == Fused()
        with pytest.raises(InputError, match="'fused' is for many trajectories"):
            engine_of("fused", ring())
    without_numba()
    assert engine_of("auto", ring(), 10**8, 50.0) == Ensemble()
    with pytest.raises(MissingProgram, match="needs numba"):
        engine_of("fused", ring(), 3)
    known = "expected auto, scipy, ensemble, fused, numpy or an engine"
    with pytest.raises(InputError, match=f"`engine` is 'scippy', {known}.*scipy"):
        engine_of("scippy", ring())
    with pytest.raises(InputError, match="`engine` is .*a name or an engine such as"):
        engine_of(3, ring())
    assert with_options(own) is own
    assert with_options(own, rtol=1e-6, atol=None) == Ensemble("BS23", rtol=1e-6)


def test_the_expected_time_is_that_of_the_steps_over_the_fastest_time_constant():
    slow = Network(np.zeros((2, 2)), Amplifiers.uniform(Tanh(), 2), C=[3.0, 1.0])
    per_evaluation = 2 * (1e-8 + 2 * 6e-11)
    rate = fastest_rate(slow, 8.0)
    assert expected_seconds(slow, 7, 8.0) == pytest.approx(7 * per_evaluation * 6 * 8.0 * rate)
    assert expected_seconds(slow, 7, 1e9) == pytest.approx(7 * per_evaluation * 6 * 30.0 * rate)
    stiff = Network(np.zeros((2, 2)), Amplifiers.uniform(Tanh(), 2), C=[3.0, 1e-6])
    assert expected_seconds(stiff, 7, 8.0) == pytest.approx(7 * per_evaluation * 20_000)


@compiled
def test_compiled_code_is_loaded_for_more_than_a_second_of_work(monkeypatch):
    for seconds, kind in ((0.9, Ensemble), (1.2, Fused)):
        monkeypatch.setattr(automatic, "expected_seconds", lambda *_, found=seconds: found)
        assert type(chosen(ring(), 100, 50.0)) is kind
